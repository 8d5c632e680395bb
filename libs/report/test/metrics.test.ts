/** OpenMetrics and OTLP, held to their grammars: the same measurements, at the right times. */

import type { RunSummary } from '@priolab/harness';
import { describe, expect, test } from 'vitest';

import { measurementsOf } from '../src/measurements.ts';
import { renderOpenMetrics } from '../src/openmetrics.ts';
import { renderOtlp } from '../src/otlp.ts';
import { emptyRun, summaryWith } from './fixture.ts';
import { PAYLOADS, START_MS, filledWith, timedRun } from './timed-fixture.ts';

const BEGAN_MS = Date.UTC(2025, 10, 24, 12);
const HOUR_MS = 3_600_000;

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timeMs: number;
}

interface Family {
  readonly type: string;
  readonly unit: string | undefined;
  readonly samples: readonly Sample[];
}

const SUFFIXES: Readonly<Record<string, string>> = { counter: '_total', info: '_info', gauge: '' };

/**
 * A reader for OpenMetrics 1.0 text that throws at what its rules forbid.
 * @param isSound else counters may fall, as those of a record whose series have wrong names
 */
function parseOpenMetrics(text: string, isSound = true): ReadonlyMap<string, Family> {
  expect(text.endsWith('# EOF\n')).toBe(true);
  const families = new Map<string, Family & { samples: Sample[] }>();
  const lines = text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1);
  let current = '';
  for (const line of lines) {
    const [, keyword, name, rest] = /^# (TYPE|UNIT|HELP) ([a-z_][a-z0-9_]*) (.+)$/.exec(line) ?? [];
    if (keyword === 'TYPE') {
      // A family stands in one place, and its name is its own.
      expect(families.has(name!)).toBe(false);
      families.set(name!, { type: rest!, unit: undefined, samples: [] });
      current = name!;
      continue;
    }
    const family = families.get(current)!;
    if (keyword !== undefined) {
      expect(name).toBe(current);
      expect(family.samples).toEqual([]);
      if (keyword === 'UNIT') {
        expect(current.endsWith(`_${rest}`)).toBe(true);
        families.set(current, { ...family, unit: rest });
      }
      continue;
    }
    const sample = parseSample(line);
    expect(sample.name).toBe(current + SUFFIXES[family.type]!);
    family.samples.push(sample);
  }
  for (const { type, samples } of families.values()) checkSeries(isSound ? type : 'gauge', samples);
  return families;
}

function parseSample(line: string): Sample {
  const label = '[a-z_][a-z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
  const form = new RegExp(
    `^([a-z_][a-z0-9_]*)\\{(${label}(?:,${label})*)\\} (\\S+) (\\d+\\.\\d{3})$`,
  );
  const match = form.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name, labels, value, seconds] = match;
  const pairs = [...labels!.matchAll(/([a-z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, key, text]) => [key!, text!.replace(/\\(.)/g, '$1')] as const,
  );
  expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
  expect(Number.isFinite(Number(value))).toBe(true);
  return {
    name: name!,
    labels: Object.fromEntries(pairs),
    value: Number(value),
    timeMs: Math.round(1000 * Number(seconds)),
  };
}

/** Samples of a series stand together, in the order of time; counters never fall. */
function checkSeries(type: string, samples: readonly Sample[]): void {
  const seen = new Set<string>();
  let last: Sample | undefined;
  for (const sample of samples) {
    const key = JSON.stringify(sample.labels);
    if (last === undefined || JSON.stringify(last.labels) !== key) {
      expect(seen.has(key)).toBe(false);
      seen.add(key);
    } else {
      expect(sample.timeMs).toBeGreaterThan(last.timeMs);
      if (type === 'counter') expect(sample.value).toBeGreaterThanOrEqual(last.value);
    }
    last = sample;
  }
}

