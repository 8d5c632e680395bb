/**
 * Every reader of this folder from bytes, for tests that feed it anything: what leaves is a value,
 * a `ManifestError` or, from `csr`, a `CryptoError`.
 */

import { readCsrDer } from '@priolab/crypto/csr';

import { readIngestorManifest, readPortalManifest } from './documents.ts';
import { readProcessorGlobalManifest, readProcessorManifest } from './documents.ts';
import { lintManifest } from './lint.ts';
import { batchSigningKeys, packetEncryptionKeys } from './manifest-keys.ts';
import { ManifestError } from './manifest-node.ts';

/** UTF-8 and nothing else. @throws ManifestError */
export function manifestText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ManifestError([{ path: '', expected: 'UTF-8', got: 'other bytes' }]);
  }
}

export const manifestDecoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  ingestorManifest: (bytes) => batchSigningKeys(readIngestorManifest(manifestText(bytes)), 0),
  processorGlobalManifest: (bytes) => readProcessorGlobalManifest(manifestText(bytes)),
  processorManifest(bytes) {
    const manifest = readProcessorManifest(manifestText(bytes));
    return [batchSigningKeys(manifest), packetEncryptionKeys(manifest)];
  },
  portalManifest: (bytes) => readPortalManifest(manifestText(bytes)),
  manifestLint: (bytes) => lintManifest('processor', manifestText(bytes), { nowMs: 0 }),
  csr: (bytes) => readCsrDer(bytes),
};
