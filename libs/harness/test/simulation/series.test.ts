/** Fates by state, series on both clocks and the flow of a live view, in simulated time. */

import { describe, expect, test } from 'vitest';

import { resolveScenario, runScenario } from '../../src/index.ts';
import type { Progress, RunSummary, ScenarioInput } from '../../src/index.ts';
import { STEPS_MAX, createStepCounts } from '../../src/simulation/step-counts.ts';
import { TRAFFIC } from '../../src/simulation/traffic.ts';
import { expectToAddUp, reportsByState } from '../record/fates-by-state.ts';
import { environment } from '../run/fixture.ts';
import { runDemonstration } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

const HOUR_MS = 3_600_000;

const faulty: ScenarioInput = {
  ...smallDeployment,
  nemesis: [
    { id: 'net.drop', p: 0.2 },
    { id: 'cli.forge', p: 0.1 },
    { id: 'proc.crash', p: 0.05 },
  ],
  expect: ['conserve', 'det'],
};

const run = (input: ScenarioInput, options: Partial<Parameters<typeof runScenario>[0]> = {}) =>
  runScenario({ scenario: resolveScenario(input, 'test'), workers: 0, environment, ...options });

const sumOf = ({ series }: RunSummary, name: string): number =>
  series!.simulated!.columns.find((one) => one.name === name)!.values.reduce((a, b) => a + b, 0);

const reportsThat = ({ fates }: RunSummary, outcome: string, hop?: string): number =>
  fates.reduce((sum, row) => {
    const fits = row.outcome === outcome && (hop === undefined || row.hop === hop);
    return sum + (fits ? row.count : 0);
  }, 0);

test('the series is a function of scenario and seed, and no part of the digest', async () => {
  const [one, other, plain] = await Promise.all([
    run(faulty),
    run(faulty, { workers: 2 }),
    run({ ...faulty, expect: ['conserve'] }),
  ]);
  expect(one.series!.simulated).toEqual(other.series!.simulated);
  expect(one.fatesByState).toEqual(other.fatesByState);
  // Second runs leave nothing in it.
  expect(plain.series!.simulated).toEqual(one.series!.simulated);
  const { simulated } = (await run({ ...faulty, seed: 'other' })).series!;
  expect(simulated).not.toEqual(one.series!.simulated);
});

describe('a day with faults', () => {
  const seen: Progress[] = [];
  const watched = run(faulty, {
    onProgress(progress) {
      const { flow, ...rest } = progress;
      seen.push({ ...rest, ...(flow === undefined ? {} : { flow }) });
    },
  });

  test('steps add up to what the record says', async () => {
    const summary = await watched;
    const { simulation, fates } = summary;
    const { stepMs, startMs, columns } = summary.series!.simulated!;
    expect([startMs, simulation!.startMs]).toEqual([simulation!.startMs, startMs]);
    expect(columns.map(({ name }) => name)).toEqual([
      ...TRAFFIC.map(({ name }) => name),
      'strikes.net.drop',
      'strikes.cli.forge',
      'strikes.proc.crash',
    ]);
    const rows = Math.floor((simulation!.endMs - startMs) / stepMs) + 1;
    for (const { values } of columns) expect(values).toHaveLength(rows);
    expect(rows).toBeLessThanOrEqual(STEPS_MAX);
    const sum = (name: string): number => sumOf(summary, name);
    expect(sum('uploads')).toBe(60);
    expect(sum('retries')).toBe(simulation!.events['upload.retried']);
    expect(sum('retries')).toBeGreaterThan(0);
    expect(sum('stored') + sum('given-up')).toBe(60);
    expect(sum('batches')).toBe(simulation!.events['batch.cut']);
    expect(sum('published')).toBe(simulation!.windows.published);
    expect(sum('published')).toBeGreaterThan(0);
    expect(sum('accepted.leader')).toBe(reportsThat(summary, 'accepted'));
    expect(sum('accepted.helper')).toBe(reportsThat(summary, 'accepted'));
    const forged = fates.find(({ reason }) => reason === 'proof-invalid')!.count;
    expect(forged).toBeGreaterThan(0);
    expect(sum('rejected.leader')).toBe(forged);
    for (const { id, fired } of simulation!.faults) expect(sum(`strikes.${id}`)).toBe(fired);
    const fired = simulation!.faults.reduce((all, one) => all + one.fired, 0);
    expect(sum('strikes')).toBe(fired);
  });

  test('uploads stand in the step in which phones send them', async () => {
    const summary = await watched;
    const { stepMs, startMs, columns } = summary.series!.simulated!;
    expect(stepMs % 60_000).toBe(0);
    const row = (name: string, of: 'first' | 'last'): number => {
      const { values } = columns.find((one) => one.name === name)!;
      const isSome = (value: number): boolean => value > 0;
      return of === 'first' ? values.findIndex(isSome) : values.findLastIndex(isSome);
    };
    expect(startMs + row('uploads', 'last') * stepMs).toBeLessThan(summary.simulation!.daysEndMs);
    // Batches are cut each six hours.
    expect((row('batches', 'first') * stepMs) / (6 * HOUR_MS)).toBeCloseTo(1, 1);
    expect(row('published', 'first')).toBeGreaterThan(row('accepted.leader', 'first') - 1);
    expect(row('accepted.leader', 'first')).toBeGreaterThan(row('batches', 'last') - 1);
  });

  test('fates by state add up', async () => {
    const summary = await watched;
    expectToAddUp(summary);
    expect(Object.keys(reportsByState(summary))).toEqual(['us-md', 'us-wa']);
    expect(summary.fates.length).toBeGreaterThan(1);
  });

  test('whoever watches sees the flow, in the run itself alone', async () => {
    const summary = await watched;
    const own = seen.filter(({ flow }) => flow !== undefined);
    expect(own).toHaveLength(summary.simulation!.eventCount);
    expect(seen.length).toBeGreaterThan(own.length);
    // The bar goes by simulated time; counts of reports are reports.
    const shares = own.map(({ share }) => share!);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[0]).toBeLessThan(0.5);
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
    for (const { reportsDone, flow } of own) expect(reportsDone).toBe(flow!.sent);
    const last = own.at(-1)!.flow!;
    const accepted = reportsThat(summary, 'accepted');
    expect(last).toMatchObject({ sent: 60, leader: accepted, helper: accepted });
    expect(last).toMatchObject({ published: summary.simulation!.windows.published, due: 4 });
    expect(last.rejected['leader proof-invalid']).toBe(sumOf(summary, 'rejected.leader'));
    expect(last.strikes).toEqual(
      Object.fromEntries(summary.simulation!.faults.map(({ id, fired }) => [id, fired])),
    );
    expect(last.simulatedMs).toBe(summary.simulation!.endMs);
    expect(last.rssBytes).toBeGreaterThan(2 ** 20);
  });

  test('by the machine’s clock too', async () => {
    const summary = await watched;
    const { timesMs, columns } = summary.series!.wall;
    const names = ['reports', 'events', 'simulated', 'cpu', 'rss'];
    expect(columns.map(({ name }) => name)).toEqual(names);
    for (const { values } of columns) expect(values).toHaveLength(timesMs.length);
    const { eventCount, startMs, endMs } = summary.simulation!;
    const last = columns.map(({ values }) => values.at(-1));
    expect(last.slice(0, 3)).toEqual([60, eventCount, endMs - startMs]);
  });
});

