/**
 * Both processors of a run whose ingestors are real and whose processors are in its memory: they
 * take the batches that ingestors write, and in the end write their sums as signed sum parts, where
 * a portal reads them. Source: ENPA sections 6.1 (PrioSumPart), 6.2 (names, order of writing).
 */

import { createBackend, sha256 } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import { REPORT_ID_SIZE, createProcessor } from '@priolab/roles';
import type {
  AggregateShare,
  BatchPair,
  Metric,
  Processor,
  ProcessorRole,
  ShareBatch,
  Task,
} from '@priolab/roles';
import {
  createBatchSigner,
  encodeContainer,
  records,
  sealHeader,
  sumPartPath,
  uuidText,
} from '@priolab/roles/enpa';
import type { StreamingStore } from '@priolab/runtime/stores';

import { ROLES, instanceOf, processorSigningKey, signingKeyId, syncOf } from './places.ts';
import { branches } from '../run/settings.ts';
import { scalarOf } from '../run/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { keyOf } from './compare.ts';
import type { BatchBook } from './compare.ts';

export interface MemoryProcessors {
  /** Takes in a batch; the same one again is one. */
  write(pair: BatchPair): Promise<void>;
  /** Batches so far, by window: what ingestors handed over, whatever the processors made of it. */
  readonly batches: BatchBook;
  /** Signs and writes both sums of every window. */
  writeSums(): Promise<void>;
}

export interface MemoryProcessorsOptions {
  readonly scenario: Scenario;
  readonly seedTree: SeedBranch;
  /** Where sum parts go. */
  readonly stores: Readonly<Record<ProcessorRole, StreamingStore>>;
  /** Most reports of a batch. */
  readonly capacity: number;
}

type Pair = Readonly<Record<ProcessorRole, Processor>>;

export function createMemoryProcessors(options: MemoryProcessorsOptions): MemoryProcessors {
  const { stores, seedTree } = options;
  const pairs = new Map<string, Pair>();
  const batches = new Map<string, Map<string, number>>();
  /** Uuids by window. */
  const refused = new Map<string, string[]>();

  const pairOf = ({ metric }: Task): Pair => {
    const pair = pairs.get(metric.id) ?? createPair(options, metric);
    pairs.set(metric.id, pair);
    return pair;
  };
  const isNew = ({ task, windowStartMs, batchId, count }: ShareBatch): boolean => {
    const key = windowKey(task, windowStartMs);
    const ofWindow = batches.get(key) ?? new Map<string, number>();
    const uuid = uuidText(batchId);
    if (ofWindow.has(uuid)) return false;
    batches.set(key, ofWindow.set(uuid, count));
    return true;
  };
  const decide = ({ leader, helper }: Pair, pair: BatchPair): void => {
    const toHelper = leader.verifyInit(pair.leader);
    const toLeader = helper.verifyInit(pair.helper);
    const verdicts = [leader.verifyNext(toLeader), helper.verifyNext(toHelper)];
    leader.aggregate();
    helper.aggregate();
    const { task, windowStartMs, count, reportIds } = pair.leader;
    const key = windowKey(task, windowStartMs);
    const ids = refused.get(key) ?? [];
    for (let i = 0; i < count; i++) {
      if (verdicts.some((codes) => codes[i] !== 0))
        ids.push(uuidText(reportIds, i * REPORT_ID_SIZE));
    }
    refused.set(key, ids);
  };

  return {
    batches,
    async write(pair) {
      if (isNew(pair.leader)) decide(pairOf(pair.leader.task), pair);
    },
    async writeSums() {
      for (const pair of pairs.values()) {
        for (const role of ROLES) {
          for (const share of pair[role].takeAggregateShares()) {
            const invalid = refused.get(windowKey(share.task, share.windowStartMs)) ?? [];
            await writeSumPart({ store: stores[role], seedTree, role, share, invalid });
          }
        }
      }
    },
  };
}

function createPair(
  { scenario, seedTree, capacity }: MemoryProcessorsOptions,
  metric: Metric,
): Pair {
  const backend = createBackend(scenario.crypto.backend);
  const prio2 = createPrio2(metric.bins);
  const processor = (role: ProcessorRole): Processor => {
    const privateKey = backend.privateKey(scalarOf(branches.processor(seedTree, role)));
    return createProcessor({ role, backend, privateKey, prio2, capacity });
  };
  return { leader: processor('leader'), helper: processor('helper') };
}

function windowKey({ state, vendor, metric }: Task, start: number): string {
  return keyOf({ instance: instanceOf(state, vendor), aggregation: metric.id, start });
}

const EMPTY = new Uint8Array(0);

async function writeSumPart(options: {
  readonly store: StreamingStore;
  readonly seedTree: SeedBranch;
  readonly role: ProcessorRole;
  readonly share: AggregateShare;
  readonly invalid: readonly string[];
}): Promise<void> {
  const { store, seedTree, role, share, invalid } = options;
  const { task, windowStartMs: start } = share;
  const end = start + task.windowMs;
  const instance = instanceOf(task.state, task.vendor);
  const name = { instance, aggregation: task.metric.id, start, end };
  const keys = sumPartPath(name, role === 'leader' ? 0 : 1);
  const uuids = invalid.map((uuid) => ({ uuid }));
  const form = { sync: syncOf(keys.packets) };
  const packets =
    invalid.length === 0 ? EMPTY : encodeContainer(records.invalidPacket, uuids, form);
  const header = {
    batchUuids: share.batchIds.map((id) => uuidText(Buffer.from(id, 'hex'))),
    name: task.metric.id,
    bins: task.metric.bins,
    epsilon: task.epsilon,
    prime: FIELD_MODULUS,
    numberOfServers: 2,
    hammingWeight: null,
    sum: [...share.sum],
    aggregationStartTime: start,
    aggregationEndTime: end,
    packetFileDigest: sha256(packets),
    totalIndividualClients: share.count,
  };
  const keyPair = processorSigningKey(seedTree, role);
  const signer = createBatchSigner({ keyId: signingKeyId(role), keyPair });
  const headerForm = { sync: syncOf(keys.header) };
  const sealed = sealHeader(records.sumPart, header, signer, headerForm);
  if (packets.length > 0) await store.put(keys.packets, packets);
  await store.put(keys.header, sealed.header);
  await store.put(keys.signature, sealed.signature);
}
