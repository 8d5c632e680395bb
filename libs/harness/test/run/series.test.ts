/** Fates by state, samples by the machine's clock, the flow of a live view: on the wall clock. */

import { describe, expect, test } from 'vitest';

import { runScenario } from '../../src/index.ts';
import type { Progress, RunSummary, ScenarioInput } from '../../src/index.ts';
import { ROWS_MAX, createWallSampler } from '../../src/run/wall-series.ts';
import { planOf } from '../../src/run/settings.ts';
import { STAGES } from '../../src/run/stages.ts';
import { expectToAddUp, reportsByState } from '../record/fates-by-state.ts';
import { environment, small } from './fixture.ts';

const cheating = small({
  population: { reports: 900, states: ['us-wa', 'us-md', 'us-ca'], days: 2 },
  system: { metrics: ['PeriodicExposureNotification-v1', 'CodeVerified-v1'], windowHours: 8 },
  adversaries: [
    { id: 'cli.forge', share: 0.1 },
    { id: 'net.corrupt', share: 0.1 },
    { id: 'net.dup', share: 0.1 },
  ],
  crypto: { crossCheck: false },
  expect: ['sum.exact'],
} satisfies Partial<ScenarioInput>);

async function watched(options: { abortAt?: number } = {}) {
  const controller = new AbortController();
  const seen: Progress[] = [];
  const summary = await runScenario({
    scenario: cheating,
    workers: 0,
    environment,
    signal: controller.signal,
    onProgress(progress) {
      const { flow, ...rest } = progress;
      seen.push({ ...rest, flow: flow! });
      if (seen.length === options.abortAt) controller.abort();
    },
  });
  return { summary, seen };
}

const column = ({ series }: RunSummary, name: string): readonly number[] =>
  series!.wall.columns.find((one) => one.name === name)!.values;

const reportsThat = ({ fates }: RunSummary, outcome: string): number =>
  fates.reduce((sum, row) => sum + (row.outcome === outcome ? row.count : 0), 0);

describe('a run of which a third cheats', () => {
  const run = watched();

  test('fates by state add up to the fates and to the plan', async () => {
    const { summary } = await run;
    expectToAddUp(summary);
    expect(summary.fates.length).toBeGreaterThan(2);
    const planned: Record<string, number> = {};
    const plan = planOf(cheating);
    for (let index = 0; index < plan.shardCount; index++) {
      const { cell, reportCount } = plan.shard(index);
      planned[cell.state.id] = (planned[cell.state.id] ?? 0) + reportCount;
    }
    expect(reportsByState(summary)).toEqual(planned);
  });

  test('the last sample is what the record says', async () => {
    const { summary } = await run;
    const { timesMs, columns } = summary.series!.wall;
    expect(summary.series!.simulated).toBeUndefined();
    expect(columns.map(({ name }) => name)).toEqual([
      'reports',
      'accepted',
      'rejected',
      ...STAGES.map((stage) => `stage.${stage}`),
      'cpu',
      'rss',
    ]);
    for (const { values } of columns) expect(values).toHaveLength(timesMs.length);
    expect([timesMs[0], column(summary, 'reports')[0]]).toEqual([0, 0]);
    expect(column(summary, 'reports').at(-1)).toBe(900);
    expect(column(summary, 'accepted').at(-1)).toBe(reportsThat(summary, 'accepted'));
    expect(column(summary, 'rejected').at(-1)).toBe(reportsThat(summary, 'rejected'));
    for (const stage of STAGES) {
      const ms = summary.cost.stagesMs[stage]!;
      expect(column(summary, `stage.${stage}`).at(-1)).toBe(Math.round(ms));
    }
    expect(column(summary, 'cpu').at(-1)).toBeLessThanOrEqual(Math.ceil(summary.cost.cpuMs));
    for (const bytes of column(summary, 'rss')) {
      expect(bytes).toBeGreaterThan(2 ** 20);
      expect(bytes).toBeLessThanOrEqual(1.1 * summary.cost.peakRssBytes);
    }
  });

  test('whoever watches sees the flow grow to what the record says', async () => {
    const { summary, seen } = await run;
    const { flow } = seen.at(-1)!;
    const accepted = reportsThat(summary, 'accepted');
    const published = summary.cells.filter(({ totals }) => totals !== undefined).length;
    // Of windows of eight hours the plan does not tell.
    expect(flow).not.toHaveProperty('due');
    const rejected = Object.fromEntries(
      summary.fates
        .filter(({ outcome }) => outcome === 'rejected')
        .map(({ hop, reason, count }) => [`${hop} ${reason}`, count]),
    );
    expect(Object.keys(rejected).length).toBeGreaterThan(1);
    expect(flow).toMatchObject({ sent: 900, helper: accepted, published, rejected });
    seen.forEach(({ reportsDone, flow: now }, i) => {
      expect(now!.sent).toBe(reportsDone);
      expect(now!.sent).toBeGreaterThanOrEqual(now!.ingested);
      expect(now!.ingested).toBeGreaterThanOrEqual(now!.leader);
      expect(now!.leader).toBeGreaterThanOrEqual(now!.helper);
      expect(now!.helper).toBeGreaterThanOrEqual(seen[i - 1]?.flow!.helper ?? 0);
    });
  });
});

