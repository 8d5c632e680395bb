/** The readers of manifests and certificate requests for the fuzzer, and right inputs for them. */

import { CryptoError, publicKeyToPem } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';

import {
  ManifestError,
  manifestDecoders,
  writeIngestorManifest,
  writePortalManifest,
  writeProcessorGlobalManifest,
  writeProcessorManifest,
} from '../src/messages/enpa/manifest/index.ts';
import type { Decoder } from './decoders.ts';
import { sampleKeyPair } from './samples.ts';

const UTF8 = new TextEncoder();

function codeOf(error: unknown): string | undefined {
  return error instanceof ManifestError || error instanceof CryptoError ? error.code : undefined;
}

function samples(): Readonly<Record<string, Uint8Array>> {
  const keyPair = sampleKeyPair;
  const csr = createCsr({ keyPair, commonName: 'us-wa-apple.example.org' });
  const signing = { publicKey: publicKeyToPem(keyPair.publicKey), expiration: '' };
  const batchSigningPublicKeys = new Map([['key-1', signing]]);
  const processor = writeProcessorManifest({
    format: 1,
    ingestionBucket: 's3://us-west-1/ingestion',
    peerValidationBucket: 'gs://validation/path',
    batchSigningPublicKeys,
    packetEncryptionKeys: new Map([['packet-1', { certificateSigningRequest: csr }]]),
  });
  const serverIdentity = { gcpServiceAccountEmail: 'server@example.org' };
  const texts = {
    ingestorManifest: writeIngestorManifest({ format: 1, serverIdentity, batchSigningPublicKeys }),
    processorGlobalManifest: writeProcessorGlobalManifest({ format: 0, serverIdentity }),
    processorManifest: processor,
    portalManifest: writePortalManifest({
      format: 1,
      facilitatorSumPartBucket: 's3://us-west-1/isrg',
      phaSumPartBucket: 'pha-sums',
    }),
    manifestLint: processor,
  };
  const body = csr.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  const encoded = Object.entries(texts).map(([name, text]) => [name, UTF8.encode(text)] as const);
  return { ...Object.fromEntries(encoded), csr: new Uint8Array(Buffer.from(body, 'base64')) };
}

export const manifestFuzzDecoders: readonly Decoder[] = Object.entries(samples()).map(
  ([name, seed]) => ({
    name: `manifest/${name}`,
    seeds: [seed],
    decode: (bytes) => ({ value: manifestDecoders[name]!(bytes) }),
    codeOf,
  }),
);
