/**
 * The data flow in numbers: how many phones, devices, reports and uploads there were, how many each
 * party accepted and refused, and why. A fate names the party that found the fault.
 */

import type { CellRecord, FateCount, RunSummary, SimulationRecord } from '@priolab/harness';

import type { Palette } from './palette.ts';
import { counted, formatCount, pad, sanitise, wrap } from './text.ts';

interface Step {
  readonly name: string;
  readonly count: number;
  readonly about: string;
  readonly style?: (text: string) => string;
}

export function renderFlow(summary: RunSummary, width: number, palette: Palette): string[] {
  const steps = stepsOf(summary, palette);
  const nameWidth = Math.max(...steps.map(({ name }) => name.length));
  const countWidth = Math.max(...steps.map(({ count }) => formatCount(count).length));
  const indent = 2 + nameWidth + 2 + countWidth + 2;
  return steps.flatMap(({ name, count, about, style }) => {
    const [first, ...more] = wrap(about, Math.max(16, width - indent));
    const number = pad(formatCount(count), countWidth, 'right');
    const head = `  ${name.padEnd(nameWidth)}  ${number}`;
    const lines = [`${head}  ${first}`, ...more.map((line) => ' '.repeat(indent) + line)];
    return style === undefined ? lines : lines.map(style);
  });
}

function stepsOf(summary: RunSummary, palette: Palette): Step[] {
  const { population, fates, copyFates, tally, cells, interrupted, fidelity } = summary;
  const { simulation } = summary;
  const { days, states, phones, deviceDays, reports } = population;
  const endings = [...fates, ...copyFates];
  const refused = endings.filter(({ outcome }) => outcome === 'rejected');
  const atIngestor = refused.filter(({ hop }) => hop === 'ingestor');
  const elsewhere = refused.filter(({ hop }) => !['ingestor', 'leader', 'helper'].includes(hop));
  // Pending reports stand in the line of reports; whatever else is left is a fault of the run.
  const astray = endings.filter(
    ({ outcome }) => !['accepted', 'rejected', 'pending'].includes(outcome),
  );
  const processor = (role: 'leader' | 'helper', found: string): Step => {
    const reasons = byReason(refused.filter(({ hop }) => hop === role));
    const rejected = add(cells, ({ counts }) =>
      role === 'leader' ? counts.leaderRejected : counts.helperRejected,
    );
    const why = reasons === '' ? '' : `; ${found}: ${reasons}`;
    return {
      name: role,
      count: add(cells, ({ counts }) => counts[role]),
      about: `accepted, ${formatCount(rejected)} rejected${why}`,
    };
  };
  const due = interrupted ? 'due to send' : 'that sent';
  return [
    { name: 'phones', count: phones, about: `in ${counted(states, 'state')}` },
    {
      name: 'devices',
      count: deviceDays,
      about: `${due}, each day counted (${counted(days, 'day')})`,
    },
    { name: 'reports', count: reports, about: fatesOfReports(fates, interrupted) },
    ...(fidelity.rung === 'shares-only' ? [] : transportSteps(tally, atIngestor)),
    ...(fidelity.rung === 'full' ? [] : [bareStep(fidelity, palette)]),
    processor('leader', 'found here'),
    processor('helper', 'found here only'),
    ...[...elsewhere, ...astray].map(({ outcome, hop, reason, count }) => ({
      name: 'elsewhere',
      count,
      about: [outcome, `hop ${hop}`, `reason ${reason}`].map(sanitise).join(', '),
      style: palette.bad,
    })),
    simulation === undefined
      ? totalsStep(cells, palette)
      : windowsStep(cells, simulation.windows, palette),
  ];
}

function transportSteps({ uploads, copies }: RunSummary['tally'], refused: FateCount[]): Step[] {
  const why = colon(byReason(refused));
  return [
    { name: 'uploads', count: uploads, about: copiesText(copies) },
    {
      name: 'ingestor',
      count: uploads - total(refused),
      about: `accepted, ${formatCount(total(refused))} rejected${why}`,
    },
  ];
}

function bareStep({ sharesOnlyReports }: RunSummary['fidelity'], palette: Palette): Step {
  return {
    name: 'shares',
    count: sharesOnlyReports,
    about: 'handed to the processors in the clear: not encrypted, not uploaded, not attested',
    style: palette.doubt,
  };
}

/** @param interrupted else what has no fate was run, and had come to no end when time was over */
function fatesOfReports(fates: readonly FateCount[], interrupted: boolean): string {
  const of = (name: string): number => total(fates.filter(({ outcome }) => outcome === name));
  const pending = of('pending');
  const why = interrupted ? 'not run yet' : 'still pending at the end';
  const notEnded = pending === 0 ? '' : `, ${formatCount(pending)} ${why}`;
  const ended = `${formatCount(of('accepted'))} accepted, ${formatCount(of('rejected'))} rejected`;
  return `planned: ${ended}${notEnded}`;
}

function copiesText(copies: number): string {
  if (copies === 0) return 'none of them a copy';
  return `${formatCount(copies)} of them ${copies === 1 ? 'a copy' : 'copies'}`;
}

function totalsStep(cells: readonly CellRecord[], palette: Palette): Step {
  const published = cells.filter(({ totals }) => totals !== undefined);
  const held = cells.filter(({ totals }) => totals === undefined);
  const reasons = countBy(held.map((cell) => [cell.held?.reason ?? 'no total', 1]));
  const bins = published.reduce((sum, { totals }) => sum + totals!.length, 0);
  return {
    name: 'totals',
    count: published.length,
    about: `published (${counted(bins, 'bin')}), ${formatCount(held.length)} held` + colon(reasons),
    ...(held.length === 0 ? {} : { style: palette.doubt }),
  };
}

/** In simulated time a window may come to no sum at all, and then it has no cell. */
function windowsStep(
  cells: readonly CellRecord[],
  { due }: SimulationRecord['windows'],
  palette: Palette,
): Step {
  const published = cells.filter(({ totals }) => totals !== undefined);
  const others = cells.filter(({ totals }) => totals === undefined);
  const without = Math.max(0, due - cells.length);
  const reasons = countBy([
    ...others.map(({ held }) => [held?.reason ?? 'no total', 1] as const),
    ...(without === 0 ? [] : [['no sum', without] as const]),
  ]);
  const bins = published.reduce((sum, { totals }) => sum + totals!.length, 0);
  const of = counted(Math.max(due, cells.length), 'window');
  const missing = others.length + without;
  return {
    name: 'totals',
    count: published.length,
    about:
      `of ${of} published (${counted(bins, 'bin')}), ${formatCount(missing)} not` + colon(reasons),
    ...(missing === 0 ? {} : { style: palette.doubt }),
  };
}

const colon = (text: string): string => (text === '' ? '' : `: ${text}`);

function total(fates: readonly FateCount[]): number {
  return fates.reduce((sum, { count }) => sum + count, 0);
}

function add(cells: readonly CellRecord[], of: (cell: CellRecord) => number): number {
  return cells.reduce((sum, cell) => sum + of(cell), 0);
}

function byReason(fates: readonly FateCount[]): string {
  return countBy(fates.map(({ reason, count }) => [reason, count]));
}

/** `stale 5, replayed 2`: the most frequent first, then by name. */
function countBy(entries: readonly (readonly [string, number])[]): string {
  const counts = new Map<string, number>();
  for (const [name, count] of entries) counts.set(name, (counts.get(name) ?? 0) + count);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, count]) => `${sanitise(name)} ${formatCount(count)}`)
    .join(', ');
}
