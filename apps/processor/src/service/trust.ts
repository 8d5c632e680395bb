/**
 * Whom a processor trusts: the ingestor's and the peer's keys as their manifests say, read again
 * from time to time, so that a rotated key is known before it is used. A manifest that can't be
 * read leaves what was read last in force. Source: ENPA section 6.6, 9.2 nos. 32, 34, 36, 38.
 */

import {
  ManifestError,
  batchSigningKeys,
  expiredSigningKeys,
  lintManifest,
  readIngestorManifest,
  readPortalManifest,
  readProcessorManifest,
} from '@priolab/roles/manifest';
import type { LintOptions } from '@priolab/roles/manifest';
import { createBatchVerifier } from '@priolab/roles/enpa';
import type { BatchVerifier } from '@priolab/roles/enpa';

import type { InstanceConfig } from '../config.ts';
import type { ProcessorRole } from '@priolab/roles';
import { UsageError, explain, readManifestText } from '@priolab/service';
import type { Log } from '@priolab/service';

export interface Trust {
  readonly ingestor: BatchVerifier;
  readonly peer: BatchVerifier;
}

export interface InstanceTrust {
  readonly trust: Trust;
  /** Where the peer reads what we write. */
  readonly peerBucket: string;
  /** Reads the manifests again. */
  renew(nowMs: number): Promise<void>;
}

/** @throws ManifestError, or an error of the file system or network */
export async function readTrust(
  config: InstanceConfig,
  { log, trustsExpired }: { readonly log: Log; readonly trustsExpired: boolean },
  nowMs: number,
): Promise<InstanceTrust> {
  const read = async (atMs: number) => {
    const keysOf = (party: string, manifest: SigningKeysOwner): BatchVerifier => {
      for (const key of expiredSigningKeys(manifest, atMs)) {
        log('warn', 'signing-key-expired', { instance: config.name, party, key });
      }
      return createBatchVerifier(batchSigningKeys(manifest, ...(trustsExpired ? [] : [atMs])));
    };
    const ingestor = await readWith(config.ingestorManifest, (text) =>
      keysOf('ingestor', readIngestorManifest(text)),
    );
    const [peer, peerBucket] = await readWith(config.peerManifest, (text) => {
      const manifest = readProcessorManifest(text);
      return [keysOf('peer', manifest), manifest.peerValidationBucket] as const;
    });
    return { ingestor, peer, peerBucket };
  };
  let current = await read(nowMs);
  return {
    trust: {
      ingestor: { verify: (...parts) => current.ingestor.verify(...parts) },
      peer: { verify: (...parts) => current.peer.verify(...parts) },
    },
    peerBucket: current.peerBucket,
    async renew(atMs) {
      try {
        current = await read(atMs);
      } catch (error) {
        log('error', 'manifests-unread', { instance: config.name, ...explain(error) });
      }
    },
  };
}

export async function readPortalBucket(place: string, role: ProcessorRole): Promise<string> {
  const manifest = await readWith(place, readPortalManifest);
  return role === 'leader' ? manifest.phaSumPartBucket : manifest.facilitatorSumPartBucket;
}

/**
 * What does not fit between our keys and the manifest by which others reach us: with a wrong packet
 * key every packet is lost, under a wrong key id nobody believes us (ENPA 9.2 nos. 31, 34).
 * @throws UsageError with all of it
 */
export async function checkOwnManifest(
  place: string,
  options: Pick<LintOptions, 'packetKeys' | 'signingKeys' | 'nowMs'>,
  log: Log,
): Promise<void> {
  const findings = lintManifest('processor', await readManifestText(place), options);
  const lines: string[] = [];
  for (const { level, path, message, code } of findings) {
    if (level === 'error') lines.push(`${place}: ${path}: ${message}`);
    else log('warn', 'own-manifest', { code, detail: `${path}: ${message}` });
  }
  if (lines.length > 0) throw new UsageError(lines.join('\n'));
}

type SigningKeysOwner = Parameters<typeof batchSigningKeys>[0];

/** Says of each problem where the manifest is. */
async function readWith<T>(place: string, read: (text: string) => T): Promise<T> {
  const text = await readManifestText(place);
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const at = (path: string): string => `${place}: ${path || 'manifest'}`;
    throw new ManifestError(error.problems.map((one) => ({ ...one, path: at(one.path) })));
  }
}
