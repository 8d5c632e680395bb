/**
 * The stage table of a run: worker time and exact counts of operations for each report. What the
 * kinds of operation are is said by the record (`cost.work`); here they only get short names.
 */

import type { RunSummary, WorkKind } from '@priolab/harness';

import type { Palette } from './palette.ts';
import { NOT_TIMED, timedStages } from './stage-times.ts';
import { renderTable } from './table.ts';
import { formatFixed, sanitise, wrap } from './text.ts';

type Work = Readonly<Record<WorkKind, number>>;

const KIND_TITLES: Readonly<Record<WorkKind, string>> = {
  baseMultiplications: 'base',
  fixedMultiplications: 'fixed',
  variableMultiplications: 'variable',
  nttButterflies: 'butterflies',
  sha256Blocks: 'SHA-256',
  aesBlocks: 'AES',
};
const KINDS = Object.keys(KIND_TITLES) as WorkKind[];

/** Stages that took time or did work, in the order of the record, and their sum. */
export function renderProfile(
  summary: RunSummary,
  reports: number,
  width: number,
  palette: Palette,
): string[] {
  const times = new Map(timedStages(summary));
  const work: Readonly<Record<string, Work>> = summary.cost.work;
  const names = new Set([...times.keys(), ...Object.keys(work)]);
  const stages = [...names].map((stage) => ({
    stage: sanitise(stage),
    us: (1000 * (times.get(stage) ?? 0)) / reports,
    counts: KINDS.map((kind) => (work[stage]?.[kind] ?? 0) / reports),
  }));
  const all = {
    stage: 'all stages',
    us: stages.reduce((sum, { us }) => sum + us, 0),
    counts: KINDS.map((_, k) => stages.reduce((sum, { counts }) => sum + counts[k]!, 0)),
  };
  const shown = stages.filter(({ us, counts }) => us > 0 || counts.some((count) => count > 0));
  const rows = [...shown, all].map(({ stage, us, counts }) => ({
    cells: [
      stage,
      all.us > 0 ? formatFixed(us, 1) : '-',
      all.us > 0 ? `${formatFixed((100 * us) / all.us, 0)} %` : '-',
      ...counts.map(formatPerReport),
    ],
  }));
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    { title: 'stage', flexible: true },
    right('us/report'),
    right('share'),
    ...KINDS.map((kind) => ({ ...right(KIND_TITLES[kind]), optional: true })),
  ];
  const { lines, leftOut } = renderTable({ columns, rows, width, palette });
  const notes = [
    (times.size > 0 ? 'Worker time and operations' : `Worker time: ${NOT_TIMED}. Operations`) +
      ' for each report that was run. Multiplications of points: ' +
      'base k*G; fixed: of a key of a processor; variable: of a point that a report brought. ' +
      'Blocks of SHA-256 and AES; radix-2 butterflies. Counts are exact and the same on every ' +
      'backend; those of cross-checks are left out.',
    ...(leftOut.length > 0 ? [`No room for: ${leftOut.join(', ')}.`] : []),
  ];
  const dimmed = notes.flatMap((note) => wrap(note, width - 2)).map((line) => palette.dim(line));
  return [...lines, ...dimmed.map((line) => `  ${line}`)];
}

/** Whole where it is the same for every report. */
function formatPerReport(count: number): string {
  if (count === 0) return '-';
  return formatFixed(count, Number.isInteger(count) ? 0 : 2);
}
