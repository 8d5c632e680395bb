/**
 * What a grid says, against laws that are known because they were planted; and what it refuses to
 * say. Nothing here was run.
 */

import { createSeedTree } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import { EXTRAPOLATED_REPORTS, analyseScale } from '../../src/scale/analyse.ts';
import { amdahlShare } from '../../src/scale/amdahl.ts';
import { orderGrid } from '../../src/scale/grid.ts';
import type { Interval, ScaleGrid, ScalePoint } from '../../src/scale/scale-record.ts';
import { GRID, LAW, syntheticGrid } from './synthetic.ts';
import type { Law } from './synthetic.ts';

const SEEDS = Array.from({ length: 100 }, (_, i) => i);

function analyse(points: readonly ScalePoint[], grid: ScaleGrid = GRID, interrupted = false) {
  return analyseScale({ grid, points, interrupted, cores: 2 });
}

const analysed = (seed: number, change: Partial<Law> = {}) =>
  analyse(syntheticGrid(seed, change).points);

const holds = ({ low, high }: Interval, truth: number): boolean => low <= truth && truth <= high;

describe('the order of a grid', () => {
  const tree = createSeedTree('1');
  const order = orderGrid({ ...GRID, repeat: 4 }, tree);
  const roundOf = (round: number) =>
    order.filter((cell) => cell.round === round).map((cell) => `${cell.reports} ${cell.workers}`);

  test('holds each cell once a round, and every second round backwards', () => {
    expect(order.length).toBe(32);
    for (const round of [0, 1, 2, 3]) expect(new Set(roundOf(round)).size).toBe(8);
    expect(roundOf(1)).toEqual(roundOf(0).toReversed());
    expect(roundOf(3)).toEqual(roundOf(2).toReversed());
    expect(roundOf(2)).not.toEqual(roundOf(0));
  });

  test('is a matter of the seed alone, and not sorted by size', () => {
    expect(orderGrid({ ...GRID, repeat: 4 }, createSeedTree('1'))).toEqual(order);
    expect(orderGrid({ ...GRID, repeat: 4 }, createSeedTree('2'))).not.toEqual(order);
    const counts = order.slice(0, 8).map(({ reports }) => reports);
    expect(counts).not.toEqual(counts.toSorted((a, b) => a - b));
  });

  test('a machine that gets steadily slower falls on all cells alike', () => {
    const sums = new Map<string, number>();
    order.forEach(({ reports, workers }, i) => {
      const key = `${reports} ${workers}`;
      sums.set(key, (sums.get(key) ?? 0) + i);
    });
    expect(new Set(sums.values()).size).toBe(1);
  });
});

test('the same points give the same analysis', () => {
  expect(analysed(5)).toEqual(analysed(5));
});

describe('of a law that is known', () => {
  const all = SEEDS.map((seed) => ({ seed, found: analysed(seed) }));

  test('cost, fixed part, speed-up and serial share lie in their intervals, mostly', () => {
    const twoWorkers = LAW.serial + (1 - LAW.serial) / 2;
    const checks = all.flatMap(({ found: { byWorkers } }) => {
      const [one, two] = byWorkers;
      return [
        holds(one!.wall.line!.each, LAW.usEach / 1000),
        holds(one!.wall.line!.fixed, LAW.fixedMs),
        holds(two!.wall.line!.each, (LAW.usEach / 1000) * twoWorkers),
        holds(two!.cpu.line!.each, LAW.usEach / 1000),
        // 100 us a multiplication.
        holds(two!.multiplications.line!.each, LAW.usEach / 100),
        holds(two!.speedUp!, 1 / twoWorkers),
        holds(two!.efficiency!, 1 / twoWorkers / 2),
        holds(two!.serialShare!, LAW.serial),
      ];
    });
    const share = checks.filter(Boolean).length / checks.length;
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.98);
  });

  test('what two billion take lies in its interval, which is not wide', () => {
    const inside = all.filter(({ seed, found }) => {
      const { wallMs, noisy } = syntheticGrid(seed);
      const { extrapolated } = found.byWorkers[0]!.wall.line!;
      expect((extrapolated.high - extrapolated.low) / extrapolated.value).toBeLessThan(0.5);
      return holds(extrapolated, noisy(wallMs(EXTRAPOLATED_REPORTS, 1)));
    });
    expect(inside.length).toBeGreaterThan(88);
    const { reports, factor } = all[0]!.found.extrapolated;
    expect(factor).toBe(reports / 30_000);
  });

  test('it is measured, and no bend is seen', () => {
    const verdicts = all.map(({ found }) => found.verdict);
    expect(verdicts.filter((verdict) => verdict === 'measured').length).toBeGreaterThan(95);
    const seen = all.filter(({ found }) => found.byWorkers[0]!.wall.linearity.verdict === 'seen');
    expect(seen.length).toBeLessThan(5);
  });
});

