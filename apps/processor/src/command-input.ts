/** Readings of options that several commands share. */

import { isNameSegment, isUuid, parseMinute } from '@priolab/roles/enpa';
import { UsageError } from '@priolab/service';

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
