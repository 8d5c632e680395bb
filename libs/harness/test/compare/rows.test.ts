/** Losses, detection, bytes and CPU of records of which it is known what must come out. */

import { beforeAll, describe, expect, test } from 'vitest';

import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { Arm } from '../../src/compare/compare-runs.ts';
import type { ComparisonRow, RunComparison } from '../../src/compare/comparison.ts';
import { judgeSamples } from '../../src/compare/cpu.ts';
import { poolWorlds } from '../../src/compare/pool-worlds.ts';
import type { CostRecord, RunSummary } from '../../src/record/run-record.ts';
import { wireRecordOf } from '../../src/record/wire-record.ts';
import { runSmall, small } from '../run/fixture.ts';

let run: RunSummary;
beforeAll(async () => {
  run = await runSmall(small({ crypto: { crossCheck: false } }));
});

function compared(a: Partial<Arm>, b: Partial<Arm>, isOneBuild = true): RunComparison {
  const arm = (of: Partial<Arm>): Arm => ({ name: 'x', summary: run, ...of });
  return compareRuns(arm(a), arm(b), { isOneBuild });
}

function rowOf({ rows }: RunComparison, id: string): ComparisonRow {
  const row = rows.find((one) => one.id === id);
  expect(row, id).toBeDefined();
  return row!;
}

/** The run with so many reports lost before they were counted. */
function losing(count: number): RunSummary {
  const [accepted] = run.fates;
  let left = count;
  const cells = run.cells.map((cell) => {
    const lost = Math.min(left, cell.truth.honestCount);
    left -= lost;
    const honestCount = cell.truth.honestCount - lost;
    return { ...cell, truth: { ...cell.truth, honestCount, count: honestCount } };
  });
  const fates = [
    { ...accepted!, count: accepted!.count - count },
    { outcome: 'rejected', hop: 'leader', reason: 'peer-missing', count },
  ];
  return { ...run, cells, fates };
}

describe('losses', () => {
  test.each([
    [0, 1, 'unknown'],
    [0, 5, 'unknown'],
    // 2 x 2^-6 = 0.03: six against none is no luck at 5 %.
    [0, 6, 'worse'],
    [6, 0, 'better'],
    [20, 24, 'unknown'],
    [20, 60, 'worse'],
    [9, 9, 'same'],
  ])('%i lost against %i: %s', (lostA, lostB, judgement) => {
    const comparison = compared({ summary: losing(lostA) }, { summary: losing(lostB) });
    const row = rowOf(comparison, 'losses.reports');
    expect(row.judgement).toBe(judgement);
    if (judgement === 'same') return;
    const { value, interval } = row.effect!;
    expect(value).toBeCloseTo((100 * (lostB - lostA)) / 240, 9);
    expect(interval!.low).toBeLessThanOrEqual(value!);
    expect(interval!.high).toBeGreaterThanOrEqual(value!);
    const isClear = interval!.low! > 0 || interval!.high! < 0;
    expect(isClear).toBe(judgement !== 'unknown');
  });

  test('as many, but for other reasons, is not the same', () => {
    const other = losing(9);
    const fates = other.fates.map((one, i) => (i === 1 ? { ...one, reason: 'replayed' } : one));
    const comparison = compared({ summary: losing(9) }, { summary: { ...other, fates } });
    expect(rowOf(comparison, 'losses.reports').judgement).toBe('unknown');
    expect(comparison.fates.filter(({ a, b }) => a !== b)).toEqual([
      { outcome: 'rejected', hop: 'leader', reason: 'peer-missing', a: 9, b: 0 },
      { outcome: 'rejected', hop: 'leader', reason: 'replayed', a: 0, b: 9 },
    ]);
  });

  test('a held window is worse, and its reports are lost', () => {
    const [{ totals: _t, estimates: _e, standardError: _s, ...first } = run.cells[0]!, ...cells] =
      run.cells;
    const summary = {
      ...run,
      cells: [{ ...first, held: { reason: 'counts-differ', detail: '' } }, ...cells],
    };
    const comparison = compared({}, { summary });
    const windows = rowOf(comparison, 'losses.windows');
    expect(windows).toMatchObject({ a: 0, b: 100 / run.cells.length, judgement: 'worse' });
    expect(rowOf(comparison, 'losses.reports').b).toBeCloseTo(
      (100 * first.truth.honestCount) / 240,
      9,
    );
  });

  test('forgeries that were counted make no total more exact', () => {
    const cells = run.cells.map((cell) => {
      const { counts, standardError, truth } = cell;
      const all = 2 * truth.count;
      return {
        ...cell,
        counts: { ...counts, leader: all, helper: all },
        standardError: Math.sqrt(2) * standardError!,
        truth: { ...truth, count: all },
      };
    });
    const row = rowOf(compared({}, { summary: { ...run, cells } }), 'accuracy.standard-error');
    expect(row.judgement).toBe('worse');
    expect(row.effect!.value).toBeCloseTo(Math.sqrt(2), 9);
  });

  test('more counted than planned: unknown, not a crash', () => {
    const cells = run.cells.map((cell, i) => {
      const honestCount = cell.truth.honestCount + (i === 0 ? 300 : 0);
      return { ...cell, truth: { ...cell.truth, honestCount } };
    });
    const row = rowOf(compared({}, { summary: { ...run, cells } }), 'losses.reports');
    expect(row).toMatchObject({ judgement: 'unknown' });
    expect(row.why).toMatch(/counted more than 240 planned/);
  });

  test('a forgery that was counted is worse', () => {
    const summary = { ...run, tally: { ...run.tally, soundnessEscapes: 1 } };
    expect(rowOf(compared({}, { summary }), 'losses.forgeries').judgement).toBe('worse');
  });
});

