/** What a command is given, and readings that several commands share. */

import { isNameSegment, isUuid, parseMinute } from '@priolab/roles/enpa';

import { UsageError } from './checks.ts';

export interface CommandInput {
  readonly options: Readonly<Record<string, string>>;
  readonly positionals: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The time of a minute, as batches are named by it. @throws UsageError */
export function minuteOf(option: string, text: string): number {
  const timeMs = parseMinute(text);
  if (timeMs !== undefined) return timeMs;
  throw new UsageError(`${option}: got ${text}, allowed: a minute as 2021/12/01/08/00`);
}

/** The identifier of a batch. @throws UsageError */
export function batchOf(text: string): string {
  if (isUuid(text)) return text;
  const isUpper = isUuid(text.toLowerCase());
  const got = isUpper ? text : 'another text';
  throw new UsageError(`--batch: got ${got}, allowed: a UUID${isUpper ? ' in lower case' : ''}`);
}

/** The name of an aggregation, which is a folder of buckets. @throws UsageError */
export function aggregationOf(text: string): string {
  if (isNameSegment(text)) return text;
  throw new UsageError(`--aggregation: got ${text}, allowed: a name of letters, digits, - _ .`);
}

/** ` (did you mean "x"?)` where an allowed word differs in one or two letters, else nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const near = allowed
    .map((one) => ({ one, distance: editDistance(word.toLowerCase(), one) }))
    .filter(({ one, distance }) => distance <= Math.min(2, one.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return near[0] === undefined ? '' : ` (did you mean "${near[0].one}"?)`;
}

/** Letters to add, leave out or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
