/**
 * Whose sums count: the keys that a processor's manifests publish, read again from time to time. A
 * manifest that can't be read leaves what was read last in force. Source: ENPA section 6.6.
 */

import { createBatchVerifier } from '@priolab/roles/enpa';
import type { BatchVerifier } from '@priolab/roles/enpa';
import {
  ManifestError,
  batchSigningKeys,
  expiredSigningKeys,
  readProcessorManifest,
} from '@priolab/roles/manifest';
import { toHex } from '@priolab/crypto';
import { UsageError, explain, readManifestText } from '@priolab/service';
import type { Log } from '@priolab/service';

export interface Trust {
  readonly verifier: BatchVerifier;
  /** Reads the manifests again. */
  renew(nowMs: number): Promise<void>;
}

/** @throws ManifestError, UsageError, TransportError */
export async function readTrust(
  manifests: readonly string[],
  { role, log }: { readonly role: string; readonly log: Log },
  nowMs: number,
): Promise<Trust> {
  const read = async (atMs: number): Promise<BatchVerifier> => {
    const keys = new Map<string, Uint8Array>();
    for (const place of manifests) {
      const manifest = await readManifest(place);
      for (const key of expiredSigningKeys(manifest, atMs)) {
        log('warn', 'signing-key-expired', { role, manifest: place, key });
      }
      for (const [id, point] of batchSigningKeys(manifest, atMs)) {
        const known = keys.get(id);
        if (known !== undefined && toHex(known) !== toHex(point)) {
          throw new UsageError(`${place}: key ${id}: got another one than in an earlier manifest`);
        }
        keys.set(id, point);
      }
    }
    return createBatchVerifier(keys);
  };
  let current = await read(nowMs);
  return {
    verifier: { verify: (...parts) => current.verify(...parts) },
    async renew(atMs) {
      try {
        current = await read(atMs);
      } catch (error) {
        log('error', 'manifests-unread', { role, ...explain(error) });
      }
    },
  };
}

/** Says of each problem where the manifest is. */
async function readManifest(place: string): Promise<ReturnType<typeof readProcessorManifest>> {
  const text = await readManifestText(place);
  try {
    return readProcessorManifest(text);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const at = (path: string): string => `${place}: ${path || 'manifest'}`;
    throw new ManifestError(error.problems.map((one) => ({ ...one, path: at(one.path) })));
  }
}