describe('reports that had to be refused', () => {
  /** Counts them all, so many of them though a fault demands that they are refused. */
  const counting = (unexpected: number): RunSummary => {
    const fault = { id: 'ing.rpit_unsafe', fired: 9, fires: 1, fates: { accepted: 30 } };
    const faults = [{ ...fault, refused: {}, unexpected, measured: {} }];
    const simulation = { events: {}, faults, reports: { wrong: unexpected } };
    return { ...run, simulation } as unknown as RunSummary;
  };
  const rested = [
    'accuracy.standard-error',
    'privacy.smallest-window',
    'losses.reports',
    'bytes.batch-count',
    'cpu.work.sha256',
  ];

  test('that one side counted all the same are no merit of it', () => {
    const comparison = compared({ summary: counting(20) }, { summary: losing(20) });
    for (const id of rested) {
      expect(rowOf(comparison, id), id).toMatchObject({
        judgement: 'unknown',
        why: 'a counted 20 reports more, but up to 20 that had to be refused: no merit',
      });
    }
    const pooled = poolWorlds(Array.from({ length: 8 }, () => comparison));
    for (const id of rested) expect(rowOf(pooled, id).judgement, id).toBe('unknown');
  });

  test('but what it counted beyond them is', () => {
    const comparison = compared({ summary: counting(19) }, { summary: losing(20) });
    for (const id of rested) expect(rowOf(comparison, id).judgement, id).toBe('worse');
  });

  test('and nor do wrong losses of the side that counted more take anything from it', () => {
    const lost = counting(30);
    const faults = lost.simulation!.faults.map((fault) => ({ ...fault, fates: { lost: 30 } }));
    const summary = { ...lost, simulation: { ...lost.simulation!, faults } };
    const comparison = compared({ summary }, { summary: losing(20) });
    expect(rowOf(comparison, 'losses.reports').judgement).toBe('worse');
  });
});

