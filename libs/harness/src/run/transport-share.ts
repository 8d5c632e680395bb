/**
 * Which shards of a run go with transport: all, none, or a stated share. Of a share s, one shard is
 * drawn out of each stretch over which i * s + u, with a random u in [0, 1), passes a whole number:
 * so many shards as s calls for, to one, spread over days and cells, and in no step with either.
 * A function of (seed, scenario, shard), in whole numbers: the same in every worker.
 */

import type { SeedBranch } from '@priolab/crypto';

import type { Scenario } from '../scenario/scenario.ts';

/** Bytes of an item of the seed tree; its first word is used. */
const ITEM_SIZE = 16;

export function shardsWithTransport(
  { fidelity, sampleShare = 1 }: Scenario['crypto'],
  shardCount: number,
  seedTree: SeedBranch,
): (shardIndex: number) => boolean {
  if (fidelity !== 'sampled') return () => fidelity === 'full';
  const chosen = drawShare(sampleShare, shardCount, seedTree.child('fidelity', 'sampled'));
  return (shardIndex) => chosen[shardIndex] === 1;
}

/** 1 for each shard that is drawn. */
function drawShare(share: number, shardCount: number, branch: SeedBranch): Uint8Array {
  const step = Math.round(share * 2 ** 32);
  const indexes = Uint32Array.from({ length: shardCount + 1 }, (_, i) => i);
  const items = new Uint8Array(indexes.length * ITEM_SIZE);
  branch.gather(indexes, indexes.length, ITEM_SIZE, items);
  const words = new DataView(items.buffer);
  const word = (i: number): number => words.getUint32(i * ITEM_SIZE, true);

  const chosen = new Uint8Array(shardCount);
  let passed = word(shardCount);
  let from = 0;
  for (let i = 0; i < shardCount; i++) {
    passed += step;
    if (passed < 2 ** 32) continue;
    passed -= 2 ** 32;
    chosen[from + Math.floor((word(i) * (i + 1 - from)) / 2 ** 32)] = 1;
    from = i + 1;
  }
  return chosen;
}
