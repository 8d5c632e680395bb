/**
 * What a run cost: speed, memory, the unit of speed, and worker time by stage: as bars, or as the
 * full table of `profile.ts`.
 */

import type { RunSummary } from '@priolab/harness';

import { reportsDone } from './known-limits.ts';
import type { Palette } from './palette.ts';
import { renderProfile } from './profile.ts';
import { NOT_TIMED, timedStages } from './stage-times.ts';
import {
  clip,
  counted,
  formatCount,
  formatDuration,
  formatFixed,
  pad,
  sanitise,
  wrap,
} from './text.ts';

const BAR_LONGEST = 40;
const NAME_LONGEST = 24;

export function renderCost(
  summary: RunSummary,
  options: { width: number; palette: Palette; profile: boolean },
): string[] {
  const { width, palette, profile } = options;
  const { cost, environment, fates, fidelity } = summary;
  const kind = fidelity.rung === 'full' ? '' : `${fidelity.rung} `;
  const { wallMs, cpuMs, reportsPerSecond, calibrationUs } = cost;
  const { before, after } = calibrationUs;
  const threads = environment.workers === 0 ? 'no worker' : counted(environment.workers, 'worker');
  const machine = [environment.cpu, environment.platform, `node ${environment.node}`]
    .map(sanitise)
    .join(', ');
  const facts = [
    `${formatCount(reportsPerSecond)} ${kind}reports/s with ${threads}; ` +
      `${formatDuration(wallMs)} in all, ${formatDuration(cpuMs)} of CPU`,
    peakMemory(cost),
    `unit of speed: one P-256 multiplication, ${formatFixed(before, 1)} us before the run and ` +
      `${formatFixed(after, 1)} us after`,
    `${counted(environment.cores, 'core')}, ${machine}`,
  ].flatMap((fact) => wrap(fact, width - 2).map((line) => `  ${line}`));
  const done = reportsDone(fates);
  if (done === 0) return facts;
  if (profile) return [...facts, ...renderProfile(summary, done, width, palette)];
  const timed = timedStages(summary);
  if (timed.length > 0) return [...facts, ...stageBars(timed, done, width, palette)];
  return [...facts, palette.dim(`  worker time of stages: ${NOT_TIMED}`)];
}

function peakMemory({ peakRssBytes, peakRssSource }: RunSummary['cost']): string {
  const peak = `peak memory ${formatCount(peakRssBytes / 2 ** 20)} MiB`;
  return peakRssSource === 'high-water' ? peak : `${peak} or more (looked at now and then)`;
}

/** Microseconds of worker time for each report, by stage. */
function stageBars(
  timed: readonly (readonly [string, number])[],
  reports: number,
  width: number,
  palette: Palette,
): string[] {
  // Of forty columns it leaves enough for the numbers.
  const nameLongest = Math.min(NAME_LONGEST, Math.floor(width / 2) - 3);
  const stages = timed
    .filter(([, ms]) => ms > 0)
    .map(([stage, ms]) => ({
      stage: clip(sanitise(stage), nameLongest),
      us: (1000 * ms) / reports,
    }));
  if (stages.length === 0) return [];
  const sum = stages.reduce((total, { us }) => total + us, 0);
  const most = Math.max(...stages.map(({ us }) => us));
  const rows = [...stages, { stage: 'all stages', us: sum }];
  const nameWidth = Math.max(...rows.map(({ stage }) => stage.length));
  const numberWidth = formatFixed(sum, 1).length;
  const room = width - 2 - nameWidth - 2 - numberWidth - 2 - '100 %  '.length;
  const longest = Math.max(1, Math.min(BAR_LONGEST, room));
  const line = ({ stage, us }: (typeof rows)[number], bar: string): string => {
    const share = `${pad(((100 * us) / sum).toFixed(0), 3, 'right')} %`;
    const number = pad(formatFixed(us, 1), numberWidth, 'right');
    return `  ${pad(stage, nameWidth)}  ${number}  ${share}  ${bar}`.trimEnd();
  };
  return [
    palette.dim('  worker time, us a report'),
    ...stages.map((row) => line(row, '█'.repeat(Math.ceil((longest * row.us) / most)))),
    line(rows.at(-1)!, ''),
  ];
}
