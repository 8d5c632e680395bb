/** The time as a service goes by it: the machine's, or for rehearsals what a file says. */

import { readFileSync } from 'node:fs';

import { wallClock } from '@priolab/runtime';
import type { Clock } from '@priolab/runtime';

import { UsageError, fileError } from './checks.ts';

/**
 * @param file holds a time (ISO 8601), and is read at each look; undefined: the machine's clock
 * @returns a clock that throws a UsageError where the file holds no time
 */
export function clockOf(file: string | undefined): Clock {
  if (file === undefined) return wallClock;
  return {
    nowMs() {
      const timeMs = Date.parse(readTime(file));
      if (!Number.isNaN(timeMs)) return timeMs;
      throw new UsageError(`${file}: expected a time such as 2021-12-02T06:00:00Z`);
    },
  };
}

function readTime(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw fileError(file, 'a file with a time', error);
  }
}
