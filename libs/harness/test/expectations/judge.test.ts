/**
 * The judges as pure functions: a good record passes; each way of being wrong turns its expectation
 * red; nothing behind an expectation is vacuous, never a pass.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { EXIT, exitCodeOf, judge, overallVerdict, worstExit } from '../../src/index.ts';
import type { ExpectationOutcome, RunRecord, Verdict } from '../../src/index.ts';
import { poissonUpperTail } from '../../src/statistics/poisson.ts';
import { exactExpectations, runSmall, small } from '../run/fixture.ts';

const all = [
  ...exactExpectations,
  'noforge' as const,
  { id: 'throughput' as const, atLeastPerUnit: 0.01 },
  { id: 'memory' as const, atMostMiB: 4096 },
];
let good: RunRecord;

beforeAll(async () => {
  const scenario = small({
    adversaries: [
      { id: 'cli.forge', share: 0.1 },
      { id: 'dev.retry_same', share: 0.1 },
    ],
    crypto: { crossCheck: { every: 50 } },
    expect: all,
  });
  const run = await runSmall(scenario);
  // Long enough a run to be timed, on a steady machine.
  const fates = run.fates.map((fate) => ({ ...fate, count: fate.count * 100 }));
  const population = { ...run.population, reports: run.population.reports * 100 };
  const tally = { ...run.tally, uploads: population.reports + run.tally.copies };
  const cost = { ...run.cost, cpuMs: 24_000, calibrationUs: { before: 100, after: 110 } };
  const cells = run.cells.map((cell) => ({ ...cell }));
  good = { ...run, fates, population, tally, cost, cells };
});

function verdictOf(id: string, change: (record: RunRecord) => Partial<RunRecord>): Verdict {
  const record = { ...good, ...change(good) };
  return judge(record).find((outcome) => outcome.id === id)!.verdict;
}

const cell0 = (change: (cell: RunRecord['cells'][number]) => object) => (record: RunRecord) => ({
  cells: record.cells.map((cell, i) => (i === 0 ? { ...cell, ...change(cell) } : cell)),
});
const tallied = (change: Partial<RunRecord['tally']>) => (record: RunRecord) => ({
  tally: { ...record.tally, ...change },
});

test('a good record passes', () => {
  // `conserve` compares with what the leader examined, which was not multiplied.
  const wrong = judge(good).filter(({ id, verdict }) => verdict !== 'pass' && id !== 'conserve');
  expect(wrong).toEqual([]);
});

describe('red', () => {
  test.each<[string, (record: RunRecord) => Partial<RunRecord>]>([
    ['sum.exact', cell0(({ totals }) => ({ totals: totals!.with(0, totals![0]! + 1) }))],
    ['sum.exact', cell0(() => ({ totals: undefined, held: { reason: 'x', detail: '' } }))],
    ['count.exact', cell0(({ counts }) => ({ counts: { ...counts, helper: counts.helper + 1 } }))],
    ['count.exact', cell0(({ counts }) => ({ counts: { ...counts, leader: counts.leader - 1 } }))],
    ['once', tallied({ doubled: 1 })],
    ['sets.equal', tallied({ disagreements: 1 })],
    ['sets.equal', cell0(() => ({ held: { reason: 'batches-differ', detail: '' } }))],
    ['noforge', tallied({ otherEscapes: 1 })],
    ['noforge', tallied({ soundnessEscapes: 1, escapeBound: 1e-6 })],
    ['reason', tallied({ wrongFates: 1 })],
    ['reason', tallied({ wrongCopies: 1 })],
    ['rand.safe', tallied({ unsafePoints: 1 })],
    ['rand.safe', tallied({ repeatedValues: 1 })],
    ['noise.dist', (r) => tallied({ flippedBits: r.tally.flippedBits * 3 })(r)],
    ['noise.dist', tallied({ flippedBits: 0 })],
    [
      'unbiased',
      (r) => ({
        cells: r.cells.map((c) => ({ ...c, estimates: c.estimates!.map((e) => e * 1.1 + 2) })),
      }),
    ],
    ['crosscheck', tallied({ crossCheckMismatches: 1 })],
    ['throughput', (r) => ({ cost: { ...r.cost, cpuMs: 1e7 } })],
    ['memory', (r) => ({ cost: { ...r.cost, peakRssBytes: 2 ** 33 } })],
  ])('%s (case %#)', (id, change) => {
    expect(verdictOf(id, change)).toBe('fail');
  });

  test('conserve: any hole in the books', async () => {
    const run = await runSmall(small({ adversaries: [{ id: 'dev.retry_same', share: 0.2 }] }));
    const conserve = (change: Partial<RunRecord>): Verdict =>
      judge({ ...run, ...change }).find(({ id }) => id === 'conserve')!.verdict;
    const fate = { outcome: 'unaccounted', hop: 'none', reason: 'none', count: 1 };
    expect(conserve({})).toBe('pass');
    expect(run.tally.copies).toBeGreaterThan(0);
    expect(conserve({ fates: [...run.fates, fate] })).toBe('fail');
    expect(conserve({ fates: run.fates.map((f) => ({ ...f, count: f.count - 1 })) })).toBe('fail');
    const lost = [
      ...run.fates.map((f) => ({ ...f, count: f.count - 1 })),
      { ...fate, outcome: 'lost' },
    ];
    expect(conserve({ fates: lost })).toBe('fail');
    const pending = run.fates.map((f, i) => (i === 0 ? { ...f, outcome: 'pending' } : f));
    expect(conserve({ fates: pending })).toBe('fail');
    expect(conserve({ copyFates: [] })).toBe('fail');
    // A copy that was never delivered leaves a hole too, though every delivered one has its fate.
    const [more] = run.adversaries.map((a) => ({ ...a, fired: a.fired + 1 }));
    expect(conserve({ adversaries: [more!] })).toBe('fail');
    expect(conserve({ tally: { ...run.tally, uploads: run.tally.uploads + 1 } })).toBe('fail');
  });
});

describe('vacuous', () => {
  const nothing = { cells: [], fates: [] };
  test.each<[string, (record: RunRecord) => Partial<RunRecord>]>([
    ['sum.exact', () => nothing],
    ['count.exact', () => nothing],
    ['once', () => nothing],
    ['sets.equal', tallied({ points: 0 })],
    ['noforge', () => ({ adversaries: [] })],
    ['reason', (r) => ({ adversaries: r.adversaries.map((a) => ({ ...a, fired: 0 })) })],
    ['rand.safe', tallied({ points: 0, freshValues: 0 })],
    ['noise.dist', tallied({ noisedBits: 10, flippedBits: 0 })],
    ['unbiased', () => nothing],
    ['crosscheck', tallied({ crossChecked: 0 })],
    ['throughput', (r) => ({ fates: r.fates.map((f) => ({ ...f, count: 1 })) })],
    ['memory', () => nothing],
  ])('%s', (id, change) => {
    expect(verdictOf(id, change)).toBe('vacuous');
  });
});

test('throughput on a machine whose speed changed is invalid', () => {
  const drift = (after: number) => (r: RunRecord) => ({
    cost: { ...r.cost, calibrationUs: { before: 100, after } },
  });
  expect(verdictOf('throughput', drift(200))).toBe('invalid');
  expect(verdictOf('throughput', drift(NaN))).toBe('invalid');
});

test('several escapes within the bound are no failure', () => {
  expect(verdictOf('noforge', tallied({ soundnessEscapes: 3, escapeBound: 2.5 }))).toBe('pass');
  expect(poissonUpperTail(1, 1e-6)).toBeCloseTo(1e-6, 12);
  expect(poissonUpperTail(0, 5)).toBe(1);
  expect(poissonUpperTail(3, 2.5)).toBeCloseTo(0.45619, 5);
});

describe('exit codes', () => {
  const outcome = (id: string, verdict: Verdict): ExpectationOutcome => {
    return { id, verdict, observed: '', limit: '', n: 1 };
  };
  test.each<[ExpectationOutcome[], boolean, string, number]>([
    [[outcome('once', 'pass')], false, 'pass', 0],
    [[outcome('once', 'fail'), outcome('memory', 'fail')], false, 'fail', EXIT.correctness],
    [[outcome('memory', 'fail'), outcome('once', 'vacuous')], false, 'fail', EXIT.performance],
    [
      [outcome('once', 'vacuous'), outcome('throughput', 'invalid')],
      false,
      'vacuous',
      EXIT.vacuous,
    ],
    [[outcome('throughput', 'invalid')], false, 'invalid', EXIT.invalid],
    [[], false, 'vacuous', EXIT.vacuous],
    [[outcome('once', 'pass')], true, 'interrupted', EXIT.interrupted],
    [[outcome('once', 'vacuous')], true, 'interrupted', EXIT.interrupted],
  ])('case %#', (outcomes, interrupted, verdict, exitCode) => {
    expect(overallVerdict(outcomes, interrupted)).toEqual({ verdict, exitCode });
  });

  test.each([
    [[], 0],
    [[0, 0], 0],
    [[1, 6], 1],
    [[7, 6], 6],
    [[6, 3], 3],
    [[3, 5], 5],
    [[5, 1], 1],
    [[1, 4], 4],
    [[4, 8], 8],
    [[8, 9], 9],
    [[9, 130], 130],
    [[7, 6, 3, 5, 1, 4, 8, 9], 9],
  ])('of the codes %j the one that counts is %i', (codes, expected) => {
    expect(worstExit(codes)).toBe(expected);
    expect(worstExit(codes.toReversed())).toBe(expected);
  });

  test('each verdict has a code', () => {
    expect(exitCodeOf(outcome('once', 'fail'))).toBe(1);
    expect(exitCodeOf(outcome('throughput', 'fail'))).toBe(3);
  });
});