describe('privacy: the smallest published window', () => {
  const held = ({
    totals: _t,
    estimates: _e,
    standardError: _s,
    ...cell
  }: RunSummary['cells'][0]) =>
    ({ ...cell, held: { reason: 'counts-differ', detail: '' } }) as const;
  const sizes = (): number[] => run.cells.map(({ truth }) => truth.honestCount);
  const withoutSmallest = (): RunSummary => {
    const least = Math.min(...sizes());
    const cells = run.cells.map((cell) => (cell.truth.honestCount === least ? held(cell) : cell));
    return { ...run, cells };
  };
  const rowFor = (a: RunSummary, b: RunSummary): ComparisonRow =>
    rowOf(compared({ summary: a }, { summary: b }), 'privacy.smallest-window');

  test('a window that one side alone published says nothing of the other', () => {
    const [, second] = [...new Set(sizes())].sort((x, y) => x - y);
    expect(rowFor(withoutSmallest(), run)).toMatchObject({ a: second, b: second });
    expect(rowFor(withoutSmallest(), run).judgement).toBe('same');
  });

  test('but is held against it where its own rule allows smaller ones', () => {
    const services = { ...run.scenario.services, minBatch: 50 };
    const strict = { ...withoutSmallest(), scenario: { ...run.scenario, services } };
    expect(rowFor(strict, run)).toMatchObject({ b: Math.min(...sizes()), judgement: 'worse' });
  });

  test('with no window that both published it is unknown', () => {
    const none = { ...run, cells: run.cells.map(held) };
    expect(rowFor(none, run)).toMatchObject({
      judgement: 'unknown',
      why: 'no window was published by both',
    });
  });
});

describe('detection', () => {
  const outcome = (id: string, verdict: 'pass' | 'fail' | 'vacuous') => {
    return { id, verdict, observed: `${id} is ${verdict}`, limit: '', n: 1 };
  };
  const judged = (a: ReturnType<typeof outcome>[], b: ReturnType<typeof outcome>[]) =>
    compared(
      { summary: { ...run, expectations: a } },
      { summary: { ...run, expectations: b } },
    ).rows.filter(({ id }) => id.startsWith('detection.expectation'));

  test('a verdict that turned is a row, one that did not is counted', () => {
    const rows = judged(
      [outcome('once', 'pass'), outcome('blast', 'fail'), outcome('live', 'pass')],
      [outcome('once', 'pass'), outcome('blast', 'pass'), outcome('live', 'pass')],
    );
    expect(rows.map(({ what, a, b, judgement }) => [what, a, b, judgement])).toEqual([
      ['expectations that hold', 2, 3, 'better'],
      ['blast', 'fail', 'pass', 'better'],
    ]);
  });

  test('both ways is not to be told; vacuous is neither better nor worse', () => {
    const rows = judged(
      [outcome('once', 'pass'), outcome('blast', 'fail'), outcome('fresh', 'vacuous')],
      [outcome('once', 'fail'), outcome('blast', 'pass'), outcome('fresh', 'pass')],
    );
    expect(rows.map(({ judgement }) => judgement)).toEqual([
      'unknown',
      'worse',
      'better',
      'unknown',
    ]);
  });

  test.each([
    ['pass', 'fail', undefined, 'better', /^once holds in b in spite of the fault/],
    ['fail', 'pass', undefined, 'worse', /^once holds in a in spite of the fault/],
    ['pass', 'fail', 'fail', 'unknown', /^once is red without the fault as well/],
  ] as const)('detected, %s to %s, without it %s: %s', (one, other, without, judgement, why) => {
    const of = 'ing.dup_cross_batch';
    const scenario = { ...run.scenario, expect: [{ id: 'detected', of, by: 'once' }] } as const;
    const side = (verdict: 'pass' | 'fail'): Partial<Arm> => {
      const expectations = [outcome(`once notices ${of}`, verdict)];
      const simulation = { events: {}, faults: [], without: { [of]: { once: without } } };
      return { summary: { ...run, simulation, scenario, expectations } as unknown as RunSummary };
    };
    const row = rowOf(compared(side(one), side(other)), `detection.expectation.once notices ${of}`);
    expect(row.judgement).toBe(judgement);
    expect(row.why).toMatch(why);
  });

  test('expectations that stand twice pair in their order, those of one side are named', () => {
    const rows = judged(
      [outcome('detected', 'pass'), outcome('detected', 'pass'), outcome('once', 'pass')],
      [outcome('detected', 'pass'), outcome('detected', 'fail')],
    );
    expect(rows.map(({ what, judgement }) => [what, judgement])).toEqual([
      ['expectations that hold', 'worse'],
      ['detected (2)', 'worse'],
    ]);
    expect(rows[0]!.why).toContain('1 are asked of one of the two only');
  });
});

