/**
 * Measurements as OpenMetrics 1.0 text, which Prometheus reads. Every sample has a time of its own,
 * so that `promtool tsdb create-blocks-from openmetrics` can take the whole run in.
 */

import type { RunSummary } from '@priolab/harness';

import { measurementsOf } from './measurements.ts';
import type { Attributes, Measurement } from './measurements.ts';

export function renderOpenMetrics(summary: RunSummary): string {
  const { run, measurements } = measurementsOf(summary);
  const filled = measurements.filter(({ series }) => series.length > 0);
  return [...filled.flatMap((measurement) => linesOf(measurement, run)), '# EOF', ''].join('\n');
}

function linesOf({ name, unit, kind, about, series }: Measurement, run: Attributes): string[] {
  const isInfo = unit === 'info';
  const family = isInfo ? name.slice(0, -'_info'.length) : name;
  const suffix = kind === 'counter' ? '_total' : isInfo ? '_info' : '';
  return [
    `# TYPE ${family} ${isInfo ? 'info' : kind}`,
    ...(unit === '' || isInfo ? [] : [`# UNIT ${family} ${unit}`]),
    `# HELP ${family} ${escape(about)}`,
    ...series.flatMap(({ attributes, samples }) => {
      const labels = Object.entries({ ...run, ...attributes }).map(
        ([label, value]) => `${label}="${escape(value)}"`,
      );
      return samples.map(
        ({ timeMs, value }) =>
          `${family}${suffix}{${labels.join(',')}} ${value} ${(timeMs / 1000).toFixed(3)}`,
      );
    }),
  ];
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
