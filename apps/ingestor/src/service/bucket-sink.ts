/**
 * Batches as the processors read them: ENPA's ingestion batches, in a bucket of each processor for
 * each instance. The leader's lies there before the helper's is begun, as in 2021; what a crash cut
 * short is written again and is the same. Source: ENPA sections 6.1, 6.2, 7.3.
 */

import { setTimeout as pause } from 'node:timers/promises';

import { sha256 } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import type { ProcessorRole, ShareBatch, Vendor } from '@priolab/roles';
import { sealIngestionBatch } from '@priolab/roles/enpa';
import type { BatchSigner, TimeUnit } from '@priolab/roles/enpa';
import { TransportError } from '@priolab/runtime';
import type { ObjectStore } from '@priolab/runtime';
import { backoffMs } from '@priolab/runtime/database';

import type { BatchSink } from './cut.ts';

export interface BucketSinkOptions {
  /** The bucket of one processor for one instance, such as `us-wa-apple`. */
  readonly bucketOf: (role: ProcessorRole, instance: string) => ObjectStore;
  readonly signer: BatchSigner;
  /** Names of the keys that shares are sealed to; left out: none is told. */
  readonly encryptionKeyIds?: Readonly<Record<ProcessorRole, string>>;
  /** By default as the vendors did: Google in seconds. */
  readonly timeUnits?: Readonly<Record<Vendor, TimeUnit>>;
  /** Of each object; by default 3. */
  readonly attempts?: number;
  /** Between attempts; by default as long as tasks of a queue wait. */
  readonly pauseMs?: (attempt: number) => number;
}

const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];
const TIME_UNITS: Readonly<Record<Vendor, TimeUnit>> = { apple: 'milliseconds', google: 'seconds' };

export function createBucketSink(options: BucketSinkOptions): BatchSink {
  return {
    async write(pair) {
      for (const role of ROLES) {
        const { task } = pair[role];
        const bucket = options.bucketOf(role, `${task.state}-${task.vendor}`);
        const { objects } = seal(options, role, pair[role]);
        for (const { key, bytes } of objects) await put(options, bucket, key, bytes);
      }
    },
  };
}

function seal(options: BucketSinkOptions, role: ProcessorRole, batch: ShareBatch) {
  const { task, windowStartMs } = batch;
  return sealIngestionBatch({
    batch,
    parameters: {
      name: task.metric.id,
      bins: task.shape.dimension,
      epsilon: task.epsilon,
      prime: FIELD_MODULUS,
      numberOfServers: 2,
      hammingWeight: null,
    },
    // The start says in which window it is summed; no report's own time leaves.
    batchTime: windowStartMs,
    startTime: windowStartMs,
    endTime: windowStartMs + task.windowMs,
    timeUnit: (options.timeUnits ?? TIME_UNITS)[task.vendor],
    signer: options.signer,
    syncOf,
    encryptionKeyId: options.encryptionKeyIds?.[role] ?? null,
    versionConfiguration: null,
  });
}

/** By the object's name: what is written twice has the same bytes (ENPA section 9.2 no. 1). */
function syncOf(key: string): Uint8Array {
  return sha256(new TextEncoder().encode(`priolab sync mark\n${key}`)).slice(0, 16);
}

async function put(
  { attempts = 3, pauseMs = backoffMs }: BucketSinkOptions,
  bucket: ObjectStore,
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // False where it is there already: an earlier attempt has written it, or another replica.
      await bucket.put(key, bytes);
      return;
    } catch (error) {
      const mayGo = error instanceof TransportError && error.retryable && attempt < attempts;
      if (!mayGo) throw error;
      await pause(pauseMs(attempt));
    }
  }
}
