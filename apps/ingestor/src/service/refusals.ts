/**
 * What was refused, in the log: a line each, but not more a second than somebody can read; then how
 * many there were. A line has a reason and the task; never an address, a key, a report's id or a
 * byte of the upload.
 */

import { monotonicMs } from '@priolab/runtime';
import type { Fields, Log } from '@priolab/service';

export type NoteRefusal = (event: string, fields: Fields) => void;

export function createRefusalLog(
  log: Log,
  linesMax: number,
  nowMs: () => number = monotonicMs,
): NoteRefusal {
  let second = -1;
  let lines = 0;
  let hidden = 0;
  return (event, fields) => {
    const now = Math.floor(nowMs() / 1000);
    if (now !== second) {
      if (hidden > 0) log('warn', 'refusals-not-shown', { count: hidden });
      second = now;
      lines = 0;
      hidden = 0;
    }
    if (lines >= linesMax) hidden += 1;
    else log('info', event, fields);
    lines += 1;
  };
}
