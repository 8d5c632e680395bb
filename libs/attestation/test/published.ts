/** The published upload of a real phone, in our form. */

import { fromHex } from '@priolab/crypto';
import { readVector } from '@priolab/vectors';

import type { AndroidUpload } from '../src/index.ts';

interface PublishedVector {
  readonly doc_uuid: string;
  readonly created_unix_seconds: number;
  readonly schema_version: number;
  readonly prio_params: { readonly bins: number; readonly epsilon: number; readonly prime: number };
  readonly certificate_chain_b64_der: readonly string[];
  readonly signature_b64_der: string;
  readonly encrypted_data_shares: readonly {
    readonly encryption_key_id: string;
    readonly payload_b64: string;
  }[];
  readonly related_constants: { readonly package: string; readonly apk_cert_sha256_hex: string };
  readonly reconstructed: {
    readonly signed_payload_hex: string;
    readonly attestation_challenge_hex: string;
  };
}

export interface Published {
  readonly upload: AndroidUpload;
  readonly signedPayload: Uint8Array;
  readonly challenge: Uint8Array;
  readonly packageName: string;
  readonly apkDigest: Uint8Array;
}

export function readPublished(): Published {
  return publishedFrom(readVector<PublishedVector>('enpa/android_attested_document.json'));
}

function publishedFrom(vector: PublishedVector): Published {
  const { bins, epsilon, prime } = vector.prio_params;
  return {
    upload: {
      uuid: vector.doc_uuid,
      metric: 'fakeMetric-v1',
      createdMs: 1000 * vector.created_unix_seconds,
      schemaVersion: vector.schema_version,
      prioParams: { bins, epsilon, prime, numberServers: 2 },
      shares: vector.encrypted_data_shares.map((share) => ({
        payload: fromBase64(share.payload_b64),
        encryptionKeyId: share.encryption_key_id,
      })),
      signature: fromBase64(vector.signature_b64_der),
      certificateChain: vector.certificate_chain_b64_der.map(fromBase64),
    },
    signedPayload: fromHex(vector.reconstructed.signed_payload_hex),
    challenge: fromHex(vector.reconstructed.attestation_challenge_hex),
    packageName: vector.related_constants.package,
    apkDigest: fromHex(vector.related_constants.apk_cert_sha256_hex),
  };
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
