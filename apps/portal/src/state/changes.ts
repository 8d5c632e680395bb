/**
 * Tells listeners what has changed in the state, whoever changed it: several portals may share one
 * database, and any of them may have settled a window.
 */

import type { Listeners } from '../api/listeners.ts';
import type { Change, ResultState } from './results.ts';

/** Clocks of processes that share a database differ by less. */
const SKEW_MS = 60_000;
const PAGE_SIZE = 2000;

export interface Changes {
  /** @throws TransportError */
  tell(): Promise<void>;
}

export function createChanges(
  results: Pick<ResultState, 'changes'>,
  listeners: Pick<Listeners, 'tell'>,
  startMs: number,
): Changes {
  let seenMs = startMs;
  let told = new Set<string>();
  const nameOf = ({ key, status, changedMs }: Change): string => `${key} ${status} ${changedMs}`;
  const isNew = (one: Change): boolean => one.changedMs >= startMs && !told.has(nameOf(one));
  return {
    async tell() {
      const found = new Set<string>();
      let newestMs = seenMs;
      let after = { changedMs: Math.floor(seenMs - SKEW_MS), key: '' };
      for (;;) {
        const page = await results.changes(after, PAGE_SIZE);
        // A listener for whom that is too much is cut off, and nobody else.
        listeners.tell(page.filter(isNew));
        for (const name of page.map(nameOf)) {
          found.add(name);
          // Now already: what was told stays told if the next page can't be read.
          told.add(name);
        }
        after = page.at(-1) ?? after;
        newestMs = Math.max(newestMs, after.changedMs);
        if (page.length < PAGE_SIZE) break;
      }
      told = found;
      seenMs = newestMs;
    },
  };
}