describe('bytes', () => {
  // Elements of a proof: the bins, 3, and the power of two that is more than the bins.
  test.each([
    [5, 16],
    [12, 31],
    [100, 231],
  ])('%i bins: the sum of the fields that the formats list', (bins, proofLen) => {
    const metrics = [{ id: 'sized-v1', bins }];
    const [sizes] = wireRecordOf(small({ system: { ...small().system, metrics } }));
    // ECIES adds a point and a tag; a helper's share is a seed.
    const sealed = { leader: 4 * proofLen + 65 + 16, helper: 32 + 65 + 16 };
    const upload = 1 + 16 + 16 + 8 + (65 + 4 + 64) + 4 + sealed.leader + 4 + sealed.helper + 64;
    const packet = { leader: 16 + 4 + sealed.leader, helper: 16 + 4 + sealed.helper };
    expect(sizes).toEqual({ metric: 'sized-v1', upload, ...packet, validity: 16 + 1 + 3 * 4 });
  });

  test('more bins are more bytes, whichever builds made the runs', async () => {
    const wide = { ...small().system, metrics: ['DateExposure-v1' as const] };
    const other = { summary: await runSmall(small({ system: wide })) };
    for (const isOneBuild of [true, false]) {
      expect(rowOf(compared({}, other, isOneBuild), 'bytes.upload').judgement).toBe('better');
      expect(rowOf(compared(other, {}, isOneBuild), 'bytes.upload').judgement).toBe('worse');
    }
  });

  test('another build’s sizes are what its record says; what it does not say is not known', () => {
    const { wire, ...older } = run;
    const padded = wire!.map((one) => ({ ...one, upload: one.upload + 32 }));
    const row = rowOf(compared({}, { summary: { ...run, wire: padded } }, false), 'bytes.upload');
    expect(row).toMatchObject({ judgement: 'worse' });
    expect((row.b as number) - (row.a as number)).toBe(32);
    const unsaid = rowOf(compared({ summary: older }, {}, false), 'bytes.upload');
    expect(unsaid).toMatchObject({ a: null, judgement: 'unknown' });
    expect(unsaid.why).toMatch(/not in the record of a/);
    expect(rowOf(compared({ summary: older }, {}), 'bytes.upload').judgement).toBe('same');
  });
});