describe('a bend', () => {
  test('at the largest count is named, and nothing is foretold from there', () => {
    const bend = (reports: number) => (reports === 30_000 ? 1.6 : 1);
    const { byWorkers, verdict, exitCode } = analysed(1, { bend, noise: 0.02 });
    const { linearity, refused, line } = byWorkers[0]!.wall;
    expect(linearity).toMatchObject({ verdict: 'seen', at: 30_000 });
    expect(linearity.verdict === 'seen' && Math.abs(linearity.deviation - 0.6)).toBeLessThan(0.15);
    expect(refused).toContain('not linear');
    expect(line).toBeUndefined();
    expect(byWorkers[1]!.speedUp).toBeUndefined();
    expect({ verdict, exitCode }).toEqual({ verdict: 'invalid', exitCode: 7 });
  });

  test('at the smallest count, as of cold code, is left below the line', () => {
    const grid = { ...GRID, reports: [100, ...GRID.reports] };
    const bend = (reports: number) => (reports === 100 ? 3 : 1);
    const { points } = syntheticGrid(2, { bend, noise: 0.02 }, grid);
    const { linearity, line } = analyse(points, grid).byWorkers[0]!.wall;
    expect(linearity.verdict).toBe('seen');
    expect(line!.from).toBe(1000);
    expect(line!.runs).toBe(12);
    expect(holds(line!.each, LAW.usEach / 1000)).toBe(true);
  });
});

describe('memory', () => {
  const memory = (change: Partial<Law>) => analysed(4, change).byWorkers[0]!.memory!;

  test('that stays is flat, within a bound that is said', () => {
    expect(memory({})).toMatchObject({ verdict: 'flat', boundBytes: 100 });
  });

  test('that grows does, by so much, and is foretold', () => {
    const { verdict, slope, extrapolated } = memory({ memoryEach: 700 });
    expect(verdict).toBe('grows');
    expect(holds(slope, 700)).toBe(true);
    expect(extrapolated!.value / (700 * EXTRAPOLATED_REPORTS)).toBeCloseTo(1, 1);
  });

  test('that grows by who knows how much is not foretold', () => {
    const { verdict, slope, extrapolated } = memory({ memoryEach: 700, memoryNoise: 7e6 });
    expect(verdict).toBe('grows');
    expect(slope.high / slope.value).toBeGreaterThan(1.25);
    expect(extrapolated).toBeUndefined();
  });

  test('that settles at small counts is judged from there on', () => {
    const grid = { ...GRID, reports: [100, ...GRID.reports] };
    const { points } = syntheticGrid(4, {}, grid);
    const settling = points.map((point) =>
      point.reports === 100 ? { ...point, peakRssBytes: point.peakRssBytes - 2e7 } : point,
    );
    const found = analyse(settling, grid).byWorkers[0]!.memory!;
    expect(found).toMatchObject({ verdict: 'flat', from: 1000, linearity: { verdict: 'seen' } });
  });

  test('that bends up to its end is not called flat', () => {
    const { points } = syntheticGrid(4);
    const jump = points.map((point) =>
      point.reports === 30_000 ? { ...point, peakRssBytes: 1.5e8 } : point,
    );
    expect(analyse(jump).byWorkers[0]!.memory!.verdict).toBe('unknown');
  });

  test('that is too noisy to tell is not called flat', () => {
    expect(memory({ memoryNoise: 2e7 }).verdict).toBe('unknown');
    expect(memory({ memoryNoise: 2e7 }).extrapolated).toBeUndefined();
  });
});

describe('refused:', () => {
  test('noise', () => {
    const { byWorkers, exitCode, verdict } = analysed(3, { noise: 0.33 });
    expect(byWorkers[0]!.wall.refused).toContain('too noisy');
    expect({ exitCode, verdict }).toEqual({ exitCode: 7, verdict: 'invalid' });
  });

  test('two counts', () => {
    const grid = { ...GRID, reports: [1000, 3000] };
    const { byWorkers, exitCode, extrapolated } = analyse(syntheticGrid(1, {}, grid).points, grid);
    expect(byWorkers[0]!.wall.refused).toContain('got 2 counts');
    expect(byWorkers[0]!.memory).toBeUndefined();
    expect(exitCode).toBe(7);
    expect(extrapolated.factor).toBe(EXTRAPOLATED_REPORTS / 3000);
  });

  test('nothing at all', () => {
    const { exitCode, byWorkers, machine, extrapolated } = analyse([]);
    expect(exitCode).toBe(7);
    expect(byWorkers.map(({ wall }) => wall.line)).toEqual([undefined, undefined]);
    expect(machine.calibrationUs.median).toBe(0);
    expect(extrapolated.factor).toBeUndefined();
  });
});

