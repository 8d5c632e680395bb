/**
 * A run while it goes on, as the few lines that a terminal redraws: how far it is, the way of
 * reports with what is under way, refusals by reason, time and memory, faults as they strike. Pure:
 * whoever draws keeps what it saw before (`since`, `newest`) and says how much room there is.
 */

import type { FlowProgress, Progress } from '@priolab/harness';

import { paletteFor, type Palette } from './palette.ts';
import { columnsOf, renderProgress } from './progress.ts';
import { formatCount, formatShort, lengthOf, sanitise } from './text.ts';

export interface LiveOptions {
  readonly width: number;
  /** Lines that there is room for; with too few of them the last ones of the view are left out. */
  readonly height: number;
  readonly colour: boolean;
  /** Whether the terminal can show more than ASCII; left out: it can. */
  readonly unicode?: boolean | undefined;
  /** An earlier moment of the same run: gives the pace of simulated time. */
  readonly since?: Progress | undefined;
  /** Faults by their last strike, the newest first; those not named come after them. */
  readonly newest?: readonly string[] | undefined;
}

/** A piece of a line and how it is painted. */
type Piece = readonly [text: string, style?: keyof Palette];

interface Glyphs {
  readonly dash: string;
  readonly tip: string;
  readonly corners: readonly [string, string, string, string];
  readonly forks: readonly [string, string];
  readonly times: string;
  readonly strike: string;
}

/** Each takes one column on every terminal, which the lightning among the emoji does not. */
const GLYPHS: Glyphs = {
  dash: '─',
  tip: '▶',
  corners: ['┌', '┐', '└', '┘'],
  forks: ['┤', '├'],
  times: '×',
  strike: '↯',
};
const ASCII: Glyphs = {
  dash: '-',
  tip: '>',
  corners: ['+', '+', '+', '+'],
  forks: ['+', '+'],
  times: 'x',
  strike: '!',
};

/** So that the words over an arrow stand over it. */
const NUMBER_ROOM = 5;

/** Where a report that is refused there was not under way to the processors any more. */
const BEYOND_INGESTION: ReadonlySet<string | undefined> = new Set(['leader', 'helper']);

/** At most 8 lines of at most `width` columns; one line where the progress says nothing of flow. */
export function renderLive(progress: Progress, options: LiveOptions): string[] {
  const width = columnsOf(options.width);
  const { colour, unicode = true } = options;
  const bar = renderProgress(progress, { width, colour, unicode });
  const { flow } = progress;
  if (flow === undefined) return [bar];
  const palette = paletteFor(colour);
  const glyphs = unicode ? GLYPHS : ASCII;
  const sections = [
    pipeline(flow, progress.reportCount, width, glyphs),
    [refusals(flow, width)],
    ...(flow.strikes === undefined ? [] : [[strikes(flow.strikes, width, glyphs, options.newest)]]),
    [facts(progress, flow, glyphs, options.since)],
  ].map((lines) => lines.map((pieces) => paint(pieces, width, palette)));
  const shown = [bar];
  for (const lines of sections) {
    if (shown.length + lines.length > options.height) break;
    shown.push(...lines);
  }
  return shown;
}

/** Faults by their last strike, the newest first, after some of them have struck again. */
export function strikesNewestFirst(
  known: readonly string[],
  before: Readonly<Record<string, number>> = {},
  now: Readonly<Record<string, number>> = {},
): readonly string[] {
  const struck = Object.keys(now).filter((id) => now[id]! > (before[id] ?? 0));
  if (struck.length === 0) return known;
  return [...struck, ...known.filter((id) => !struck.includes(id))];
}

/** Devices to combiner with what is under way between them: 3 lines, or 4 where they are narrow. */
function pipeline(
  flow: FlowProgress,
  reportCount: number,
  width: number,
  glyphs: Glyphs,
): Piece[][] {
  for (const format of [formatCount, formatShort]) {
    const lines = besides(flow, format, format(reportCount).length, glyphs);
    if (fits(lines, width)) return lines;
  }
  const lines = below(flow, formatCount);
  return fits(lines, width) ? lines : below(flow, formatShort);
}

