/**
 * A random slice of a run on the wall clock, done once more in this thread: equal results mean that
 * neither the workers nor their order, nor anything else that a scenario does not name, is in them.
 */

import { sha256, toHex } from '@priolab/crypto';

import type { PopulationPlan } from '../population/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { seedTreeOf } from './settings.ts';
import { createRunner } from './shard-program.ts';
import type { ShardResult } from './shard-result.ts';

/** One shard in so many, at least one and at most `SHARDS_MAX`. */
const ONE_IN = 50;
const SHARDS_MAX = 20;

export interface RecheckRecord {
  readonly shards: number;
  /** Indexes of shards that came out otherwise. */
  readonly differing: readonly number[];
}

export interface Recheck {
  /** Takes note of a shard's result, if it is one of the slice. */
  note(result: ShardResult): void;
  /** Runs the slice again. */
  run(): Promise<RecheckRecord>;
}

export function createRecheck(scenario: Scenario, plan: PopulationPlan): Recheck {
  const slice = sliceOf(scenario, plan.shardCount);
  const digests = new Map<number, string>();
  return {
    note(result) {
      if (slice.has(result.index)) digests.set(result.index, digestOf(result));
    },
    async run() {
      const runner = createRunner({ scenario, plan: plan.transfer });
      const differing: number[] = [];
      for (const [index, digest] of digests) {
        if (digestOf(await runner.run(index)) !== digest) differing.push(index);
      }
      return { shards: digests.size, differing };
    },
  };
}

function sliceOf(scenario: Scenario, shardCount: number): Set<number> {
  const size = Math.min(SHARDS_MAX, shardCount, Math.max(1, Math.ceil(shardCount / ONE_IN)));
  const branch = seedTreeOf(scenario).child('recheck');
  const slice = new Set<number>();
  for (let draw = 0; slice.size < size; draw++) {
    slice.add(Buffer.from(branch.bytes(draw, 16)).readUInt32LE(0) % shardCount);
  }
  return slice;
}

/** All that a shard's result says of its reports; its times are not of that kind. */
function digestOf({ fates, sums, acceptedIds, sampledValues }: ShardResult): string {
  const text = JSON.stringify(
    sums.map(({ metricSlot, windowStartMs, processors, truth }) => [
      metricSlot,
      windowStartMs,
      [processors.leader, processors.helper].map(({ sum, count, rejectedCount, batchIds }) => [
        [...sum],
        count,
        rejectedCount,
        batchIds,
      ]),
      truth.count,
      [...truth.noisy],
    ]),
  );
  const words = [acceptedIds, sampledValues].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return toHex(sha256(Buffer.concat([fates, Buffer.from(text), ...words])));
}
