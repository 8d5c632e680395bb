/**
 * A worker's hand in a run whose processors are processes: what an ingestor gives the processors of
 * the run goes to their buckets too, and it is noted which reports those refused. One shard's
 * batches are in memory at a time.
 */

import { createBatchSigner, sealIngestionBatch } from '@priolab/roles/enpa';
import type { BatchSigner, TimeUnit } from '@priolab/roles/enpa';
import { FIELD_MODULUS } from '@priolab/prio';
import { REPORT_ID_SIZE } from '@priolab/roles';
import type { BareBatch, BatchPair, ProcessorRole, ShareBatch, Vendor } from '@priolab/roles';
import type { SeedBranch } from '@priolab/crypto';
import { TransportError, openStore } from '@priolab/runtime/stores';
import type { OpenStoreOptions, StreamingStore } from '@priolab/runtime/stores';

import type { Observer } from '../pipeline.ts';
import type { DeployedShard, RefusedReports } from '../run/shard-result.ts';
import { ROLES, ingestionBucket, ingestorSigningKey, instanceOf } from './places.ts';
import { packetKeyId, signingKeyId, syncOf } from './places.ts';
import type { Buckets } from './places.ts';

/** As the real ones did (ENPA section 7.3). */
const TIME_UNITS: Readonly<Record<Vendor, TimeUnit>> = { apple: 'milliseconds', google: 'seconds' };

/** Servers for tests ignore the condition of a put; the processors go by the same variable. */
const CONDITION_VARIABLE = 'PRIOLAB_S3_CONDITIONAL_PUT';
const ATTEMPTS = 3;

export interface BatchWriter {
  readonly observer: Observer;
  /** Writes what was seen since the last call. @throws TransportError */
  flush(): Promise<DeployedShard>;
}

interface Pending {
  readonly store: StreamingStore;
  readonly key: string;
  readonly bytes: Uint8Array;
}

export function createBatchWriter(options: {
  readonly seedTree: SeedBranch;
  readonly buckets: Buckets;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): BatchWriter {
  const { seedTree, buckets, environment } = options;
  const stores = new Map<string, StreamingStore>();
  const signers = new Map<Vendor, BatchSigner>();
  let pending: Pending[] = [];
  let refused: RefusedReports[] = [];
  let batchCount = 0;

  const storeAt = (place: string): StreamingStore => {
    const known = stores.get(place) ?? openStore(place, environment, storeOptions(environment));
    stores.set(place, known);
    return known;
  };
  const signerOf = (vendor: Vendor): BatchSigner => {
    const keyPair = ingestorSigningKey(seedTree, vendor);
    const known = signers.get(vendor);
    const signer = known ?? createBatchSigner({ keyId: signingKeyId(vendor), keyPair });
    signers.set(vendor, signer);
    return signer;
  };
  const add = (role: ProcessorRole, batch: ShareBatch): void => {
    const { state, vendor } = batch.task;
    const store = storeAt(ingestionBucket(buckets, role, instanceOf(state, vendor)));
    const { objects } = sealed(role, batch, signerOf(vendor));
    pending.push(...objects.map((object) => ({ store, ...object })));
  };

  return {
    observer: {
      uploaded: () => {},
      handedOver: () => {},
      takenIn: () => {},
      verified(pair, _messages, verdicts) {
        if (!isSealed(pair)) return;
        for (const role of ROLES) add(role, pair[role]);
        batchCount += 1;
        const ids = refusedIds(pair.leader, verdicts);
        const { task, windowStartMs } = pair.leader;
        if (ids.length > 0) refused.push({ metric: task.metric.id, windowStartMs, ids });
      },
    },
    async flush() {
      const shard: DeployedShard = { batchCount, refused };
      // In the order of their batches, so that a batch is whole before the next one is begun.
      for (const { store, key, bytes } of pending) await put(store, key, bytes);
      pending = [];
      refused = [];
      batchCount = 0;
      return shard;
    },
  };
}

export function storeOptions(
  environment: Readonly<Record<string, string | undefined>>,
): OpenStoreOptions {
  const isChecked = environment[CONDITION_VARIABLE] === 'check-first';
  return { conditionalPut: isChecked ? 'check-first' : 'native' };
}

async function put(store: StreamingStore, key: string, bytes: Uint8Array): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Where it is there already an attempt before had written it.
      await store.put(key, bytes);
      return;
    } catch (error) {
      const mayGo = error instanceof TransportError && error.retryable && attempt < ATTEMPTS;
      if (!mayGo) throw error;
    }
  }
}

function isSealed(
  pair: BatchPair<ShareBatch | BareBatch>,
): pair is BatchPair<ShareBatch> & BatchPair<ShareBatch | BareBatch> {
  return 'sealed' in pair.leader && 'sealed' in pair.helper;
}

function sealed(role: ProcessorRole, batch: ShareBatch, signer: BatchSigner) {
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
    batchTime: windowStartMs,
    startTime: windowStartMs,
    endTime: windowStartMs + task.windowMs,
    timeUnit: TIME_UNITS[task.vendor],
    signer,
    syncOf,
    encryptionKeyId: packetKeyId(role),
    versionConfiguration: null,
  });
}

/** Ids of the reports that either processor refused, one after the other. */
function refusedIds(
  { count, reportIds }: ShareBatch,
  { leader, helper }: Readonly<Record<ProcessorRole, Uint8Array>>,
): Uint8Array {
  const ids: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (leader[i] === 0 && helper[i] === 0) continue;
    ids.push(reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE));
  }
  return new Uint8Array(Buffer.concat(ids));
}
