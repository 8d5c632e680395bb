/** What a device's report is made of, and that it does not depend on the block it is made in. */

import { createSeedTree } from '@priolab/crypto';
import { FIELD_MODULUS, createPrio2 } from '@priolab/prio';
import { describe, expect, test } from 'vitest';

import { flipProbability } from '../../src/index.ts';
import { createDeployment, someBits } from '../fixture.ts';

test('a report is the same alone, in a block, in a block with gaps', () => {
  const deployment = createDeployment({ bins: 5, epsilon: 1 });
  const bits = someBits(9, 5);
  const together = deployment.uploads(bits, { timesMs: bits.map(() => 4) });
  for (const list of [[3], [0, 8], [1, 2, 5, 7]]) {
    const timesMs = list.map(() => 4);
    const some = list.map((i) => bits[i]!);
    const apart = deployment.uploads(some, { devices: list, timesMs });
    expect(apart).toEqual(list.map((i) => together[i]));
  }
});

test('a device signs only what it sealed itself', () => {
  const { device, identify, report } = createDeployment();
  const foreign = createDeployment().report(someBits(2, 3)).sealed;
  const nonces = createSeedTree('nonces');
  expect(() => device.attest(foreign, identify(), nonces)).toThrow(RangeError);
  expect(device.attest(report(someBits(2, 3)).sealed, identify(), nonces).count).toBe(2);
});

test('both shares add up to the proof vector; neither is part of it', () => {
  const { prio2, backend, report } = createDeployment({ bins: 6 });
  const { proofLen } = prio2.shape;
  const { reports } = report(someBits(4, 6));
  const [leader, helper] = [new Uint32Array(4 * proofLen), new Uint32Array(4 * proofLen)];
  const status = new Uint8Array(4);
  createPrio2(6).decodeShares(4, reports.leaderShares, leader, status, 1);
  createPrio2(6).expandBlock(backend, 4, reports.helperShares, helper, status);
  for (let i = 0; i < 4 * proofLen; i++) {
    expect((leader[i]! + helper[i]!) % FIELD_MODULUS).toBe(reports.proofs[i]);
    expect(leader[i]).not.toBe(reports.proofs[i]);
  }
});

describe('noise', () => {
  const bins = 512;
  const count = 16;
  const flips = (epsilon: number, bit: number): number => {
    const deployment = createDeployment({ bins, epsilon });
    const row = Array.from({ length: bins }, () => bit);
    const { reports } = deployment.report(Array.from({ length: count }, () => row));
    let flipped = 0;
    for (let i = 0; i < count; i++) {
      const at = i * deployment.prio2.shape.proofLen;
      for (let k = 0; k < bins; k++) if (reports.proofs[at + k] !== bit) flipped++;
    }
    return flipped;
  };

  test.each([0, 0.5, 1, 2, 4, 32])('epsilon %d: as many flips as promised', (epsilon) => {
    const { task } = createDeployment({ epsilon });
    const p = flipProbability(task.flipThreshold);
    const n = bins * count;
    for (const bit of [0, 1]) {
      const got = flips(epsilon, bit);
      expect(Math.abs(got - n * p)).toBeLessThanOrEqual(4 * Math.sqrt(n * p * (1 - p)));
    }
  });

  test('the blinds f0 and g0 of all reports differ', () => {
    const { prio2, report } = createDeployment({ bins: 2 });
    const { proofLen } = prio2.shape;
    const { proofs } = report(someBits(16, 2)).reports;
    const blinds = Array.from({ length: 16 }, (_, i) => [
      ...proofs.subarray(i * proofLen + 2, i * proofLen + 4),
    ]).flat();
    expect(new Set(blinds).size).toBe(32);
  });
});