describe('runs that are not like the others', () => {
  const { points } = syntheticGrid(6);
  const changed = (change: Partial<ScalePoint>, at = 7) =>
    points.map((point, i) => (i === at ? { ...point, ...change } : point));

  test('a red one decides the exit code, and is said and left out', () => {
    const red = { exitCode: 4, verdict: 'fail', wallMs: 1e9 };
    const { exitCode, verdict, notes, byWorkers } = analyse(changed(red));
    expect({ exitCode, verdict }).toEqual({ exitCode: 4, verdict: 'broken' });
    expect(notes[0]).toContain('30000 reports with workers 2 ended with fail (exit code 4)');
    expect(byWorkers[1]!.wall.line!.runs).toBe(11);
    expect(holds(byWorkers[0]!.wall.line!.each, LAW.usEach / 1000)).toBe(true);
  });

  test('one without a record does', () => {
    const lost = { exitCode: 9, message: 'ended with signal SIGKILL' };
    const found = analyseScale({ grid: GRID, points, interrupted: false, lost, cores: 2 });
    expect(found).toMatchObject({ exitCode: 9, verdict: 'broken', notes: [lost.message] });
  });

  test('during which the machine changed is left out', () => {
    const slow = { wallMs: 1e6, cpuMs: 1e6, calibrationUs: { before: 100, after: 190 } };
    const { exitCode, notes, byWorkers } = analyse(changed(slow));
    expect(exitCode).toBe(0);
    expect(byWorkers[1]!.wall.line!.runs).toBe(11);
    expect(notes.join('\n')).toContain('1 of 24 runs left out');
    expect(notes.join('\n')).toContain('100 to 190 us');
  });

  test('too slow, or vacuous: timed; the first is told by the exit code', () => {
    expect(analyse(changed({ exitCode: 6, verdict: 'vacuous' })).exitCode).toBe(0);
    const { exitCode, byWorkers } = analyse(changed({ exitCode: 3, verdict: 'fail' }));
    expect(exitCode).toBe(3);
    expect(byWorkers[1]!.wall.line!.runs).toBe(12);
  });

  test('other results of the same count: nondeterminism', () => {
    const { exitCode, verdict, notes } = analyse(changed({ resultDigest: 'another' }));
    expect({ exitCode, verdict }).toEqual({ exitCode: 8, verdict: 'nondeterministic' });
    expect(notes[0]).toContain('runs of 30000 reports');
  });

  test('fewer than all, since it was stopped', () => {
    const { exitCode, verdict, byWorkers } = analyse(points.slice(0, 16), GRID, true);
    expect({ exitCode, verdict }).toEqual({ exitCode: 130, verdict: 'interrupted' });
    expect(byWorkers[0]!.wall.line!.runs).toBe(8);
  });

  test('a busy machine and more workers than cores are said', () => {
    const busy = points.map((point) => ({ ...point, loadAverage: 9, stolenMs: point.wallMs / 2 }));
    const found = analyseScale({ grid: GRID, points: busy, interrupted: false, cores: 1 });
    const notes = found.notes.join('\n');
    expect(notes).toContain('load average 9.00 before the first run');
    expect(notes).toContain('gave 0.50 cores to others');
    expect(notes).toContain('2 workers share 1 cores');
    expect(found.exitCode).toBe(0);
  });
});

describe('a slow machine', () => {
  test('shows in microseconds, not in multiplications', () => {
    const slow = syntheticGrid(8).points.map((point) => ({
      ...point,
      cpuMs: 3 * point.cpuMs,
      calibrationUs: { before: 300, after: 300 },
    }));
    const [quick, other] = [analysed(8), analyse(slow)].map(({ byWorkers }) => byWorkers[0]!);
    expect(other!.cpu.line!.each.value / quick!.cpu.line!.each.value).toBeCloseTo(3, 9);
    const each = (record: typeof other) => record!.multiplications.line!.each.value;
    expect(each(other) / each(quick)).toBeCloseTo(1, 9);
  });
});

test("Amdahl's law, solved for its part", () => {
  const exact = (value: number) => ({ value, low: value, high: value });
  expect(amdahlShare(exact(2), 1, 2).value).toBeCloseTo(0, 12);
  expect(amdahlShare(exact(1), 1, 2).value).toBeCloseTo(1, 12);
  // A quarter alone, three quarters by four: 0.25 + 0.1875.
  expect(amdahlShare(exact(1 / 0.4375), 1, 4).value).toBeCloseTo(0.25, 12);
  // From two workers to four: 0.625 to 0.4375.
  expect(amdahlShare(exact(0.625 / 0.4375), 2, 4).value).toBeCloseTo(0.25, 12);
  const { low, high } = amdahlShare({ value: 1.8, low: 1.6, high: 1.9 }, 1, 2);
  expect(low).toBeLessThan(high);
});