describe('CPU', () => {
  const level = { alpha: 0.05, far: 3 };
  test.each([
    ['one run each, twice apart', [1], [2], 'unknown'],
    ['one run each, far apart', [1], [3.5], 'worse'],
    ['three runs each, apart', [1, 1.1, 1.2], [1.3, 1.4, 1.5], 'unknown'],
    ['four runs each, apart', [1, 1.1, 1.2, 1.1], [1.3, 1.4, 1.5, 1.3], 'worse'],
    ['four runs each, apart the other way', [2, 2.1, 2.2, 2.1], [1.3, 1.4, 1.5, 1.3], 'better'],
    ['four runs each, overlapping', [1, 1.1, 1.2, 1.4], [1.3, 1.4, 1.5, 1.3], 'unknown'],
    ['four runs each, close together', [1, 1.01, 1.02, 1], [1.01, 1, 1.02, 1.03], 'same'],
    [
      'eight runs each, one of them hit by a busy moment',
      [1, 1.1, 1.2, 1.1, 1, 1, 1.1, 9],
      [2, 2.1, 2.3, 2.1, 2, 2, 2.1, 2.2],
      'worse',
    ],
    ['no time at all', [], [1], 'unknown'],
  ])('%s: %s', (_what, a, b, judgement) => {
    expect(judgeSamples({ a, b }, level).judgement).toBe(judgement);
  });

  const times = (factor: number, count: number): CostRecord[] =>
    Array.from({ length: count }, (_, i) => {
      const share = factor * (1 + i / 100);
      const stagesMs = { ...run.cost.stagesMs, seal: 10 * share };
      const calibrationUs = { before: 100, after: 100 };
      return { ...run.cost, cpuMs: 100 * share, stagesMs, calibrationUs };
    });

  test('stages are judged where they were timed often enough, each at its level', () => {
    const five = compared({ costs: times(1, 5) }, { costs: times(1.5, 5) });
    expect(rowOf(five, 'cpu.time')).toMatchObject({ judgement: 'worse' });
    expect(rowOf(five, 'cpu.time').effect!.value).toBeCloseTo(1.5, 9);
    expect(rowOf(five, 'cpu.stage.seal').judgement).toBe('unknown');
    const six = compared({ costs: times(1, 6) }, { costs: times(1.5, 6) });
    expect(rowOf(six, 'cpu.stage.seal').judgement).toBe('worse');
    expect(compared({}, {}).rows.some(({ id }) => id.startsWith('cpu.stage'))).toBe(false);
  });

  test('of one run each a factor of four is told, of long runs alone: the first runs cold', () => {
    const once = (ms: number): CostRecord => ({ ...times(1, 1)[0]!, cpuMs: ms });
    const judge = (a: number, b: number) =>
      rowOf(compared({ costs: [once(a)] }, { costs: [once(b)] }), 'cpu.time').judgement;
    expect(judge(10_000, 40_000)).toBe('worse');
    expect(judge(40_000, 10_000)).toBe('better');
    expect(judge(20_000, 40_000)).toBe('unknown');
    expect(judge(4000, 1000)).toBe('unknown');
    expect(judge(9999, 40_000)).toBe('unknown');
  });

  test('time is in multiplications of the same run, for each counted report', () => {
    const [cost] = times(1, 1);
    const slow = { ...cost!, cpuMs: 200, calibrationUs: { before: 200, after: 200 } };
    const row = rowOf(compared({ costs: [cost!] }, { costs: [slow] }), 'cpu.time');
    expect(row.a).toBeCloseTo((1000 * 100) / 240 / 100, 9);
    expect(row.b).toBe(row.a);
  });

  test('operations are exact, and named by stage where they differ', () => {
    const { work } = run.cost;
    const seal = { ...work.seal, fixedMultiplications: work.seal.fixedMultiplications + 240 };
    const summary = { ...run, cost: { ...run.cost, work: { ...work, seal } } };
    const comparison = compared({}, { summary });
    const whole = rowOf(comparison, 'cpu.work.multiplications');
    expect(whole.judgement).toBe('worse');
    expect((whole.b as number) - (whole.a as number)).toBeCloseTo(1, 9);
    expect(rowOf(comparison, 'cpu.work.multiplications.seal').judgement).toBe('worse');
    const stages = comparison.rows.filter(({ id }) => id.startsWith('cpu.work.multiplications.'));
    expect(stages).toHaveLength(1);
  });

  test('a stage that a record does not have makes its sums unknown', () => {
    const { observe: _observe, ...work } = run.cost.work;
    const cost = { ...run.cost, work } as unknown as CostRecord;
    const comparison = compared({}, { summary: { ...run, cost } });
    expect(rowOf(comparison, 'cpu.work.sha256')).toMatchObject({
      b: null,
      judgement: 'unknown',
      why: 'not of all stages in both records',
    });
    expect(comparison.rows.some(({ id }) => id.endsWith('.observe'))).toBe(false);
  });

  test('where nothing was counted stages are no rows; against itself it is the same', () => {
    const summary = losing(240);
    const comparison = compared({ summary }, { summary });
    expect(comparison.overall).toBe('same');
    const work = comparison.rows.filter(({ id }) => id.startsWith('cpu.work.'));
    expect(work.map(({ judgement, why }) => [judgement, why])).toEqual(
      Array.from({ length: 4 }, () => ['unknown', 'a side counted no report']),
    );
  });
});

test('settings that differ without any effect are named at the top', () => {
  const other = { ...run, scenario: { ...run.scenario, expect: [] } };
  const comparison = compared({}, { summary: other });
  expect(comparison.overall).toBe('same');
  expect(comparison.why).toMatch(/^what differs had no effect in this world \(expect\): /);
  expect(compared({}, {}).why).toMatch(/^the results are the same byte for byte/);
});

test('a scenario’s differences are named by path', async () => {
  const other = await runSmall(
    small({ about: 'another', system: { ...small().system, epsilon: 8 }, expect: ['once'] }),
  );
  const { differences } = compared({}, { summary: other });
  expect(differences.map(({ path }) => path)).toEqual([
    'crypto.crossCheck',
    'crypto.crossCheck.backend',
    'crypto.crossCheck.every',
    'expect',
    'system.epsilon',
  ]);
  expect(differences.at(-1)).toEqual({ path: 'system.epsilon', a: '4', b: '8' });
});
