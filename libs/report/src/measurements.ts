/**
 * A run as measurements over time, for monitoring: one description for OpenMetrics and OTLP. What a
 * run was in the end is a gauge at the time of its end; a time series is a counter, or a gauge if
 * it says how something was at a moment. Those by the machine's clock have the times at which they
 * happened, those by simulated time have simulated times: they lie in the past.
 */

import type { IntervalRecord, RunSummary, SeriesColumn } from '@priolab/harness';

import { timedStages } from './stage-times.ts';
import { sanitise } from './text.ts';

export type Attributes = Readonly<Record<string, string>>;

export interface Sample {
  /** Whole milliseconds since the Unix epoch. */
  readonly timeMs: number;
  readonly value: number;
}

export interface Series {
  readonly attributes: Attributes;
  /** In the order of time. */
  readonly samples: readonly Sample[];
}

export interface Measurement {
  /** Lower case with underscores, the unit last if there is one. */
  readonly name: string;
  /** `reports`, `seconds`, `bytes`; empty where there is none. */
  readonly unit: string;
  readonly kind: 'counter' | 'gauge';
  readonly about: string;
  /** No two of them with the same attributes. */
  readonly series: readonly Series[];
}

export interface Measurements {
  /** What is the same for the whole run. */
  readonly run: Attributes;
  /** When it began and ended, milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly measurements: readonly Measurement[];
}

const STATES = ['pass', 'fail', 'vacuous', 'invalid'] as const;

export function measurementsOf(summary: RunSummary): Measurements {
  const { identity, environment, cost, series } = summary;
  // A record that does not say when it began: at the epoch.
  const startMs = Date.parse(environment.startedAt) || 0;
  const endMs = startMs + (Number.isFinite(cost.wallMs) ? Math.round(cost.wallMs) : 0);
  return {
    run: {
      scenario: sanitise(identity.id),
      seed: sanitise(identity.seed),
      commit: sanitise(environment.commit),
    },
    startMs,
    endMs,
    measurements: [
      ...finalMeasurements(summary, endMs),
      ...(series === undefined ? [] : wallMeasurements(series.wall, startMs)),
      ...(series?.simulated === undefined ? [] : simulatedMeasurements(series.simulated)),
    ].map((measurement) => ({ ...measurement, series: distinct(measurement.series) })),
  };
}

type Row = readonly [attributes: Readonly<Record<string, string>>, value: number];
type Gauge = (name: string, unit: string, about: string, rows: readonly Row[]) => Measurement;

function finalMeasurements(summary: RunSummary, endMs: number): Measurement[] {
  const { identity, environment, fates, adversaries, expectations } = summary;
  const gauge: Gauge = (name, unit, about, rows) => ({
    name: unit === '' ? name : `${name}_${unit}`,
    unit,
    kind: 'gauge',
    about,
    series: rows.map(([attributes, value]) => ({
      attributes: harmless(attributes),
      samples: finite([{ timeMs: endMs, value }]),
    })),
  });
  const info = {
    scenario_digest: identity.scenarioDigest,
    result_digest: identity.resultDigest,
    backend: identity.backend,
    fidelity: identity.fidelity,
    node: environment.node,
    platform: environment.platform,
    cpu: environment.cpu,
    workers: String(environment.workers),
  };
  const faults = summary.simulation?.faults ?? [];
  return [
    gauge('priolab_run', 'info', 'which run this is; always 1', [[info, 1]]),
    gauge('priolab_run_exit_code', '', 'exit code', [[{}, summary.exitCode]]),
    gauge(
      'priolab_run_verdict',
      '',
      '1 for the verdict of the run, 0 for the others',
      [...STATES, 'interrupted'].map((verdict) => [{ verdict }, one(summary.verdict === verdict)]),
    ),
    ...expectationMeasurements(expectations, gauge),
    gauge(
      'priolab_run',
      'reports',
      'planned reports by what became of them',
      fates.map(({ outcome, hop, reason, count }) => [{ outcome, hop, reason }, count]),
    ),
    gauge(
      'priolab_adversary',
      'reports',
      'reports of adversaries: done to (fired) and counted nevertheless (escaped)',
      adversaries.flatMap(({ id, fired, escaped }): Row[] => [
        [{ adversary: id, what: 'fired' }, fired],
        [{ adversary: id, what: 'escaped' }, escaped],
      ]),
    ),
    gauge(
      'priolab_fault',
      'strikes',
      'how often a fault struck',
      faults.map(({ id, at = '', fired }) => [{ fault: id, at }, fired]),
    ),
    ...costMeasurements(summary, gauge),
  ];
}

function expectationMeasurements(
  expectations: RunSummary['expectations'],
  gauge: Gauge,
): Measurement[] {
  return [
    gauge(
      'priolab_expectation_verdict',
      '',
      '1 for the verdict of the expectation, 0 for the others',
      expectations.flatMap(({ id, verdict: actual }) =>
        STATES.map((verdict): Row => [{ expectation: id, verdict }, one(actual === verdict)]),
      ),
    ),
    gauge(
      'priolab_expectation_n',
      '',
      'reports, cells or values that stand behind the expectation',
      expectations.map(({ id, n }) => [{ expectation: id }, n]),
    ),
    gauge(
      'priolab_expectation_value',
      '',
      'the size that was judged',
      expectations.flatMap(({ id, value }): Row[] =>
        value === undefined ? [] : [[{ expectation: id }, value]],
      ),
    ),
    gauge(
      'priolab_expectation_interval',
      '',
      'ends of the interval that the verdict rests on, and what is due',
      expectations.flatMap(({ id, interval }) =>
        interval === undefined ? [] : endsOf({ expectation: id }, interval),
      ),
    ),
  ];
}

function endsOf(of: Attributes, interval: IntervalRecord): Row[] {
  const { low, high, due, unit = '' } = interval;
  const named = { ...of, of: interval.of, unit };
  return Object.entries({ low, high, due }).flatMap(([end, value]): Row[] =>
    value === undefined ? [] : [[{ ...named, end }, value]],
  );
}

function costMeasurements(summary: RunSummary, gauge: Gauge): Measurement[] {
  const { cost } = summary;
  return [
    gauge('priolab_run_wall', 'seconds', 'time from begin to end', [[{}, cost.wallMs / 1000]]),
    gauge('priolab_run_cpu', 'seconds', 'CPU time of all threads', [[{}, cost.cpuMs / 1000]]),
    gauge('priolab_run_reports_per_second', '', 'speed', [[{}, cost.reportsPerSecond]]),
    gauge('priolab_run_peak_rss', 'bytes', 'largest resident set', [[{}, cost.peakRssBytes]]),
    gauge(
      'priolab_run_stage',
      'seconds',
      'worker time of each stage',
      timedStages(summary).map(([stage, ms]) => [{ stage }, ms / 1000]),
    ),
  ];
}

type WallRecord = NonNullable<RunSummary['series']>['wall'];
type SimulatedRecord = NonNullable<NonNullable<RunSummary['series']>['simulated']>;

function wallMeasurements({ timesMs, columns }: WallRecord, startMs: number): Measurement[] {
  const times = timesMs.map(Math.round);
  // Of several within a millisecond the last one.
  const samplesOf = ({ values }: SeriesColumn): Sample[] =>
    times.flatMap((time, k) =>
      time === times[k + 1] ? [] : [{ timeMs: startMs + time, value: values[k] ?? NaN }],
    );
  const moments = columns.filter(({ name }) => name === 'rss');
  const totals = columns.filter(({ name }) => name !== 'rss');
  // So that what came until the first look is not lost to who asks for increases.
  const zero = times[0] === 0 ? [] : [{ timeMs: startMs, value: 0 }];
  return [
    ...byUnit(totals, (unit, group) =>
      counter('priolab_wall', unit, "so far, by the machine's clock", group, (column) => [
        ...zero,
        ...samplesOf(column),
      ]),
    ),
    ...byUnit(moments, (unit, group) => ({
      ...counter('priolab_wall_rss', unit, 'resident set at the moment', group, samplesOf),
      kind: 'gauge' as const,
    })),
  ];
}

/** What happened in each step, added up: a step's sum stands at its end. */
function simulatedMeasurements({ startMs, stepMs, columns }: SimulatedRecord): Measurement[] {
  const samplesOf = ({ values }: SeriesColumn): Sample[] => {
    let sum = 0;
    const sums = values.map((value, k) => {
      sum += value;
      return { timeMs: Math.round(startMs + (k + 1) * stepMs), value: sum };
    });
    return [{ timeMs: Math.round(startMs), value: 0 }, ...sums];
  };
  return byUnit(columns, (unit, group) =>
    counter('priolab_simulated', unit, 'so far, by simulated time', group, samplesOf),
  );
}

function counter(
  name: string,
  unit: string,
  about: string,
  columns: readonly SeriesColumn[],
  samplesOf: (column: SeriesColumn) => readonly Sample[],
): Measurement {
  const isTime = unit === 'ms';
  const scaled = ({ timeMs, value }: Sample): Sample => ({ timeMs, value: value / 1000 });
  return {
    name: `${name}_${isTime ? 'seconds' : unit}`,
    unit: isTime ? 'seconds' : unit,
    kind: 'counter',
    about,
    series: columns.map((column) => {
      const samples = samplesOf(column);
      return {
        attributes: harmless({ series: column.name }),
        samples: finite(isTime ? samples.map(scaled) : samples),
      };
    }),
  };
}

/** A measurement has one unit, as a word that may stand in its name. */
function byUnit(
  columns: readonly SeriesColumn[],
  measure: (unit: string, columns: readonly SeriesColumn[]) => Measurement,
): Measurement[] {
  const groups = new Map<string, SeriesColumn[]>();
  for (const column of columns) {
    const words = column.unit.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const unit = words.join('_').slice(0, 40) || 'values';
    groups.set(unit, [...(groups.get(unit) ?? []), column]);
  }
  return [...groups].map(([unit, group]) => measure(unit, group));
}

/** Series of equal attributes (a fault that a scenario has twice) are told apart by number. */
function distinct(all: readonly Series[]): Series[] {
  const seen = new Map<string, number>();
  return all
    .filter(({ samples }) => samples.length > 0)
    .map((series) => {
      const key = JSON.stringify(series.attributes);
      const nth = (seen.get(key) ?? 0) + 1;
      seen.set(key, nth);
      if (nth === 1) return series;
      return { ...series, attributes: { ...series.attributes, nth: String(nth) } };
    });
}

function harmless(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, sanitise(value)]),
  );
}

const one = (is: boolean): number => (is ? 1 : 0);

function finite(samples: readonly Sample[]): Sample[] {
  return samples.filter(({ value }) => Number.isFinite(value));
}
