/**
 * Runs for the page beyond those of `fixture.ts`: one of a million reports by its shape, and one in
 * simulated time with faults.
 */

import type { CellRecord, RunSummary, SeriesColumn, StateFateCount } from '@priolab/harness';

import { outcomeOf, summaryWith } from '../fixture.ts';

const START_MS = Date.UTC(2021, 11, 1);
const HOUR_MS = 3_600_000;
const STEPS = 512;

/** The same numbers in each run of the tests, spread like chance. */
export function spread(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const FATES = [
  ['accepted', 'combiner', 'none', 980],
  ['rejected', 'ingestor', 'bad-signature', 9],
  ['rejected', 'ingestor', 'stale', 4],
  ['rejected', 'leader', 'proof-invalid', 5],
  ['rejected', 'helper', 'decrypt-failed', 2],
] as const;

export interface LargeRunOptions {
  readonly states?: number;
  readonly windows?: number;
  /** Bins of each metric. */
  readonly bins?: readonly number[];
}

/** A million reports: 16 states, two vendors, three metrics (one of 1,344 bins), windows of 4 h. */
export function largeRun(options: LargeRunOptions = {}): RunSummary {
  const { states = 16, windows = 6, bins = [5, 16, 1344] } = options;
  const draw = spread(7);
  const names = Array.from({ length: states }, (_, i) => `us-s${String(i).padStart(2, '0')}`);
  const per = 1_000_000 / states;
  const cells = names.flatMap((state) =>
    ['apple', 'google'].flatMap((vendor) =>
      bins.flatMap((binCount, m) =>
        Array.from({ length: windows }, (_, window): CellRecord => {
          const n = Math.round((0.98 * per) / (2 * bins.length * windows));
          const clean = Array.from({ length: binCount }, (_bin, bin) =>
            Math.round((n * (0.4 + 0.2 * draw())) / (bin + 1) ** 1.5),
          );
          return publishedCell({ state, vendor, metric: `Metric${m}-v1`, window, n, clean }, draw);
        }),
      ),
    ),
  );
  const fatesByState = names.flatMap((state) =>
    FATES.map(([outcome, hop, reason, share]): StateFateCount => {
      return { state, outcome, hop, reason, count: (per * share) / 1000 };
    }),
  );
  const fates = FATES.map(([outcome, hop, reason, share]) => {
    return { outcome, hop, reason, count: 1000 * share };
  });
  const population = { ...summaryWith().population, reports: 1_000_000, states };
  return summaryWith({ cells, fates, fatesByState, population, series: { wall: wallSeries() } });
}

function publishedCell(
  made: Pick<CellRecord, 'state' | 'vendor' | 'metric'> & {
    window: number;
    n: number;
    clean: number[];
  },
  draw: () => number,
): CellRecord {
  const { window, n, clean, ...names } = made;
  const standardError = Math.sqrt(n * 0.01);
  const estimates = clean.map((count) => count + 3 * standardError * (draw() - 0.5));
  const noisy = estimates.map(Math.round);
  return {
    ...names,
    windowStartMs: START_MS + window * 4 * HOUR_MS,
    counts: { leader: n, helper: n, leaderRejected: 3, helperRejected: 3 },
    batchCount: 4,
    totals: noisy,
    estimates,
    standardError,
    truth: { count: n, noisy, honestCount: n, honestNoisy: noisy, honestClean: clean },
  };
}

/** Columns as a run writes them, growing unevenly. */
function wallSeries(extra: readonly SeriesColumn[] = []) {
  const draw = spread(3);
  const timesMs = Array.from({ length: STEPS }, (_, i) => i * 400);
  const growing = (rate: number): number[] => {
    let sum = 0;
    return timesMs.map((_, i) => (i === 0 ? 0 : (sum += Math.round(rate * (0.6 + draw())))));
  };
  const rss = timesMs.map((_, i) => 2 ** 20 * Math.round(120 + i / 10 + 20 * draw()));
  const columns = [
    { name: 'reports', unit: 'reports', values: growing(1900) },
    { name: 'cpu', unit: 'ms', values: growing(700) },
    { name: 'rss', unit: 'bytes', values: rss },
    ...extra,
  ];
  return { timesMs, columns };
}

/** Two days in simulated time, with faults that strike in spells, a phase and a healing. */
export function faultyRun(): RunSummary {
  const draw = spread(11);
  const endMs = START_MS + 60 * HOUR_MS;
  const faultLog = Array.from({ length: 400 }, (_, i) => {
    const id = ['net.drop', 'sto.lost_write', 'proc.crash'][i % 3]!;
    const hour = (i % 3 === 2 ? 20 : 4) + 18 * draw();
    return { timeMs: START_MS + hour * HOUR_MS, id, what: `struck ${i}`, reports: i % 5 };
  }).sort((a, b) => a.timeMs - b.timeMs);
  const fault = (id: string, at?: string) => ({
    id,
    ...(at === undefined ? {} : { at }),
    fired: faultLog.filter((entry) => entry.id === id).length,
    fires: 1,
    fates: { accepted: 30, stale: 2 },
    refused: {},
    unexpected: 0,
    measured: {},
  });
  const series = {
    wall: wallSeries([
      { name: 'simulated', unit: 'ms', values: clockOf(60 * HOUR_MS) },
      { name: 'events', unit: 'events', values: clockOf(90_000) },
    ]),
    simulated: simulatedSeries(),
  };
  const base = summaryWith();
  return summaryWith({
    scenario: {
      ...base.scenario,
      clock: 'simulated',
      nemesis: [
        { id: 'net.drop', from: '4h', until: '22h', fires: 1, params: {} },
        { id: 'sto.lost_write', at: 'store/leader', phase: 'bad', fires: 1, params: {} },
        { id: 'proc.crash', from: '20h', fires: 1, params: {} },
      ],
      phases: [{ name: 'bad', from: '4h', until: '22h' }],
      heal: { at: '1d14h' },
    },
    series,
    expectations: [outcomeOf('fail'), outcomeOf('vacuous', 'live'), outcomeOf('pass', 'once')],
    verdict: 'fail',
    exitCode: 1,
    simulation: simulationOf({
      endMs,
      faults: [fault('net.drop'), fault('sto.lost_write', 'store/leader'), fault('proc.crash')],
      faultLog,
    }),
  });
}

/** Fast at night, slow in the day: a clock that another is not in step with. */
function clockOf(last: number): number[] {
  return Array.from({ length: STEPS }, (_, i) => Math.round(last * (i / (STEPS - 1)) ** 2));
}

function simulatedSeries() {
  const draw = spread(5);
  const counts = (most: number): number[] =>
    Array.from({ length: 240 }, (_, i) => Math.round(most * draw() * (1 + Math.sin(i / 15))));
  const columns = [
    { name: 'uploads', unit: 'uploads', values: counts(40) },
    { name: 'retries', unit: 'uploads', values: counts(9) },
    { name: 'given-up', unit: 'uploads', values: counts(0) },
    { name: 'batches', unit: 'batches', values: counts(3) },
    { name: 'strikes', unit: 'strikes', values: counts(4) },
  ];
  return { startMs: START_MS, stepMs: 900_000, columns };
}

function simulationOf(
  parts: Pick<NonNullable<RunSummary['simulation']>, 'endMs' | 'faults' | 'faultLog'>,
): NonNullable<RunSummary['simulation']> {
  return {
    ...parts,
    startMs: START_MS,
    daysEndMs: START_MS + 48 * HOUR_MS,
    eventCount: 90_000,
    journal: { count: 9000, digest: 'ab'.repeat(32), marks: [] },
    reports: { struck: 100, untouched: 700, untouchedLost: 0, wrong: 0, wrongExamples: [] },
    windows: {
      due: 8,
      published: 8,
      publishedTwice: 0,
      held: 0,
      suppressed: 0,
      open: 0,
      excused: 0,
      examples: [],
    },
    openTasks: { leader: 0, helper: 0 },
    rewrites: { changed: 0, count: 0 },
    zeroBlinds: 0,
    identities: { counted: 0, twice: 0 },
    stale: { count: 0, of: 0 },
    leaks: { secrets: 0, bytes: 0, unsearched: 0, found: 0, places: [] },
    events: {},
    views: [],
  };
}
