/**
 * Live updates: keeps one stream of events open, and opens it again after a pause that doubles, up
 * to half a minute. Ends for good when its signal is aborted: on signing out.
 */

import type { Api } from './api.ts';
import { RefusedError } from './api.ts';
import { readEvents } from './event-stream.ts';

export type LiveState = 'connecting' | 'live' | 'waiting';

export interface LiveListener {
  onState(state: LiveState): void;
  /** A result is new or has changed. */
  onResult(): void;
  /** The key is no longer good: there is nothing to come back to. */
  onRefused(error: RefusedError): void;
  /** The stream is open: what happened before, since results were last fetched, is unknown. */
  onOpen(): void;
}

const PAUSE_MIN_MS = 1000;
const PAUSE_MAX_MS = 30_000;

export async function follow(api: Api, listener: LiveListener, signal: AbortSignal): Promise<void> {
  let pauseMs = PAUSE_MIN_MS;
  while (!signal.aborted) {
    try {
      const stream = await api.events(signal);
      listener.onState('live');
      listener.onOpen();
      await readEvents(
        stream,
        ({ event }) => event === 'result' && listener.onResult(),
        () => (pauseMs = PAUSE_MIN_MS),
      );
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RefusedError && error.isKeyRefused) return listener.onRefused(error);
    }
    if (signal.aborted) return;
    listener.onState('waiting');
    await pause(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