test.each(['ing.drop_both', 'ing.crash', 'cli.flood', 'nem.byzantine_minority'] as const)(
  'fates by state and strikes add up: %s',
  async (id) => {
    const summary = await runDemonstration(id);
    expectToAddUp(summary);
    const { faults } = summary.simulation!;
    const fired = (some: typeof faults): number => some.reduce((sum, one) => sum + one.fired, 0);
    for (const { id: of } of faults) {
      expect(sumOf(summary, `strikes.${of}`)).toBe(fired(faults.filter((one) => one.id === of)));
    }
    // One that is made of others strikes with them.
    const single = id.startsWith('nem.') ? faults.filter((one) => one.id !== id) : faults;
    expect(sumOf(summary, 'strikes')).toBe(fired(single));
    expect(sumOf(summary, 'strikes')).toBeGreaterThan(0);
  },
);

test('a run that is cut short has series and fates by state up to there', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const summary = await run(smallDeployment, {
    signal,
    onProgress({ flow }) {
      if (flow!.simulatedMs! % (24 * HOUR_MS) > 12 * HOUR_MS) controller.abort();
    },
  });
  expect(summary.interrupted).toBe(true);
  expect(reportsThat(summary, 'pending')).toBeGreaterThan(0);
  expectToAddUp(summary);
  const { stepMs, columns } = summary.series!.simulated!;
  expect((columns[0]!.values.length * stepMs) / HOUR_MS).toBeCloseTo(12, 0);
  expect(sumOf(summary, 'published')).toBe(0);
});

describe('steps', () => {
  const columns = [{ name: 'a', unit: 'uploads' }];
  const MINUTE_MS = 60_000;

  test.each([
    [0, 1],
    [511, 1],
    [512, 5],
    [5 * 512, 15],
    [15 * 512, 60],
    [60 * 512, 240],
    [240 * 512, 1440],
    [1440 * 512, 2880],
    [1440 * 1024, 5760],
  ])('one event at minute %i: steps of %i min', (minute, stepMin) => {
    const steps = createStepCounts(1000, columns);
    steps.add(1000, 'a', 2);
    steps.add(1000 + minute * MINUTE_MS, 'a');
    const { startMs, stepMs, columns: found } = steps.until(1000 + minute * MINUTE_MS);
    expect([startMs, stepMs]).toEqual([1000, stepMin * MINUTE_MS]);
    const { values } = found[0]!;
    expect(values).toHaveLength(Math.floor(minute / stepMin) + 1);
    expect(values.length).toBeLessThanOrEqual(STEPS_MAX);
    expect(values.at(-1)! + (minute === 0 ? 0 : values[0]!)).toBe(3);
  });

  test('counted as if the steps had been as long from the beginning', () => {
    const steps = createStepCounts(0, columns);
    const expected = Array.from({ length: 300 }, () => 0);
    for (let at = 0; at < 300 * 60 * MINUTE_MS; at += 7 * MINUTE_MS) {
      steps.add(at, 'a');
      expected[Math.floor(at / (60 * MINUTE_MS))]! += 1;
    }
    const { stepMs, columns: found } = steps.until(300 * 60 * MINUTE_MS - 1);
    expect(stepMs).toBe(60 * MINUTE_MS);
    expect(found[0]!.values).toEqual(expected);
  });

  test('a column that nobody named is a bug', () => {
    expect(() => createStepCounts(0, columns).add(0, 'b')).toThrow('got b');
  });
});
