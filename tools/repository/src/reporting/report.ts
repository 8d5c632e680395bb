/** Shows what was measured and the judgement: a table for people. */

import { alignColumns } from '../columns.ts';
import { formatMachine, type Machine } from '../machine.ts';
import { MIB } from '../memory/judge.ts';
import type { CommandCost } from './command.ts';
import { riseOf, type ReportingJudgement } from './judge.ts';
import type { Measured, RunCost } from './measure.ts';
import { isShown, type PageResult } from './page.ts';

const MEASURED = [
  'seconds: on the wall, of the whole process; CPU: of all its threads; reporting: from the record',
  'that is written to the last report; peak: VmHWM, the largest resident size that the kernel saw;',
  'rise: how far that is above the peak that the run told of itself before it wrote anything.',
];

export function formatMeasured({ plain, reporting, alone }: Measured): string {
  const head = ['', 'seconds', 'CPU', 'reporting', 'peak MiB', 'rise MiB'];
  const run = (name: string, cost: RunCost): string[] => [
    ...row(name, cost, cost.reportingMs === 0 ? '-' : seconds(cost.reportingMs, 2)),
    mebibytes(riseOf(cost)),
  ];
  const rows = [
    ...plain.map((cost) => run('a run', cost)),
    ...reporting.map((cost) => run('a run with all reports', cost)),
    ...alone.map((cost) => [...row('all reports of a stored run', cost, '-'), '-']),
  ];
  return alignColumns([head, ...rows]).join('\n');
}

function row(name: string, { wallMs, cpuMs, peakBytes }: CommandCost, reporting: string): string[] {
  return [name, seconds(wallMs, 1), seconds(cpuMs, 1), reporting, mebibytes(peakBytes)];
}

export function formatJudgement(
  judgement: ReportingJudgement,
  page: PageResult | undefined,
  machine: Machine,
): string {
  const { runMs, reportingMs, aloneMs, timeShare, quick } = judgement;
  const { ownPeakBytes, riseBytes, memoryShare, alonePeakBytes, small, shareMax } = judgement;
  const limit = `at most ${percent(shareMax)}`;
  return [
    `time: ${word(quick)}: ${percent(timeShare)} of the run's own ${seconds(runMs, 1)} s, ` +
      `${limit}; within the run ${seconds(reportingMs, 2)} s, by itself ${seconds(aloneMs, 2)} s`,
    `memory: ${word(small)}: ${percent(memoryShare)} above the run's own ` +
      `${mebibytes(ownPeakBytes)} MiB (${mebibytes(riseBytes)} MiB), ${limit}`,
    `by itself: ${mebibytes(alonePeakBytes)} MiB at most, Node and the program included`,
    `page: ${page === undefined ? 'not looked at' : formatPage(page)}`,
    '',
    ...MEASURED,
    formatMachine(machine),
  ].join('\n');
}

function formatPage(page: PageResult): string {
  const { sizeBytes, passed, failed, skipped } = page;
  const size = `${(sizeBytes / 1e6).toFixed(2)} MB`;
  const tests = `${passed} tests passed, ${failed} failed, ${skipped} skipped`;
  return `${word(isShown(page))}: ${size}, ${tests} in a browser`;
}

function word(holds: boolean): string {
  return holds ? 'pass' : 'fail';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function seconds(ms: number, digits: number): string {
  return (ms / 1000).toFixed(digits);
}

function mebibytes(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}
