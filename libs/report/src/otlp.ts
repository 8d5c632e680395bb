/**
 * Measurements as OTLP/JSON: one `ExportMetricsServiceRequest` (OpenTelemetry protocol 1), which a
 * collector takes at `/v1/metrics`. Integers of 64 bits are decimal strings there, as in all of
 * protobuf's JSON.
 */

import type { RunSummary } from '@priolab/harness';

import { measurementsOf } from './measurements.ts';
import type { Attributes, Measurement } from './measurements.ts';

/** `AGGREGATION_TEMPORALITY_CUMULATIVE`; enumerations are numbers in OTLP/JSON. */
const CUMULATIVE = 2;

/** Units as UCUM has them; others are annotations, such as `{reports}`. */
const UCUM: Readonly<Record<string, string>> = { seconds: 's', bytes: 'By', info: '1', '': '1' };

export function renderOtlp(summary: RunSummary): string {
  const { run, startMs, measurements } = measurementsOf(summary);
  const filled = measurements.filter(({ series }) => series.length > 0);
  const ofRun = Object.entries(run).map(([name, value]): [string, string] => [
    `priolab.${name}`,
    value,
  ]);
  const resource = { 'service.name': 'priolab', ...Object.fromEntries(ofRun) };
  const request = {
    resourceMetrics: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeMetrics: [
          {
            scope: { name: 'priolab' },
            metrics: filled.map((measurement) => metricOf(measurement, startMs)),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(request)}\n`;
}

function metricOf({ name, unit, kind, about, series }: Measurement, startMs: number): object {
  const dataPoints = series.flatMap(({ attributes, samples }) => {
    // A counter begins where its first sample, zero, stands; in simulated time that is long ago.
    const start = kind === 'counter' ? samples[0]!.timeMs : startMs;
    const common = { attributes: attributesOf(attributes), startTimeUnixNano: nanoseconds(start) };
    return samples.map(({ timeMs, value }) => {
      return { ...common, timeUnixNano: nanoseconds(timeMs), asDouble: value };
    });
  });
  const what = { name, description: about, unit: UCUM[unit] ?? `{${unit}}` };
  if (kind === 'gauge') return { ...what, gauge: { dataPoints } };
  return { ...what, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function nanoseconds(ms: number): string {
  return String(BigInt(ms) * 1_000_000n);
}
