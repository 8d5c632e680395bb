/** Judgements that several parts of a comparison make, and the levels that they keep. */

import type { ComparisonRow, Direction, Effect, Judgement } from './comparison.ts';

/** Of every interval; what is alike is called different at most 1 - this often, row by row. */
export const CONFIDENCE = 0.95;
export const ALPHA = 1 - CONFIDENCE;

/** Ratios nearer to 1 than this are the same: 5 % more or less changes nobody's decision. */
export const RATIO_MARGIN = 1.05;

/** Percentage points of the planned reports: less than this is the same. */
export const LOSS_MARGIN = 0.1;

/** What is close enough to even that it changes nobody's decision; of exact figures nothing is. */
export function marginOf(
  id: string,
  kind: Effect['kind'],
): { readonly low: number; readonly high: number } | undefined {
  if (id === 'losses.reports') return { low: -LOSS_MARGIN, high: LOSS_MARGIN };
  const isNoisy = kind === 'ratio' && (id === 'accuracy.rms' || id.startsWith('cpu.time'));
  return isNoisy ? { low: 1 / RATIO_MARGIN, high: RATIO_MARGIN } : undefined;
}

/** Ratios nearer to each other than this are one. */
const ROUNDING = 1e-9;

/** Which of two numbers is the better one, where nothing about them is chance. */
export function judgeExact(a: number, b: number, direction: Direction): Judgement {
  if (a === b) return 'same';
  return b < a === (direction === 'less is better') ? 'better' : 'worse';
}

/** What lies on one side of `even`, or close enough around it. */
export function judgeInterval(
  { low, high }: { readonly low: number; readonly high: number },
  even: number,
  margin: { readonly low: number; readonly high: number },
): Judgement {
  if (low >= margin.low && high <= margin.high) return 'same';
  if (high < even) return 'better';
  return low > even ? 'worse' : 'unknown';
}

/** Of exact numbers; a ratio to nothing says nothing. */
function effectOf(a: number, b: number): Effect {
  if (a === 0) return { kind: 'difference', value: b };
  return { kind: 'ratio', value: b / a };
}

/** Whether two positive numbers differ by no more than the arithmetic does. */
export function isRounding(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(a, b);
}

/** The smallest and the largest ratio, where there are two. */
export function rangeOf(low: number, high: number): Pick<Effect, 'interval'> {
  if (isRounding(low, high)) return {};
  return { interval: { low: finite(low), high: finite(high), by: 'range' } };
}

/** JSON has no infinities. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Figures that are to be seen, but say nothing of which is better: in several worlds neither. */
export function notToBeTold(
  { direction: _direction, ...row }: ComparisonRow,
  why: string,
): ComparisonRow {
  return { ...row, judgement: 'unknown', why };
}

type Exact = Omit<ComparisonRow, 'effect' | 'judgement' | 'why' | 'a' | 'b'> & {
  readonly a: number | null;
  readonly b: number | null;
  readonly direction: Direction;
  readonly why?: string;
};

/** A row of two exact numbers; unknown where one of them is not there. */
export function exactRow({ direction, why, ...row }: Exact): ComparisonRow {
  const { a, b } = row;
  if (a === null || b === null) {
    return { ...row, direction, judgement: 'unknown', why: why ?? 'not known of both' };
  }
  const judgement = judgeExact(a, b, direction);
  const effect = a === b ? {} : { effect: effectOf(a, b) };
  return { ...row, ...effect, direction, judgement, why: why ?? `exact; ${direction}` };
}
