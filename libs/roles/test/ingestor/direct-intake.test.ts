/**
 * The way without transport: the same batches and sums as by upload, an r that no device can know,
 * and processors that check the form of what they are handed.
 */

import { createSeedTree } from '@priolab/crypto';
import { isSafeQueryRandomness } from '@priolab/prio';
import { describe, expect, test } from 'vitest';

import { ProtocolAbort, combine, createDirectIntake } from '../../src/index.ts';
import type { BareBatch } from '../../src/index.ts';
import { DAY, HOUR_MS, columnSums, createDeployment, reasonsOf, someBits } from '../fixture.ts';

const BINS = 5;
const COUNT = 8;
const bits = someBits(COUNT, BINS);
const timesMs = bits.map((_, i) => (i % 3) * 8 * HOUR_MS + i);
const deployment = createDeployment({
  bins: BINS,
  capacity: COUNT,
  epsilon: 32,
  windowMs: 8 * HOUR_MS,
});
const { backend, leader, helper } = deployment;
const { shape } = deployment.prio2;

function intakeOf(name = 'ingestor') {
  const randomness = createSeedTree('direct').child(name);
  const intake = createDirectIntake({ backend, shape, randomness, capacity: COUNT });
  intake.openPartition(0);
  return intake;
}

const pointsOf = (batches: readonly { leader: BareBatch }[]): number[] =>
  batches.flatMap((batch) => [...batch.leader.queryRandomness]);

/** Both processors' reasons about a pair of batches, which goes into their sums. */
function decide(pair: { leader: BareBatch; helper: BareBatch }) {
  const messages = {
    leader: leader.verifyInit(pair.leader),
    helper: helper.verifyInit(pair.helper),
  };
  const verdicts = [leader.verifyNext(messages.helper), helper.verifyNext(messages.leader)];
  leader.aggregate();
  helper.aggregate();
  return verdicts.map(reasonsOf);
}

test('one batch a window, accepted by both, with the exact sums', () => {
  const { batches, status } = intakeOf().receive(deployment.report(bits, { timesMs }).reports);
  expect([...status]).toEqual(bits.map(() => 0));
  expect(batches.map(({ uploadSlots }) => [...uploadSlots])).toEqual([
    [0, 3, 6],
    [1, 4, 7],
    [2, 5],
  ]);
  for (const pair of batches) {
    const all = pair.leader.reportIds.length / 16;
    expect(decide(pair)).toEqual([Array(all).fill('none'), Array(all).fill('none')]);
  }
  const { results, held } = combine(leader.takeAggregateShares(), helper.takeAggregateShares());
  expect(held).toEqual([]);
  results.forEach(({ totals, windowStartMs }, window) => {
    expect(windowStartMs).toBe(DAY * 24 * HOUR_MS + window * 8 * HOUR_MS);
    expect([...totals]).toEqual(
      columnSums(
        bits.filter((_, i) => i % 3 === window),
        BINS,
      ),
    );
  });
});

test('a tampered share is refused alone', () => {
  const split = deployment.report(bits, {
    split: ({ leaderShares }) => {
      leaderShares.bytes[leaderShares.offset + 2 * leaderShares.stride]! ^= 1;
    },
  });
  const [pair] = intakeOf().receive(split.reports).batches;
  const expected = bits.map((_, i) => (i === 2 ? 'proof-invalid' : 'none'));
  expect(decide(pair!)).toEqual([expected, expected]);
  combine(leader.takeAggregateShares(), helper.takeAggregateShares());
});

describe('r', () => {
  const draw = (name: string, change: (ids: Uint8Array) => void = () => {}): number[] => {
    const { reports } = deployment.report(bits);
    const reportIds = reports.reportIds.slice();
    change(reportIds);
    return pointsOf(intakeOf(name).receive({ ...reports, reportIds }).batches);
  };

  test('is safe, of the id and of a secret that the device has not', () => {
    const mine = draw('mine');
    expect(mine).toHaveLength(COUNT);
    expect(mine.every((r) => isSafeQueryRandomness(r, shape.rootCount))).toBe(true);
    expect(new Set(mine).size).toBe(COUNT);
    expect(draw('mine')).toEqual(mine);
    expect(draw('theirs').filter((r) => mine.includes(r))).toEqual([]);
    const other = draw('mine', (ids) => (ids[3 * 16]! ^= 1));
    expect(other.map((r, i) => r === mine[i])).toEqual(mine.map((_, i) => i !== 3));
  });
});

describe('what does not fit', () => {
  test('a block above the capacity', () => {
    const { reports } = deployment.report(bits);
    expect(() => intakeOf().receive({ ...reports, count: COUNT + 1 })).toThrow(/block of 9/);
  });

  test.each(['leader', 'helper'] as const)('shares of another size, at the %s', (role) => {
    const [pair] = intakeOf().receive(deployment.report(bits).reports).batches;
    const { [role]: batch } = pair!;
    const { shares } = batch;
    for (const by of [-4, 4]) {
      const spoiled = { ...batch, shares: { ...shares, stride: shares.stride + by } };
      expect(() => deployment[role].verifyInit(spoiled)).toThrow(ProtocolAbort);
    }
  });
});
