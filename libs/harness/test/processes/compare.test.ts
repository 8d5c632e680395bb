/** What processes summed against what memory did: each deviation is seen, and what is missing. */

import { uuidText } from '@priolab/roles/enpa';
import type { HeldSum, NamedSumPart, SumTotal } from '@priolab/roles/enpa';
import { describe, expect, test } from 'vitest';

import { compareSums, sumNameOf } from '../../src/processes/compare.ts';
import type { FoundSums, Reference } from '../../src/processes/compare.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2021, 11, 1);
const hex = (digit: string): string => digit.repeat(32);
const uuid = (digit: string): string => uuidText(new Uint8Array(Buffer.from(hex(digit), 'hex')));

const reference: Reference = {
  cell: {
    state: 'us-wa',
    vendor: 'apple',
    metric: 'seen',
    windowStartMs: START,
    counts: { leader: 9, helper: 9, leaderRejected: 1, helperRejected: 1 },
    batchCount: 2,
    totals: [2, 9],
    estimates: [1.9, 9.2],
    standardError: 0.4,
    truth: { count: 9, noisy: [2, 9], honestCount: 9, honestNoisy: [2, 9], honestClean: [2, 9] },
  },
  windowMs: DAY_MS,
  epsilon: 4,
  batchIds: [hex('1'), hex('2')],
  refused: new Set([hex('a')]),
};

const NAME = sumNameOf(reference);
const TOTAL: SumTotal = {
  ...NAME,
  epsilon: 4,
  totals: Float64Array.of(2, 9),
  clientCount: 9,
  batchUuids: [uuid('2'), uuid('1')],
  invalid: [uuid('a')],
};

function part(totalIndividualClients: number): NamedSumPart {
  const rest = { bins: 2, epsilon: 4, prime: 1, numberOfServers: 2, hammingWeight: null };
  const times = { aggregationStartTime: NAME.start, aggregationEndTime: NAME.end };
  const packetFileDigest = new Uint8Array(32);
  const sums = { batchUuids: [], sum: [], totalIndividualClients, packetFileDigest };
  return { name: NAME, part: { name: 'seen', ...rest, ...times, ...sums }, invalid: [] };
}

function found(change: Partial<SumTotal> = {}): FoundSums {
  const parts = { leader: [part(9)], helper: [part(9)] };
  return { totals: [{ ...TOTAL, ...change }], held: [], parts };
}

const NONE = { totals: 0, clients: 0, refused: 0, batches: 0 };

test('the instance and window of a cell', () => {
  expect(NAME).toEqual({
    instance: 'us-wa-apple',
    aggregation: 'seen',
    start: START,
    end: START + DAY_MS,
  });
});

describe('compareSums', () => {
  test('what is the same gives the same record', () => {
    const { cells, deviations, missing } = compareSums([reference], found());
    expect(deviations).toEqual({ ...NONE, examples: [] });
    expect(missing).toEqual([]);
    const { estimates: _estimates, standardError: _error, ...rest } = reference.cell;
    expect(cells).toMatchObject([rest]);
    expect(cells[0]!.estimates![1]).toBeCloseTo(9.168, 3);
  });

  test.each<[keyof typeof NONE, number, Partial<SumTotal>, string]>([
    ['totals', 1, { totals: Float64Array.of(2, 8) }, 'bin 1: processes 8, memory 9'],
    ['totals', 2, { totals: Float64Array.of(0, 0) }, 'bin 0: processes 0, memory 2'],
    ['clients', 1, { clientCount: 10 }, 'clients: processes 10, memory 9'],
    ['refused', 1, { invalid: [] }, `refused: at one side only: ${uuid('a')}`],
    ['refused', 2, { invalid: [uuid('b')] }, 'refused: at one side only'],
    ['batches', 1, { batchUuids: [uuid('1')] }, `batches: at one side only: ${uuid('2')}`],
  ])('%s: %i', (kind, count, change, text) => {
    const { cells, deviations } = compareSums([reference], found(change));
    expect(deviations).toMatchObject({ ...NONE, [kind]: count });
    expect(deviations.examples[0]).toContain(`us-wa-apple seen 2021-12-01T00:00Z: ${text}`);
    // The record shows what the processes made, not what they should have made.
    expect(cells[0]!.totals).toEqual([...(change.totals ?? TOTAL.totals)]);
    expect(cells[0]!.counts.leader).toBe(change.clientCount ?? 9);
  });

  test('a sum of what nobody wrote', () => {
    const other = { ...NAME, aggregation: 'other' };
    const extra = { ...found(), totals: [TOTAL, { ...TOTAL, ...other }] };
    expect(compareSums([reference], extra).deviations).toMatchObject({ ...NONE, batches: 1 });
  });

  test('a pair that is held is no deviation; each side’s own counts stand', () => {
    const pair: HeldSum = { ...NAME, reason: 'counts-differ', detail: 'leader 9, helper 8' };
    const parts = { leader: [part(9)], helper: [part(8)] };
    const { cells, missing, deviations } = compareSums([reference], {
      totals: [],
      held: [pair],
      parts,
    });
    expect(missing).toEqual([]);
    expect(deviations).toMatchObject(NONE);
    expect(cells[0]).toMatchObject({
      held: { reason: 'counts-differ', detail: 'leader 9, helper 8' },
      counts: { leader: 9, helper: 8 },
    });
    expect(cells[0]).not.toHaveProperty('totals');
  });

  test('what is not there is missing, of one side or of both', () => {
    const held: HeldSum[] = [{ ...NAME, reason: 'no-helper-share', detail: '' }];
    const one = { totals: [], held, parts: { leader: [part(9)], helper: [] } };
    const none = { totals: [], held: [], parts: { leader: [], helper: [] } };
    for (const [sums, reason] of [
      [one, 'no-helper-share'],
      [none, 'no-leader-share'],
    ] as const) {
      const { cells, missing } = compareSums([reference], sums);
      expect(missing).toEqual(['us-wa-apple seen 2021-12-01T00:00Z']);
      expect(cells[0]).toMatchObject({ held: { reason } });
      expect(cells[0]).not.toHaveProperty('totals');
    }
  });

  test('a cell of no batch is left as it is', () => {
    const empty = { ...reference, batchIds: [] };
    const nothing = { totals: [], held: [], parts: { leader: [], helper: [] } };
    expect(compareSums([empty], nothing)).toMatchObject({ cells: [reference.cell], missing: [] });
  });
});
