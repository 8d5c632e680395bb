/**
 * The words and numbers of a comparison's card, the same in every form of it. All text that comes
 * out is sanitised; forms that have marks of their own escape it once more.
 */

import type {
  ArmRecord,
  ComparisonRow,
  Effect,
  FateChange,
  Judgement,
  RunComparison,
  Section,
} from '@priolab/harness';

import { counted, formatCount, formatFixed, sanitise } from '../text.ts';

/** In the order of the card. */
export const SECTION_TITLES: Readonly<Record<Section, string>> = {
  accuracy: 'Accuracy',
  privacy: 'Privacy',
  losses: 'Losses',
  detection: 'Detection',
  bytes: 'Bytes',
  cpu: 'CPU',
};

/** Sections with their rows, but for those without any. */
export function sectionsOf({
  rows,
}: RunComparison): (readonly [string, readonly ComparisonRow[]])[] {
  return Object.entries(SECTION_TITLES).flatMap(([section, title]) => {
    const own = rows.filter((row) => row.section === section);
    return own.length === 0 ? [] : [[title, own] as const];
  });
}

const SENTENCES: Readonly<Record<RunComparison['overall'], string>> = {
  better: 'b is better than a',
  worse: 'b is worse than a',
  same: 'a and b are the same',
  mixed: 'b is better in some things and worse in others',
  unknown: 'which is better can’t be told',
};

/** `b is worse than a`. */
export function judgementOf({ overall }: RunComparison): string {
  return SENTENCES[overall];
}

/** `b is worse than a: worse in losses, better in nothing`. */
export function sentenceOf(comparison: RunComparison): string {
  return `${judgementOf(comparison)}: ${sanitise(comparison.why)}`;
}

/** How many rows were judged how: `2 better, 9 same, 1 worse, 3 unknown`. */
export function countsOf({ rows }: RunComparison): string {
  const words = ['better', 'same', 'worse', 'unknown'] as const satisfies readonly Judgement[];
  const count = (word: Judgement): number =>
    rows.filter(({ judgement }) => judgement === word).length;
  return words.map((word) => `${count(word)} ${word}`).join(', ');
}

/** What distinguishes a side, beside its name. */
export function armFacts(arm: ArmRecord): string {
  const short = (digest: string): string => sanitise(digest.slice(0, 8));
  return [
    sanitise(arm.id),
    `seed ${sanitise(arm.seed)}`,
    `scenario ${short(arm.scenarioDigest)}`,
    `result ${short(arm.resultDigest)}`,
    `backend ${sanitise(arm.backend)}`,
    `commit ${sanitise(arm.commit)}`,
    counted(arm.runs, 'timed run'),
    `verdict ${sanitise(arm.verdict)}`,
    ...(arm.notDone === undefined ? [] : [sanitise(arm.notDone)]),
  ].join(', ');
}

/** How far both ran in one world, in one line. */
export function worldLine({ world, worlds }: RunComparison): string {
  if (world.otherWorld !== undefined) return `NOT THE SAME WORLD: ${sanitise(world.otherWorld)}`;
  const of = worlds === undefined ? '' : `${worldsText(worlds)}; `;
  const parts = world.parts.map(({ name, same, a, b }) => {
    return same ? `${name} the same (${sanitise(a)})` : `${name} differ (${a}, ${b})`;
  });
  const { windows, equalTruths } = world;
  const truths =
    windows === 0
      ? 'no window in which both counted as many reports'
      : `true sums equal in ${formatCount(equalTruths)} of ${counted(windows, 'window')} ` +
        'with as many reports in both';
  return `${of}${sanitise(parts.join(', '))}; ${truths}`;
}

/** `10 worlds, each by itself: 7 worse, 3 unknown`. */
function worldsText(worlds: NonNullable<RunComparison['worlds']>): string {
  const words = [...new Set(worlds.map(({ overall }) => overall))].sort();
  const count = (word: string): number => worlds.filter(({ overall }) => overall === word).length;
  const each = words.map((word) => `${count(word)} ${word}`).join(', ');
  return `${counted(worlds.length, 'world')}, each by itself: ${sanitise(each)}`;
}

/** A figure as it stands in a cell. */
export function figureText(figure: ComparisonRow['a']): string {
  if (figure === null) return '-';
  return typeof figure === 'string' ? sanitise(figure) : numberText(figure);
}

/** About three figures that count: `1,234`, `12.3`, `0.00456`. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return formatCount(value);
  if (size >= 100) return formatFixed(value, 1);
  if (size >= 1) return formatFixed(value, 2);
  return String(Number(value.toPrecision(3)));
}

/** `x 0.262 (0.21 to 0.33)`, `+3.2 (1.1 to 5)`; empty where there is nothing to say. */
export function effectText(effect: Effect | undefined): string {
  if (effect === undefined) return '';
  const { kind, value, interval } = effect;
  const sign = kind === 'difference' && value !== null && value > 0 ? '+' : '';
  const number = value === null ? 'no ratio' : `${sign}${numberText(value)}`;
  const shown = kind === 'ratio' && value !== null ? `x ${number}` : number;
  if (interval === undefined) return shown;
  const { low, high } = interval;
  if (low === null && high === null) return shown;
  const ends = `${low === null ? 'no limit' : numberText(low)} to ${
    high === null ? 'no limit' : numberText(high)
  }`;
  return `${shown} (${ends})`;
}

/** What a judgement rests on; of figures that are equal there is nothing to say. */
export function whyText({ judgement, effect, why }: ComparisonRow): string {
  return judgement === 'same' && effect === undefined ? '' : sanitise(why);
}

/** What stands in brackets, and of which worlds the figures are. */
export function intervalsText({ worlds }: RunComparison): string {
  if (worlds === undefined) {
    return (
      'In brackets: 95 % intervals of accuracy, lost reports and repeated times; elsewhere the ' +
      'smallest and the largest ratio seen. Figures without brackets are exact, of this one world.'
    );
  }
  return (
    `Medians over ${worlds.length} worlds, fates their sums. In brackets: 95 % intervals of the ` +
    'median of b against a, or with fewer than 6 worlds the smallest and the largest. Better or ' +
    'worse: in more of the worlds that differ than luck explains (sign test, 5 %).'
  );
}

export function fateName({ outcome, hop, reason }: FateChange): string {
  const place = hop === 'none' ? [] : [`hop ${hop}`];
  const cause = reason === 'none' ? [] : [reason];
  return sanitise([outcome, ...place, ...cause].join(', '));
}

/** Fates that the two do not share. */
export function changedFates({ fates }: RunComparison): readonly FateChange[] {
  return fates.filter(({ a, b }) => a !== b);
}
