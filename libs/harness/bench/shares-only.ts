/**
 * The rung without transport and without attestation: real noise, proofs, shares, keystreams,
 * verification and sums, by the device's and the protocol's own block functions. Left out: the
 * envelopes, the signature, the upload, the ingestor. r comes from the seed tree.
 */

import { createBackend, createCountingBackend } from '@priolab/crypto';
import { createCountingPrio2, createPrio2, isSafeQueryRandomness } from '@priolab/prio';
import { createDevice } from '@priolab/roles';

import { branches } from '../src/run/settings.ts';
import type { Setup } from './pipeline-block.ts';

const FAILURE = 1;

export function runSharesOnly({ world, shard, block }: Setup): () => number {
  const { count, devices } = block;
  const randomness = branches.device(world.seedTree, shard.cell);
  const points = branches.ingestor(world.seedTree, 'apple').child('bench-query-randomness');
  const backend = createCountingBackend(createBackend(world.scenario.crypto.backend), world.work);
  const prio2 = createCountingPrio2(createPrio2(block.task.shape.dimension), world.work);
  const { dimension, proofLen, rootCount } = prio2.shape;
  const device = createDevice({ backend, prio2, capacity: count });
  const words = new Uint32Array(count * 4);
  const queryRandomness = new Uint32Array(count);
  const processors = (['leader', 'helper'] as const).map((role) => ({
    role,
    shares: new Uint32Array(count * proofLen),
    verifierShares: new Uint32Array(count * 3),
    status: new Uint8Array(count),
    sum: new Uint32Array(dimension),
  }));
  const [leader, helper] = processors as [(typeof processors)[0], (typeof processors)[0]];

  return () => {
    // Devices.
    const report = device.randomise(block, randomness);
    device.prove(report, randomness);
    device.split(report, randomness);

    points.gather(devices, count, 16, new Uint8Array(words.buffer));
    for (let i = 0; i < count; i++) queryRandomness[i] = firstSafe(words, 4 * i, rootCount);

    // Processors.
    for (const { status, sum } of processors) {
      status.fill(0);
      sum.fill(0);
    }
    prio2.decodeShares(count, report.leaderShares, leader.shares, leader.status, FAILURE);
    prio2.expandBlock(backend, count, report.helperShares, helper.shares, helper.status);
    for (const own of processors) {
      prio2.verifyInit({ ...own, count, queryRandomness, failure: FAILURE });
    }
    for (const { status, shares, sum } of processors) {
      const { verifierShares } = leader;
      prio2.decideBlock(count, verifierShares, helper.verifierShares, status, FAILURE);
      prio2.aggregateBlock(count, shares, status, sum);
      if (status.some((code) => code !== 0)) throw new Error('not all accepted');
    }
    return leader.sum[0]! ^ helper.sum.at(-1)!;
  };
}

function firstSafe(words: Uint32Array, from: number, rootCount: number): number {
  const safe = [0, 1, 2, 3].find((k) => isSafeQueryRandomness(words[from + k]!, rootCount));
  return words[from + (safe ?? 0)]!;
}
