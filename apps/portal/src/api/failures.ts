/**
 * Counts failed sign-ins by where they come from, in a table that can't grow without bound. Keys of
 * 256 bits can't be guessed: this spares the database and the audit log. A good key is never kept
 * out, so that nobody can lock an authority out by failing in its place.
 */

import { networkOf } from '@priolab/runtime/http';

export interface Failures {
  /** Counts one; whether its source has failed too often within the minute. */
  isTooMany(remote: string, nowMs: number): boolean;
  readonly size: number;
}

const MINUTE_MS = 60_000;

export function createFailures(options: {
  /** Failures a minute from one source. */
  readonly perSource: number;
  /** Failures a minute from all of them. */
  readonly inAll: number;
  readonly sourcesMax: number;
}): Failures {
  const { perSource, inAll, sourcesMax } = options;
  /** In the order of their first failure of the minute. */
  const sources = new Map<string, { count: number; readonly sinceMs: number }>();
  let all = { count: 0, sinceMs: -Infinity };
  const isOver = (sinceMs: number, nowMs: number): boolean =>
    nowMs - sinceMs >= MINUTE_MS || nowMs < sinceMs;
  return {
    isTooMany(remote, nowMs) {
      if (isOver(all.sinceMs, nowMs)) all = { count: 0, sinceMs: nowMs };
      all.count += 1;
      const source = networkOf(remote);
      const known = sources.get(source);
      if (known === undefined || isOver(known.sinceMs, nowMs)) {
        sources.delete(source);
        const [oldest] = sources.keys();
        if (sources.size >= sourcesMax && oldest !== undefined) sources.delete(oldest);
        sources.set(source, { count: 1, sinceMs: nowMs });
        return all.count > inAll;
      }
      known.count += 1;
      return known.count > perSource || all.count > inAll;
    },
    get size() {
      return sources.size;
    },
  };
}
