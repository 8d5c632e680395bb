/**
 * Tells listeners what has changed in the state, whoever changed it: several portals may share one
 * database, and any of them may have settled a window.
 */

import type { Listeners } from '../api/listeners.ts';
import type { Change, ResultState } from './results.ts';

/** Clocks of processes that share a database differ by less. */
const SKEW_MS = 60_000;
const CHANGES_MAX = 2000;

export interface Changes {
  /** @throws TransportError */
  tell(): Promise<void>;
}

export function createChanges(
  results: Pick<ResultState, 'changes'>,
  listeners: Pick<Listeners, 'tell' | 'close'>,
  startMs: number,
): Changes {
  let seenMs = startMs;
  let told = new Set<string>();
  const nameOf = ({ id, status, changedMs }: Change): string => `${id} ${status} ${changedMs}`;
  return {
    async tell() {
      const found = await results.changes(Math.floor(seenMs - SKEW_MS), CHANGES_MAX);
      const isNew = (one: Change): boolean => one.changedMs >= startMs && !told.has(nameOf(one));
      const fresh = found.filter(isNew);
      // Too many to name: whoever listens comes back and reads the results again.
      if (found.length === CHANGES_MAX) listeners.close();
      else listeners.tell(fresh);
      told = new Set(found.map(nameOf));
      seenMs = Math.max(seenMs, ...found.map(({ changedMs }) => changedMs));
    },
  };
}
