/** Whether new results appear by themselves, and, politely, which have just appeared. */

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Result } from './api.ts';
import { endOf, startOf } from './figures.ts';
import type { LiveState } from './live.ts';
import { plural, vendorName, windowName } from './words.ts';

const WORDS: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting …',
  live: 'Live: new windows appear by themselves',
  waiting: 'Connection lost: trying again',
};

interface Properties {
  readonly state: LiveState;
  readonly results: readonly Result[] | undefined;
}

export function LiveStatus({ state, results }: Properties) {
  const news = useNews(results);
  return (
    <p class="live" data-state={state}>
      <span class="dot" aria-hidden="true" />
      <span>{WORDS[state]}</span>
      <span role="status" class="news">
        {news}
      </span>
    </p>
  );
}

/** What is new in results of the same metric; empty where all of them are another's. */
function useNews(results: readonly Result[] | undefined): string {
  const before = useRef<ReadonlySet<string>>(new Set());
  const [news, setNews] = useState('');
  useEffect(() => {
    if (results === undefined) {
      before.current = new Set();
      setNews('');
      return;
    }
    const known = before.current;
    const fresh = results.filter(({ id, status }) => !known.has(`${id} ${status}`));
    before.current = new Set(results.map(({ id, status }) => `${id} ${status}`));
    if (known.size === 0 || fresh.length === 0) return;
    setNews(`${plural(fresh.length, 'new window')}, the last: ${nameOf(fresh.at(-1)!)}`);
  }, [results]);
  return news;
}

function nameOf(result: Result): string {
  return `${vendorName(result.data_provider)}, ${windowName(startOf(result), endOf(result))}`;
}