describe('OpenMetrics', () => {
  const families = parseOpenMetrics(renderOpenMetrics(timedRun()));
  const samplesOf = (family: string, labels: Readonly<Record<string, string>>): Sample[] =>
    families
      .get(family)!
      .samples.filter((sample) =>
        Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
      );

  test('the state of each expectation, at the end of the run', () => {
    const samples = samplesOf('priolab_expectation_verdict', { expectation: 'once' });
    expect(samples.map(({ labels, value }) => [labels['verdict'], value])).toEqual([
      ['pass', 0],
      ['fail', 1],
      ['vacuous', 0],
      ['invalid', 0],
    ]);
    expect(samples[0]).toMatchObject({
      labels: { scenario: 'two-states', seed: '7', commit: '55bd66c0ffee+' },
      timeMs: BEGAN_MS + 2500,
    });
    expect(samplesOf('priolab_run_verdict', { verdict: 'fail' })[0]!.value).toBe(1);
    expect(samplesOf('priolab_run_exit_code', {})[0]!.value).toBe(1);
  });

  test('what an expectation rests on: its value, the ends of its interval, what is due', () => {
    const value = samplesOf('priolab_expectation_value', { expectation: 'noforge' });
    expect(value.map((one) => one.value)).toEqual([2]);
    const ends = samplesOf('priolab_expectation_interval', { of: 'mean, forged', unit: 'reports' });
    expect(ends.map((one) => [one.labels['end'], one.value])).toEqual([
      ['low', 0.01],
      ['due', 0.5],
    ]);
    const { samples } = families.get('priolab_expectation_interval')!;
    expect(samples.find(({ labels }) => labels['end'] === 'high')!.value).toBe(0.2916);
  });

  test("time series by the machine's clock", () => {
    const reports = 'priolab_wall_reports';
    expect(families.get(reports)).toMatchObject({ type: 'counter', unit: 'reports' });
    expect(
      samplesOf(reports, { series: 'rejected.bad-signature' }).map((s) => [s.timeMs, s.value]),
    ).toEqual([
      [BEGAN_MS, 0],
      [BEGAN_MS + 251, 1],
      [BEGAN_MS + 500, 7],
    ]);
    expect(families.get('priolab_wall_seconds')).toMatchObject({ type: 'counter' });
    expect(samplesOf('priolab_wall_seconds', {}).map(({ value }) => value)).toEqual([
      0, 0.04025, 0.0805,
    ]);
    expect(families.get('priolab_wall_rss_bytes')).toMatchObject({ type: 'gauge', unit: 'bytes' });
    expect(samplesOf('priolab_wall_rss_bytes', {}).map(({ value }) => value)).toEqual([
      1e8, 3e8, 2e8,
    ]);
  });

  test('time series by simulated time: sums so far, at the end of each step', () => {
    expect(
      samplesOf('priolab_simulated_uploads', {}).map((s) => [s.timeMs - START_MS, s.value]),
    ).toEqual([
      [0, 0],
      [HOUR_MS, 10],
      [2 * HOUR_MS, 10],
      [3 * HOUR_MS, 15],
    ]);
  });

  test('a fault that stands twice in the scenario is two series', () => {
    const samples = samplesOf('priolab_fault_strikes', { fault: 'net.drop' });
    expect(samples.map(({ labels, value }) => [labels['nth'], value])).toEqual([
      [undefined, 5],
      ['2', 7],
    ]);
  });

  test('what is not finite is left out', () => {
    const empty = parseOpenMetrics(renderOpenMetrics(emptyRun()));
    expect(empty.has('priolab_run_reports_per_second')).toBe(false);
    expect(empty.has('priolab_run_wall_seconds')).toBe(true);
  });
});

interface DataPoint {
  readonly attributes: readonly { key: string; value: { stringValue: string } }[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  readonly sum?: {
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
    readonly dataPoints: readonly DataPoint[];
  };
}

/** The metrics of a request, once its form is the one of OTLP/JSON. */
function parseOtlp(text: string): readonly Metric[] {
  const request = JSON.parse(text) as {
    resourceMetrics: { scopeMetrics: { scope: { name: string }; metrics: Metric[] }[] }[];
  };
  expect(Object.keys(request)).toEqual(['resourceMetrics']);
  const [{ scopeMetrics }] = request.resourceMetrics as [(typeof request.resourceMetrics)[0]];
  const [{ scope, metrics }] = scopeMetrics as [(typeof scopeMetrics)[0]];
  expect(scope).toEqual({ name: 'priolab' });
  for (const { name, gauge, sum } of metrics) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect([gauge, sum].filter((kind) => kind !== undefined)).toHaveLength(1);
    if (sum !== undefined)
      expect(sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: true });
    const points = (gauge ?? sum)!.dataPoints;
    expect(points.length).toBeGreaterThan(0);
    for (const point of points) {
      expect(point.timeUnixNano).toMatch(/^\d{1,20}$/);
      expect(BigInt(point.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(point.timeUnixNano));
      expect(typeof point.asDouble).toBe('number');
      for (const { key, value } of point.attributes) {
        expect(key).toMatch(/^[a-z_]+$/);
        expect(Object.keys(value)).toEqual(['stringValue']);
      }
    }
  }
  return metrics;
}