function fits(lines: readonly Piece[][], width: number): boolean {
  return lines.every((line) => lengthOf(textOf(line)) <= width);
}

/** Reports that were sent and not yet taken in, and those that processors have still to judge. */
function inFlight({ sent, ingested, leader, helper, rejected }: FlowProgress): [number, number] {
  let [atIngestor, beyond] = [0, 0];
  for (const [key, count] of Object.entries(rejected)) {
    const [hop] = key.split(' ');
    if (hop === 'ingestor') atIngestor += count;
    if (BEYOND_INGESTION.has(hop)) beyond += count;
  }
  const accepted = Math.min(leader, helper);
  return [Math.max(0, sent - ingested - atIngestor), Math.max(0, ingested - accepted - beyond)];
}

function besides(
  flow: FlowProgress,
  format: (count: number) => string,
  room: number,
  { dash, tip, corners, forks }: Glyphs,
): Piece[][] {
  const [sent, taken, leader, helper] = [flow.sent, flow.ingested, flow.leader, flow.helper].map(
    format,
  ) as [string, string, string, string];
  const [toIngestion, toProcessors] = inFlight(flow).map(format) as [string, string];
  const numbers = [sent, leader, helper, toIngestion, toProcessors];
  const numberRoom = Math.max(NUMBER_ROOM, room, ...numbers.map((text) => text.length));
  const arrowRoom = numberRoom + 5;
  const columns = [
    Math.max('devices'.length, sent.length),
    Math.max('ingestion'.length, taken.length),
  ];
  const arrow = (count: string): Piece[] =>
    count === '0'
      ? [[`${dash.repeat(arrowRoom - 1)}${tip}`, 'dim']]
      : [
          [`${dash.repeat(1 + numberRoom - count.length)} `, 'dim'],
          [count, 'strong'],
          [` ${dash}${tip}`, 'dim'],
        ];
  const over = (count: string): Piece => [
    ` ${(count === '0' ? '' : 'in flight').padStart(arrowRoom - 3).padEnd(arrowRoom)} `,
    'dim',
  ];
  const pad = (text: string, column: number): string => text.padEnd(columns[column]!);
  const gap = ' '.repeat(arrowRoom + 2);
  const branch = (open: string, close: string, name: string, count: string): Piece[] => [
    [`${open}${dash} `, 'dim'],
    [`${name} `],
    [count.padStart(numberRoom), 'strong'],
    [` ${dash}${close}`, 'dim'],
  ];
  const inner = ' '.repeat('leader '.length + numberRoom + 4);
  return [
    [
      [pad('', 0)],
      over(toIngestion),
      [pad('', 1)],
      over(toProcessors),
      ...branch(corners[0], corners[1], 'leader', leader),
    ],
    [
      [`${pad('devices', 0)} `],
      ...arrow(toIngestion),
      [` ${pad('ingestion', 1)} `],
      ...arrow(toProcessors),
      [` ${forks[0]}${inner}${forks[1]}${tip} `, 'dim'],
      ['combiner'],
    ],
    [
      [pad(sent, 0), 'strong'],
      [gap],
      [pad(taken, 1), 'strong'],
      [gap],
      ...branch(corners[2], corners[3], 'helper', helper),
      ['  '],
      ...windows(flow, '/'),
    ],
  ];
}

function below(flow: FlowProgress, format: (count: number) => string): Piece[][] {
  const [toIngestion, toProcessors] = inFlight(flow);
  const line = (name: string, ...rest: Piece[]): Piece[] => [
    [`${name.padEnd('leader | helper'.length)}  `, 'dim'],
    ...rest,
  ];
  const number = (count: number): Piece => [format(count), 'strong'];
  const moving = (count: number): Piece => [count === 0 ? '' : `, ${format(count)} in flight`];
  return [
    line('devices', number(flow.sent), [' sent'], moving(toIngestion)),
    line('ingestion', number(flow.ingested), [' taken in'], moving(toProcessors)),
    line('leader | helper', number(flow.leader), [' | ', 'dim'], number(flow.helper)),
    line('combiner', ...windows(flow, ' of ')),
  ];
}

