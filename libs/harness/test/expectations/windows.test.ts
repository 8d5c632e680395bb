/** When something must have happened to be judged: the run, what is left of it, a fault's time. */

import { beforeAll, describe, expect, test } from 'vitest';

import { judge } from '../../src/index.ts';
import type { ExpectationOutcome, RunSummary } from '../../src/index.ts';
import { runFaulty } from '../simulation/fault-run.ts';
import { shortWindows } from '../simulation/small-deployment.ts';
import { runSmall, small } from '../run/fixture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2021, 11, 1);

const windowOf = ({ expectations }: { expectations: readonly ExpectationOutcome[] }, id: string) =>
  expectations.find((one) => one.id === id)!.window;

describe('in simulated time', () => {
  let summary: RunSummary;
  beforeAll(async () => {
    summary = await runFaulty({
      ...shortWindows,
      phases: [{ name: 'night', from: '0s', until: '5h' }],
      nemesis: [
        { id: 'net.drop', phase: 'night', p: 0.3 },
        { id: 'net.delay', from: '3h', p: 0.3 },
        { id: 'net.dup', from: '2h', until: '4h', p: 0.9 },
        { id: 'nem.byzantine_minority', from: '1h', until: '6h', params: { share: 0.5 } },
      ],
      heal: { at: '10h' },
      expect: [
        'sum.exact',
        'live',
        { kind: 'sometimes', id: 'net.drop' },
        { id: 'outcome', of: 'net.drop' },
        { id: 'memory', atMostMiB: 1e6 },
      ],
    });
  });

  test('the whole run; of `live` what comes after healing; of the machine none', () => {
    const { startMs, endMs } = summary.simulation!;
    expect(endMs).toBeGreaterThan(startMs + DAY_MS);
    for (const id of ['sum.exact', 'sometimes net.drop', 'outcome net.drop']) {
      expect(windowOf(summary, id)).toEqual({ fromMs: startMs, toMs: endMs });
    }
    expect(windowOf(summary, 'live')).toEqual({ fromMs: startMs + 10 * HOUR_MS, toMs: endMs });
    expect(windowOf(summary, 'memory')).toBeUndefined();
  });

  test('of a fault while it may strike: all strikes are within', () => {
    const { startMs, faultLog } = summary.simulation!;
    const hours = (from: number, to: number) => ({
      fromMs: startMs + from * HOUR_MS,
      toMs: startMs + to * HOUR_MS,
    });
    expect(windowOf(summary, 'net.drop')).toEqual(hours(0, 5));
    expect(windowOf(summary, 'net.delay')).toEqual(hours(3, 10));
    expect(windowOf(summary, 'net.dup')).toEqual(hours(2, 4));
    expect(windowOf(summary, 'cli.forge')).toEqual(hours(1, 6));
    for (const { id, timeMs } of faultLog) {
      const { fromMs, toMs } = windowOf(summary, id)!;
      expect(timeMs).toBeGreaterThanOrEqual(fromMs);
      expect(timeMs).toBeLessThan(toMs);
    }
    expect(new Set(faultLog.map(({ id }) => id)).size).toBe(8);
  });

  test('of a run that was cut short what there is of it', () => {
    const { startMs } = summary.simulation!;
    const simulation = { ...summary.simulation!, endMs: startMs + 2.5 * HOUR_MS };
    const cut = { expectations: judge({ ...summary, simulation, interrupted: true }) };
    const untilThen = { fromMs: startMs, toMs: simulation.endMs };
    for (const id of ['sum.exact', 'net.drop']) expect(windowOf(cut, id)).toEqual(untilThen);
    // Neither began.
    for (const id of ['net.delay', 'live']) expect(windowOf(cut, id)).toBeUndefined();
  });
});

test('on the wall clock the days of the run, if it came to its end', async () => {
  const population = { reports: 40, states: ['us-wa'], days: 2 };
  const expected = ['sum.exact', 'noise.dist', { id: 'throughput', atLeastPerUnit: 1 }] as const;
  const run = await runSmall(small({ population, expect: [...expected] }));
  const windows = run.expectations.map(({ id, window }) => [id, window]);
  const days = { fromMs: START_MS, toMs: START_MS + 2 * DAY_MS };
  expect(windows).toEqual([
    ['sum.exact', days],
    ['noise.dist', days],
    ['throughput', undefined],
  ]);
  for (const { windowStartMs } of run.cells) {
    expect(windowStartMs).toBeGreaterThanOrEqual(days.fromMs);
    expect(windowStartMs).toBeLessThan(days.toMs);
  }
  expect(windowOf({ expectations: judge({ ...run, interrupted: true }) }, 'sum.exact')).toBe(
    undefined,
  );
});
