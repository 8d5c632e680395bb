/** Every reason to hold a pair, and that no share ever disappears. */

import { FIELD_MODULUS } from '@priolab/prio';
import { toHex } from '@priolab/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DAY_MS, combine, createTask, customMetric } from '../../src/index.ts';
import type { AggregateShare, HoldReason, Vendor } from '../../src/index.ts';

const metric = customMetric({ id: 'm', bins: 2, layout: 'k-hot' });
const taskOf = (vendor: Vendor) =>
  createTask({ metric, state: 'us-wa', vendor, epsilon: 8, windowMs: DAY_MS });
const task = taskOf('google');
const MASK = 4_000_000_000;

const leader: AggregateShare = {
  task,
  windowStartMs: 5 * DAY_MS,
  sum: Uint32Array.of(MASK, 7),
  count: 10,
  rejectedCount: 2,
  batchIds: ['a1', 'b2'],
};
/** The matching share: totals 10 and 3. */
const helper: AggregateShare = {
  ...leader,
  sum: Uint32Array.of(FIELD_MODULUS - MASK + 10, FIELD_MODULUS - 4),
};

describe('a pair that agrees', () => {
  test('is added modulo p', () => {
    const { results, held } = combine([leader], [helper]);
    expect(held).toEqual([]);
    expect(results).toEqual([
      {
        task,
        windowStartMs: 5 * DAY_MS,
        totals: Float64Array.of(10, 3),
        count: 10,
        rejectedCount: 2,
        batchCount: 2,
      },
    ]);
  });

  test('in whatever order the batches were summed', () => {
    const { results } = combine([leader], [{ ...helper, batchIds: ['b2', 'a1'] }]);
    expect(results).toHaveLength(1);
  });

  test('each total may reach the count, not more', () => {
    const at = (total: number) => [{ ...helper, sum: Uint32Array.of(helper.sum[0]!, total) }];
    const zero = FIELD_MODULUS - 7;
    expect(combine([leader], at((zero + 10) % FIELD_MODULUS)).results).toHaveLength(1);
    const { results, held } = combine([leader], at((zero + 11) % FIELD_MODULUS));
    expect(results).toEqual([]);
    expect(held).toMatchObject([
      { reason: 'total-out-of-range', detail: 'bin 1 exceeds the count 10' },
    ]);
  });
});

describe('a pair that is held', () => {
  const other = { ...helper, task: taskOf('apple') };
  const repeat = (share: AggregateShare): AggregateShare => ({
    ...share,
    batchIds: [...share.batchIds, ...share.batchIds],
  });
  const cases: [HoldReason, string, AggregateShare[], AggregateShare[]][] = [
    ['no-helper-share', '', [leader], []],
    ['no-leader-share', '', [], [helper]],
    ['parameters-differ', '2 and 1 bins', [leader], [{ ...helper, sum: Uint32Array.of(1) }]],
    ['batches-differ', 'b2', [leader], [{ ...helper, batchIds: ['a1'] }]],
    ['batches-differ', 'c3', [leader], [{ ...helper, batchIds: ['a1', 'b2', 'c3'] }]],
    ['counts-differ', 'helper 9 accepted', [leader], [{ ...helper, count: 9 }]],
    [
      'counts-differ',
      'helper 10 accepted and 3 refused',
      [leader],
      [{ ...helper, rejectedCount: 3 }],
    ],
    ['batch-repeated', 'more than once', [repeat(leader)], [repeat(helper)]],
    ['included-differ', 'aa and undefined', [{ ...leader, includedDigest: 'aa' }], [{ ...helper }]],
    [
      'total-out-of-range',
      'not below p',
      [{ ...leader, count: FIELD_MODULUS }],
      [{ ...helper, count: FIELD_MODULUS }],
    ],
    ['total-out-of-range', 'bin 0', [leader], [{ ...helper, sum: Uint32Array.of(77, 88) }]],
  ];

  test.each(cases)('%s, %s', (reason, detail, leaders, helpers) => {
    const { results, held } = combine(leaders, helpers);
    expect(results).toEqual([]);
    expect(held).toEqual([
      {
        taskId: toHex(task.id),
        windowStartMs: 5 * DAY_MS,
        reason,
        detail: expect.stringContaining(detail),
      },
    ]);
  });

  test('other tasks and other windows are no pairs', () => {
    for (const stranger of [other, { ...helper, windowStartMs: 6 * DAY_MS }]) {
      const { results, held } = combine([leader], [stranger]);
      expect(results).toEqual([]);
      expect(held.map(({ reason }) => reason)).toEqual(['no-helper-share', 'no-leader-share']);
      expect(held[1]!.windowStartMs).toBe(stranger.windowStartMs);
      expect(held[1]!.taskId).toBe(toHex(stranger.task.id));
    }
  });

  test('it does not hold up the others', () => {
    const elsewhere = { windowStartMs: 6 * DAY_MS };
    const { results, held } = combine(
      [leader, { ...leader, ...elsewhere }],
      [
        { ...helper, ...elsewhere },
        { ...helper, count: 9 },
      ],
    );
    expect(results.map(({ windowStartMs }) => windowStartMs)).toEqual([6 * DAY_MS]);
    expect(held.map(({ reason }) => reason)).toEqual(['counts-differ']);
  });
});

test('a total of p - 1 is the largest, and exact', () => {
  const count = FIELD_MODULUS - 1;
  const half = (sum: number[], share: AggregateShare) => ({
    ...share,
    count,
    sum: Uint32Array.from(sum),
  });
  const { results } = combine([half([count, 7], leader)], [half([0, count - 7], helper)]);
  expect([...results[0]!.totals]).toEqual([count, count]);
});

test('nothing is lost: every share of any two lists is in a result or held', () => {
  const windows = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(windows, windows, (leaders, helpers) => {
      const at = (share: AggregateShare) => (window: number) => ({
        ...share,
        windowStartMs: window,
      });
      const { results, held } = combine(leaders.map(at(leader)), helpers.map(at(helper)));
      const shares = results.flatMap(({ windowStartMs }) => [windowStartMs, windowStartMs]);
      shares.push(...held.map(({ windowStartMs }) => windowStartMs));
      const sorted = (list: number[]) => list.sort((a, b) => a - b);
      expect(sorted(shares)).toEqual(sorted([...leaders, ...helpers]));
      expect(new Set(results.map(({ windowStartMs }) => windowStartMs)).size).toBe(results.length);
      const both = new Set(leaders.filter((window) => helpers.includes(window)));
      expect(results).toHaveLength(both.size);
    }),
    { seed: 8, numRuns: 300 },
  );
});
