/** Every run of a grid as CSV (RFC 4180), for spreadsheets: a row a run, in the order they were. */

import type { ScalePoint, ScaleRecord } from '@priolab/harness';

import { sanitise } from '../text.ts';

const columns: readonly (readonly [name: string, of: (point: ScalePoint) => string | number])[] = [
  ['reports', ({ reports }) => reports],
  ['workers', ({ workers }) => workers],
  ['round', ({ round }) => round],
  ['started_at', ({ startedAt }) => startedAt],
  ['exit_code', ({ exitCode }) => exitCode],
  ['verdict', ({ verdict }) => verdict],
  ['wall_ms', ({ wallMs }) => wallMs],
  ['run_ms', ({ runMs }) => runMs],
  ['cpu_ms', ({ cpuMs }) => cpuMs],
  ['peak_rss_bytes', ({ peakRssBytes }) => peakRssBytes],
  ['peak_rss_source', ({ peakRssSource }) => peakRssSource],
  ['multiplication_us_before', ({ calibrationUs }) => calibrationUs.before],
  ['multiplication_us_after', ({ calibrationUs }) => calibrationUs.after],
  ['load_average', ({ loadAverage }) => loadAverage],
  ['stolen_ms', ({ stolenMs }) => stolenMs ?? ''],
  ['result_digest', ({ resultDigest }) => resultDigest],
];

export function renderScaleCsv({ points }: ScaleRecord): string {
  const rows = [
    columns.map(([name]) => name),
    ...points.map((point) => columns.map(([, of]) => cell(of(point)))),
  ];
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}

/** Quoted where needed; a text that a spreadsheet would take for a formula is none. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = sanitise(value);
  const harmless = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