describe('OTLP', () => {
  const text = renderOtlp(timedRun());
  const metrics = parseOtlp(text);

  test('says which run it is', () => {
    const { resourceMetrics } = JSON.parse(text) as { resourceMetrics: { resource: unknown }[] };
    const of = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    expect(resourceMetrics[0]!.resource).toEqual({
      attributes: [
        of('service.name', 'priolab'),
        of('priolab.scenario', 'two-states'),
        of('priolab.seed', '7'),
        of('priolab.commit', '55bd66c0ffee+'),
      ],
    });
  });

  test('counters begin where their series does, on either clock', () => {
    const point = (name: string, k: number) => {
      const { timeUnixNano, startTimeUnixNano, asDouble } = metrics.find(
        (metric) => metric.name === name,
      )!.sum!.dataPoints[k]!;
      return { timeUnixNano, startTimeUnixNano, asDouble };
    };
    expect(point('priolab_wall_reports', 1)).toEqual({
      startTimeUnixNano: `${BEGAN_MS}000000`,
      timeUnixNano: `${BEGAN_MS + 251}000000`,
      asDouble: 300,
    });
    expect(point('priolab_simulated_uploads', 3)).toEqual({
      startTimeUnixNano: `${START_MS}000000`,
      timeUnixNano: `${START_MS + 3 * HOUR_MS}000000`,
      asDouble: 15,
    });
  });

  test('units are those of UCUM', () => {
    const unitOf = (name: string) => metrics.find((metric) => metric.name === name)!.unit;
    expect(unitOf('priolab_run_wall_seconds')).toBe('s');
    expect(unitOf('priolab_wall_rss_bytes')).toBe('By');
    expect(unitOf('priolab_wall_reports')).toBe('{reports}');
    expect(unitOf('priolab_expectation_verdict')).toBe('1');
  });
});

test('of several samples within a millisecond the last one counts', () => {
  const { series, ...run } = timedRun();
  const wall = { ...series!.wall, timesMs: [0.1, 0.4, 2] };
  const { measurements } = measurementsOf({ ...run, series: { wall } });
  const reports = measurements.find(({ name }) => name === 'priolab_wall_reports')!;
  expect(reports.series[0]!.samples).toEqual([
    { timeMs: BEGAN_MS, value: 300 },
    { timeMs: BEGAN_MS + 2, value: 793 },
  ]);
});

test('both hold every sample of the run', () => {
  const { measurements } = measurementsOf(timedRun());
  const count = measurements
    .flatMap(({ series }) => series)
    .reduce((sum, { samples }) => sum + samples.length, 0);
  const families = [...parseOpenMetrics(renderOpenMetrics(timedRun())).values()];
  expect(families.flatMap(({ samples }) => samples)).toHaveLength(count);
  const points = parseOtlp(renderOtlp(timedRun())).flatMap(
    ({ gauge, sum }) => (gauge ?? sum)!.dataPoints,
  );
  expect(points).toHaveLength(count);
});

const strange: [string, RunSummary][] = [
  ['no series', summaryWith()],
  ['a begin that is no time', atBegin('yesterday')],
  ...PAYLOADS.map((text): [string, RunSummary] => [JSON.stringify(text), filledWith(text)]),
];

function atBegin(startedAt: string): RunSummary {
  const run = timedRun();
  return { ...run, environment: { ...run.environment, startedAt } };
}

test.each(strange)('%s: both are well-formed and harmless', (_name, summary) => {
  const [openMetrics, otlp] = [renderOpenMetrics(summary), renderOtlp(summary)];
  parseOpenMetrics(openMetrics, false);
  parseOtlp(otlp);
  for (const text of [openMetrics, otlp]) {
    expect(text).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]|::|##/u);
  }
});