function windows({ published, due }: FlowProgress, of: string): Piece[] {
  const all = due === undefined ? '' : `${of}${formatCount(due)}`;
  return [[formatCount(published), 'strong'], [`${all} windows`]];
}

/** The most frequent first, as many as there is room for. */
function refusals({ rejected }: FlowProgress, width: number): Piece[] {
  const reasons = Object.entries(rejected)
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (reasons.length === 0) return [['refused: none', 'dim']];
  const all = reasons.reduce((sum, [, count]) => sum + count, 0);
  const head: Piece[] = [['refused: ', 'dim'], [formatCount(all), 'doubt'], ['  ']];
  const texts = reasons.map(([name, count]) => `${sanitise(name)} ${formatCount(count)}`);
  return [...head, [someOf(texts, ', ', width - lengthOf(textOf(head)))]];
}

function strikes(
  counts: Readonly<Record<string, number>>,
  width: number,
  { strike, times }: Glyphs,
  newest: readonly string[] = [],
): Piece[] {
  const rank = (id: string): number => {
    const at = newest.indexOf(id);
    return at === -1 ? newest.length : at;
  };
  const struck = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => rank(a) - rank(b) || n - m || (a < b ? -1 : 1));
  if (struck.length === 0) return [['faults: none has struck', 'dim']];
  const texts = struck.map(([id, n]) => `${strike} ${sanitise(id)} ${times}${formatCount(n)}`);
  return [
    ['faults:  ', 'dim'],
    [someOf(texts, '  ', width - 'faults:  '.length), 'doubt'],
  ];
}

function facts(
  { elapsedMs }: Progress,
  { simulatedMs, rssBytes }: FlowProgress,
  { times }: Glyphs,
  since: Progress | undefined,
): Piece[] {
  const memory: Piece[] = [['memory:  ', 'dim'], [`${formatCount(rssBytes / 2 ** 20)} MiB`]];
  if (simulatedMs === undefined) return memory;
  const time: Piece[] = [['time:    ', 'dim'], [formatMoment(simulatedMs)]];
  const passedMs = simulatedMs - (since?.flow?.simulatedMs ?? Number.NaN);
  const pace = passedMs / (elapsedMs - (since?.elapsedMs ?? Number.NaN));
  const isKnown = Number.isFinite(pace) && pace >= 1;
  const faster: Piece[] = isKnown ? [[` (${times}${formatShort(pace)})`, 'dim']] : [];
  return [...time, ...faster, ['  '], ['memory ', 'dim'], ...memory.slice(1)];
}

/** As many texts as fit, each whole, and how many are left out. */
function someOf(texts: readonly string[], gap: string, width: number): string {
  for (let count = texts.length; count > 0; count--) {
    const cut = texts.length - count;
    const shown = [...texts.slice(0, count), ...(cut === 0 ? [] : [`+${cut} more`])].join(gap);
    if (lengthOf(shown) <= width) return shown;
  }
  return texts.length === 1 ? '1 kind' : `${texts.length} kinds`;
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(([text]) => text).join('');
}

/** Leaves out pieces that there is no room for, whole: half a number would be another one. */
function paint(pieces: readonly Piece[], width: number, palette: Palette): string {
  let room = width;
  const kept = pieces.filter(([text]) => (room -= lengthOf(text)) >= 0);
  const last = kept.findLastIndex(([text]) => text.trim() !== '');
  return kept
    .slice(0, last + 1)
    .map(([text, style], i) => {
      const shown = i === last ? text.trimEnd() : text;
      return style === undefined || shown.trim() === '' ? shown : palette[style](shown);
    })
    .join('');
}

/** `2021-12-01 14:05 UTC`. */
function formatMoment(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return '-';
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
