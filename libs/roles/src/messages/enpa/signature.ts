/**
 * Who vouches for a batch: ECDSA P-256 with SHA-256, in DER, over the header object's exact bytes;
 * the header holds the digest of the packets. Three objects (packets, header, signature, written in
 * this order), or one signature object with the two others in it.
 * Source: ENPA sections 6.3, 6.4.
 */

import {
  DIGEST_SIZE,
  SIGNATURE_SIZE,
  createNodeBackend,
  sha256,
  signMessage,
  signatureFromDer,
  signatureToDer,
  toHex,
} from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';
import { decodeOne } from './container-reader.ts';
import { encodeContainer } from './container-writer.ts';
import { EnpaError } from './errors.ts';
import { signatureNonce } from './nonce.ts';
import { records } from './records.ts';
import type { ContainerForm } from './container-writer.ts';
import type { RecordKind } from './records.ts';

/** Signs in the name of one key. */
export interface BatchSigner {
  readonly keyId: string;
  /** The signature of a header object's bytes, in DER. */
  sign(header: Uint8Array): Uint8Array;
}

export type SignatureVerdict = 'good' | 'unknown-key' | 'invalid-signature';

/** Knows the public keys of one party. */
export interface BatchVerifier {
  verify(keyId: string, header: Uint8Array, der: Uint8Array): SignatureVerdict;
}

/** What a reader has in hand: the signature object, and the header object where there is one. */
export interface SignedParts {
  readonly signature: Uint8Array;
  readonly header?: Uint8Array;
}

export interface OpenedHeader<T> {
  readonly header: T;
  readonly keyId: string;
  /** The packet object, of the single-object form; else it is an object of its own. */
  readonly packets?: Uint8Array;
}

/**
 * The signer of a service: OpenSSL's, whose time does not depend on the key. Two signatures of the
 * same bytes differ.
 */
export function createServiceSigner(options: {
  readonly keyId: string;
  readonly keyPair: KeyPair;
}): BatchSigner {
  const { keyId, keyPair } = options;
  return { keyId, sign: (header) => signMessage(keyPair, header) };
}

/**
 * The signer for simulation, with nonces of RFC 6979: the same bytes get the same signature. Of the
 * two signatures that a nonce gives it takes the backend's choice, so that `s` may differ from
 * another library's; both verify. Arithmetic is BigInt's, whose time depends on the numbers: not
 * for keys that others may time.
 */
export function createBatchSigner(options: {
  readonly keyId: string;
  readonly keyPair: KeyPair;
}): BatchSigner {
  const { keyId, keyPair } = options;
  const backend = createNodeBackend();
  return {
    keyId,
    sign(header) {
      const digest = sha256(header);
      const { scalar } = keyPair;
      const signature = new Uint8Array(SIGNATURE_SIZE);
      backend.sign({
        count: 1,
        scalars: strided(scalar),
        digests: { bytes: digest, offset: 0, stride: DIGEST_SIZE },
        nonces: strided(signatureNonce(scalar, digest)),
        signatures: strided(signature),
        status: new Uint8Array(1),
      });
      return signatureToDer(signature);
    },
  };
}

/**
 * @param keys 65-byte points by key identifier
 * @throws EnpaError `manifest` where one is no point on P-256
 */
export function createBatchVerifier(keys: ReadonlyMap<string, Uint8Array>): BatchVerifier {
  const backend = createNodeBackend();
  const points = backend.verifyingKeys();
  const indexOf = new Map<string, number>();
  for (const [keyId, point] of keys) {
    const index = points.add(point);
    if (index === -1) throw new EnpaError('manifest', `key "${keyId}": expected a P-256 point`);
    indexOf.set(keyId, index);
  }

  return {
    verify(keyId, header, der) {
      const index = indexOf.get(keyId);
      if (index === undefined) return 'unknown-key';
      const signature = rawSignature(der);
      if (signature === undefined) return 'invalid-signature';
      const status = new Uint8Array(1);
      backend.verify({
        count: 1,
        keys: points,
        keyIndex: Uint32Array.of(index),
        messages: header,
        offsets: new Uint32Array(1),
        sizes: Uint32Array.of(header.length),
        signatures: strided(signature),
        status,
        failure: 1,
      });
      return status[0] === 0 ? 'good' : 'invalid-signature';
    },
  };
}