test('windows of whole days are due from the beginning', async () => {
  const whole = small({
    system: { metrics: ['PeriodicExposureNotification-v1'] },
    expect: ['once'],
  });
  const due: (number | undefined)[] = [];
  const onProgress = ({ flow }: Progress): void => void due.push(flow!.due);
  const { cells } = await runScenario({ scenario: whole, workers: 0, environment, onProgress });
  expect(new Set(due)).toEqual(new Set([cells.length]));
});

test('a run that is cut short: what it did not come to is pending, of which state', async () => {
  const { summary } = await watched({ abortAt: 3 });
  expect(summary.interrupted).toBe(true);
  expect(reportsThat(summary, 'pending')).toBeGreaterThan(0);
  expectToAddUp(summary);
  expect(reportsByState(summary)).toEqual(reportsByState((await watched()).summary));
  expect(column(summary, 'reports').at(-1)).toBe(900 - reportsThat(summary, 'pending'));
});

describe('samples', () => {
  /** A run of so many looks, each 3 ms after the one before. */
  const sample = (looks: number) => {
    let now = 500;
    let reads = 0;
    const count = { name: 'n', unit: 'looks', read: () => (reads++, (now - 500) / 3) };
    const sampler = createWallSampler([count], () => now);
    for (let i = 0; i < looks; i++) {
      now += 3;
      sampler.look();
    }
    return { ...sampler.finish(), reads };
  };

  test.each([0, 1, 100, 2_000, 20_000, 1_000_000])('of %i looks', (looks) => {
    const { timesMs, columns, reads } = sample(looks);
    const { values } = columns[0]!;
    expect(timesMs.length).toBeLessThanOrEqual(ROWS_MAX);
    expect(timesMs.length).toBeGreaterThanOrEqual(Math.min(looks / 4, ROWS_MAX / 2));
    expect([timesMs[0], timesMs.at(-1)]).toEqual([0, 3 * looks]);
    timesMs.forEach((ms, i) => {
      expect(values[i]).toBe(ms / 3);
      if (i > 0) expect(ms).toBeGreaterThan(timesMs[i - 1]!);
    });
    // Most looks cost a glance at the clock.
    expect(reads).toBeLessThan(ROWS_MAX * (2 + Math.log2(1 + looks / ROWS_MAX)));
    // About even, but for the end.
    const pauses = timesMs.slice(1, -1).map((ms, i) => ms - timesMs[i]!);
    expect(Math.max(...pauses, 0)).toBeLessThanOrEqual(2 * Math.min(...pauses, Infinity));
  });
});
