/** A plot in text: time on the wall against reports, both axes logarithmic, a mark for each run. */

import type { ScaleRecord } from '@priolab/harness';
import { scaleLog } from 'd3-scale';

import { formatCount, formatDuration, pad } from '../text.ts';
import { workersName } from './words.ts';

const HEIGHT = 12;
const WIDTH_MAX = 64;
const LABEL_WIDTH = 11;
/** One a number of workers, over and over. */
const MARKS = ['o', 'x', '+', '#'] as const;
const SHARED = '*';
const INDENT = '  ';

/** Lines of at most `width` columns; none without two counts to put side by side. */
export function textPlot({ points, grid }: ScaleRecord, width: number): string[] {
  if (new Set(points.map(({ reports }) => reports)).size < 2) return [];
  const columns = Math.min(WIDTH_MAX, width - INDENT.length - LABEL_WIDTH - 2);
  const counts = points.map(({ reports }) => reports);
  const times = points.map(({ wallMs }) => wallMs);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const x = scaleLog([Math.min(...counts), Math.max(...counts)], [0, columns - 1]);
  const y = scaleLog([least, Math.max(most, least * 1.001)], [HEIGHT - 1, 0]);
  const field = Array.from({ length: HEIGHT }, () => Array<string>(columns).fill(' '));
  for (const { reports, workers, wallMs } of points) {
    const row = field[Math.round(y(wallMs))]!;
    const column = Math.round(x(reports));
    const mark = markOf(grid.workers.indexOf(workers));
    row[column] = row[column] === ' ' || row[column] === mark ? mark : SHARED;
  }
  const labelled = new Set([0, Math.floor(HEIGHT / 2), HEIGHT - 1]);
  const rows = field.map((row, i) => {
    const label = labelled.has(i) ? formatDuration(y.invert(i)) : '';
    return `${INDENT}${pad(label, LABEL_WIDTH, 'right')} |${row.join('')}`.trimEnd();
  });
  const [left, right] = [formatCount(Math.min(...counts)), formatCount(Math.max(...counts))];
  const space = ' '.repeat(INDENT.length + LABEL_WIDTH + 2);
  const names = grid.workers.map((workers, i) => `${markOf(i)} ${workersName(workers)}`);
  return [
    ...rows,
    `${INDENT}${' '.repeat(LABEL_WIDTH)} +${'-'.repeat(columns)}`,
    `${space}${left}${pad(right, columns - left.length, 'right')}`,
    `${space}reports, both axes logarithmic`,
    ...[...names, `${SHARED} several`].map((name) => `${space}${name}`),
  ];
}

function markOf(index: number): string {
  return MARKS[index % MARKS.length]!;
}