/**
 * The header and signature objects of a batch whose packet object has the digest in `header`.
 * Write the packets first and the signature last: a batch is there when its signature is.
 */
export function sealHeader<T>(
  kind: RecordKind<T>,
  header: T,
  signer: BatchSigner,
  form: ContainerForm,
): { header: Uint8Array; signature: Uint8Array } {
  const bytes = encodeContainer(kind, [header], form);
  return { header: bytes, signature: signatureObject(bytes, signer, form, undefined) };
}

/**
 * The one object of a batch in the single-object form.
 * @throws EnpaError `digest-mismatch` where `header` does not hold the digest of `packets`
 */
export function sealSingle<T extends { readonly packetFileDigest: Uint8Array }>(
  kind: RecordKind<T>,
  batch: { readonly header: T; readonly packets: Uint8Array },
  signer: BatchSigner,
  form: ContainerForm,
): Uint8Array {
  checkPacketDigest(batch.header, sha256(batch.packets));
  const bytes = encodeContainer(kind, [batch.header], form);
  return signatureObject(bytes, signer, form, batch.packets);
}

/**
 * Reads a batch up to its header, in the order that decides which error it is: signature object,
 * header bytes, key, signature, header. The caller then compares the packets' digest
 * (`checkPacketDigest`) and only then parses the packets.
 * @param onInvalidSignature given, a wrong signature of a known key is told and reading goes on
 *   (`--permit-malformed-batch`)
 * @throws EnpaError `avro`, `eof`, `extra-data`, `malformed-...`, `unknown-key`,
 *   `invalid-signature`; `incomplete` where neither form is complete
 */
export function openHeader<T>(
  kind: RecordKind<T>,
  parts: SignedParts,
  verifier: BatchVerifier,
  onInvalidSignature?: (error: EnpaError) => void,
): OpenedHeader<T> {
  const signed = decodeOne(records.batchSignature, parts.signature);
  const keyId = signed.keyIdentifier;
  // Both or neither: one of them alone says nothing.
  const single =
    signed.batchHeader !== null && signed.packets !== null
      ? { header: signed.batchHeader, packets: signed.packets }
      : undefined;
  const bytes = single?.header ?? parts.header;
  if (bytes === undefined) {
    throw new EnpaError('incomplete', `${kind.name}: expected a header, got a signature alone`);
  }
  const verdict = verifier.verify(keyId, bytes, signed.batchHeaderSignature);
  if (verdict === 'unknown-key') {
    throw new EnpaError('unknown-key', `${kind.name}: signed by a key that is not known`);
  }
  if (verdict === 'invalid-signature') {
    const error = new EnpaError(verdict, `${kind.name}: expected a signature of these bytes`);
    if (onInvalidSignature === undefined) throw error;
    onInvalidSignature(error);
  }
  const header = decodeOne(kind, bytes);
  return single === undefined ? { header, keyId } : { header, keyId, packets: single.packets };
}

/** @throws EnpaError `digest-mismatch` unless `digest` (SHA-256 of the packets) is the header's */
export function checkPacketDigest(
  header: { readonly packetFileDigest: Uint8Array },
  digest: Uint8Array,
): void {
  if (toHex(header.packetFileDigest) === toHex(digest)) return;
  throw new EnpaError('digest-mismatch', 'packets: expected those of the digest in the header');
}

function signatureObject(
  header: Uint8Array,
  signer: BatchSigner,
  form: ContainerForm,
  packets: Uint8Array | undefined,
): Uint8Array {
  const signature = {
    batchHeaderSignature: signer.sign(header),
    keyIdentifier: signer.keyId,
    batchHeader: packets === undefined ? null : header,
    packets: packets ?? null,
  };
  return encodeContainer(records.batchSignature, [signature], form);
}

function rawSignature(der: Uint8Array): Uint8Array | undefined {
  try {
    return signatureFromDer(der);
  } catch {
    return undefined;
  }
}

function strided(bytes: Uint8Array) {
  return { bytes, offset: 0, stride: bytes.length };
}
