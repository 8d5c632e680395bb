/** Follows the portal's events for as long as somebody is signed in. */

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Api, RefusedError } from './api.ts';
import { follow } from './live.ts';
import type { LiveState } from './live.ts';

/** Windows come in bursts, one for each metric and vendor: a burst is fetched once. */
const GATHER_MS = 400;

export function useLive(
  api: Api,
  onRefused: (error: RefusedError) => void,
): { state: LiveState; version: number } {
  const [state, setState] = useState<LiveState>('connecting');
  const [version, setVersion] = useState(0);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    const renew = (): void => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        setVersion((before) => before + 1);
      }, GATHER_MS);
    };
    const listener = { onState: setState, onRefused, onResult: renew, onOpen: renew };
    void follow(api, listener, stop.signal);
    return () => {
      stop.abort();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [api]);
  return { state, version };
}
