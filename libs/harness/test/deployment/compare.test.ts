/** What a deployment came to against what memory did: all that deviates is seen, or missing. */

import { uuidText } from '@priolab/roles/enpa';
import type { NamedSumPart } from '@priolab/roles/enpa';
import { describe, expect, test } from 'vitest';

import { compareFound, keyOf, sumNameOf } from '../../src/deployment/compare.ts';
import type { DeviationKind, Found, PortalResult } from '../../src/deployment/compare.ts';
import type { Reference } from '../../src/deployment/compare.ts';

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
    batchCount: 7,
    totals: [2, 9],
    estimates: [1.9, 9.2],
    standardError: 0.4,
    truth: { count: 9, noisy: [2, 9], honestCount: 9, honestNoisy: [2, 9], honestClean: [2, 9] },
  },
  windowMs: DAY_MS,
  epsilon: 4,
  refused: new Set([hex('a')]),
};

const NAME = sumNameOf(reference);
const RESULT: PortalResult = {
  name: NAME,
  status: 'published',
  reason: '',
  detail: '',
  clients: 9,
  totals: [2, 9],
};

function part(
  clients: number,
  { batches = ['1', '2'], invalid = ['a'] }: { batches?: string[]; invalid?: string[] } = {},
): NamedSumPart {
  const rest = { bins: 2, epsilon: 4, prime: 1, numberOfServers: 2, hammingWeight: null };
  const times = { aggregationStartTime: NAME.start, aggregationEndTime: NAME.end };
  const packetFileDigest = new Uint8Array(32);
  const batchUuids = batches.map(uuid);
  const sums = { batchUuids, sum: [], totalIndividualClients: clients, packetFileDigest };
  return {
    name: NAME,
    part: { name: 'seen', ...rest, ...times, ...sums },
    invalid: invalid.map(uuid),
  };
}

const batches = new Map([
  [uuid('1'), 6],
  [uuid('2'), 4],
]);

const all: Found = {
  batches: new Map([[keyOf(NAME), batches]]),
  parts: { leader: [part(9)], helper: [part(9)] },
  results: [RESULT],
  unreadable: undefined,
};

const NONE = { totals: 0, clients: 0, refused: 0, batches: 0, reports: 0, answers: 0 };

test('the instance and window of a cell', () => {
  expect(NAME).toEqual({
    instance: 'us-wa-apple',
    aggregation: 'seen',
    start: START,
    end: START + DAY_MS,
  });
});

describe('compareFound', () => {
  test('what is the same gives the same record', () => {
    const compared = compareFound([reference], all);
    expect(compared.deviations).toEqual({ ...NONE, examples: [] });
    expect(compared).toMatchObject({ missing: [], batches: 2, reports: 10, refused: 1 });
    const { estimates: _estimates, standardError: _error, ...rest } = reference.cell;
    // The number of batches is the run's own: others may cut them elsewhere.
    expect(compared.cells).toMatchObject([rest]);
    expect(compared.cells[0]!.estimates![1]).toBeCloseTo(9.168, 3);
  });

  const result = (change: Partial<PortalResult>): Partial<Found> => ({
    results: [{ ...RESULT, ...change }],
  });
  const helper = (other: NamedSumPart): Partial<Found> => ({
    parts: { leader: [part(9)], helper: [other] },
  });

  test.each<[DeviationKind, number, Partial<Found>, string]>([
    ['totals', 1, result({ totals: [2, 8] }), 'bin 1: portal 8, memory 9'],
    ['totals', 2, result({ totals: [0, null] }), 'bin 0: portal 0, memory 2'],
    ['refused', 1, helper(part(9, { invalid: [] })), `refused: at one side only: ${uuid('a')}`],
    ['refused', 2, helper(part(9, { invalid: ['b'] })), 'refused: at one side only'],
    ['batches', 1, helper(part(9, { batches: ['1'] })), `batches: at one side only: ${uuid('2')}`],
  ])('%s: %i', (kind, count, change, text) => {
    const { cells, deviations } = compareFound([reference], { ...all, ...change });
    expect(deviations).toMatchObject({ ...NONE, [kind]: count });
    expect(deviations.examples[0]).toContain(`us-wa-apple seen 2021-12-01T00:00Z: ${text}`);
    // The record shows what the portal shows, not what it should.
    const totals = change.results?.[0]?.totals ?? RESULT.totals!;
    expect(cells[0]!.totals).toEqual(totals.map((total) => total ?? NaN));
  });

  test('a report that is counted twice, or lost on its way to the sum', () => {
    const more = compareFound([reference], { ...all, ...result({ clients: 10 }) });
    expect(more.deviations).toMatchObject({ ...NONE, clients: 1, reports: 1 });
    expect(more.deviations.examples).toContainEqual(
      expect.stringContaining('10 counted and 1 refused, 10 in batches'),
    );
    const fewer = new Map([[keyOf(NAME), new Map([...batches, [uuid('2'), 6]])]]);
    const lost = compareFound([reference], { ...all, batches: fewer });
    expect(lost.deviations).toMatchObject({ ...NONE, reports: 2 });
  });

  test('a sum, or a batch, of what nobody sent', () => {
    const other = { ...NAME, aggregation: 'other' };
    const extra = { ...all, results: [RESULT, { ...RESULT, name: other }] };
    expect(compareFound([reference], extra).deviations).toMatchObject({ ...NONE, batches: 1 });
    const strange = { ...all, batches: new Map([...all.batches, [keyOf(other), batches]]) };
    expect(compareFound([reference], strange).deviations).toMatchObject({ ...NONE, batches: 1 });
  });

  test('a window that is held is no deviation; each side’s own counts stand', () => {
    const held = { status: 'held', reason: 'counts-differ', detail: 'differ' } as const;
    const { cells, missing, deviations } = compareFound([reference], {
      ...all,
      ...result({ ...held, clients: null, totals: null }),
      ...helper(part(8)),
    });
    expect(missing).toEqual([]);
    expect(deviations).toMatchObject(NONE);
    expect(cells[0]).toMatchObject({
      held: { reason: 'counts-differ', detail: 'differ' },
      counts: { leader: 9, helper: 8 },
    });
    expect(cells[0]).not.toHaveProperty('totals');
  });

  test('what is not there is missing: a side, both, or the portal’s word', () => {
    const absent = { clients: null, totals: null, status: 'held' } as const;
    const cases: [Partial<Found>, string][] = [
      [{ parts: { leader: [part(9)], helper: [] }, results: [] }, 'no-leader-share'],
      [
        {
          parts: { leader: [part(9)], helper: [] },
          ...result({ ...absent, reason: 'no-helper-share' }),
        },
        'no-helper-share',
      ],
      [{ results: [] }, 'no-leader-share'],
    ];
    for (const [change, reason] of cases) {
      const { cells, missing } = compareFound([reference], { ...all, ...change });
      expect(missing).toEqual(['us-wa-apple seen 2021-12-01T00:00Z']);
      expect(cells[0]).toMatchObject({ held: { reason } });
      expect(cells[0]).not.toHaveProperty('totals');
    }
  });

  test('a cell of which nothing was to come is left as it is', () => {
    const empty = { ...reference, cell: { ...reference.cell, batchCount: 0 } };
    const nothing = { batches: new Map(), parts: { leader: [], helper: [] }, results: [] };
    const found = { ...nothing, unreadable: undefined };
    expect(compareFound([empty], found)).toMatchObject({ cells: [empty.cell], missing: [] });
  });
});
