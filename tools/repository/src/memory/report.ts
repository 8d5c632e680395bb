/** Shows the runs and the judgement: a table for people, or JSON for programs. */

import { alignColumns } from '../columns.ts';
import { formatMachine, type Machine } from '../machine.ts';
import { MIB, type MemoryJudgement } from './judge.ts';
import type { MemoryRun } from './run.ts';

const MEASURED = [
  "peak: VmHWM (the kernel's largest resident size) of each process of the run's tree, added over",
  'those alive together; own: what the run says of its one process, workers being its threads.',
  'With fate ledger and replay tables, which the limits would let us leave out: the ledger is',
  'written to a file shard by shard, replay tables live for one shard, and the oracles keep 15',
  'bytes for each report of the open day and up to 15 MiB of samples.',
];

export function formatRuns(runs: readonly MemoryRun[]): string {
  const rows = runs.map((run) => [
    run.reports.toLocaleString('en'),
    mebibytes(run.peakBytes),
    mebibytes(run.ownPeakBytes),
    String(run.processCount),
    (run.wallMs / 1000).toFixed(1),
    ((1000 * run.reports) / run.wallMs).toFixed(0),
    run.verdict,
  ]);
  const head = ['reports', 'peak MiB', 'own MiB', 'processes', 'seconds', 'reports/s', 'verdict'];
  return alignColumns([head, ...rows]).join('\n');
}

export function formatJudgement(judgement: MemoryJudgement, machine: Machine): string {
  const { basePeakBytes, peakBytes, growthBytes, growthAllowedBytes, limitBytes } = judgement;
  const medians = `medians ${mebibytes(basePeakBytes)} and ${mebibytes(peakBytes)} MiB`;
  const grown = `${mebibytes(growthBytes)} MiB, at most ${mebibytes(growthAllowedBytes)}`;
  return [
    `growth: ${word(judgement.flat)}: ${grown} (10 % or 48 MiB); ${medians}`,
    `size: ${word(judgement.small)}: ${mebibytes(peakBytes)} MiB, below ${mebibytes(limitBytes)}`,
    `totals: ${word(judgement.correct)}: ${judgement.correct ? 'no run failed' : 'a run failed'}`,
    '',
    ...MEASURED,
    formatMachine(machine),
  ].join('\n');
}

function word(holds: boolean): string {
  return holds ? 'pass' : 'fail';
}

function mebibytes(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}
