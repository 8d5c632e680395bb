/**
 * Server-sent events: ids of results that are new, to those who may read them. There are only so
 * many listeners, and only so much waits for each; one that is too slow is cut off, comes back and
 * reads the results again. A stream ends when its key is revoked or over, whoever revoked it.
 */

import type { Caller } from '../state/keys.ts';
import type { Change } from '../state/results.ts';

export interface Listeners {
  hasPlace(keyId: string): boolean;
  /** Undefined where there are too many. @param signal aborted when the other end is gone */
  open(caller: Caller, signal: AbortSignal): AsyncIterable<string> | undefined;
  tell(changes: readonly Change[]): void;
  /** Ends the streams of a key, or all of them. */
  close(keyId?: string): void;
  readonly count: number;
}

export interface ListenerLimits {
  readonly listenersMax: number;
  readonly perKeyMax: number;
  readonly heartbeatMs: number;
}

/** Events that wait for one listener. */
const WAITING_MAX = 1000;

interface Listener {
  readonly keyId: string;
  readonly localities: ReadonlySet<string>;
  waiting: string[];
  isClosed: boolean;
  wake: () => void;
}

export function createListeners(
  { listenersMax, perKeyMax, heartbeatMs }: ListenerLimits,
  isGood: (keyId: string) => Promise<boolean>,
): Listeners {
  const listeners = new Set<Listener>();

  const end = (listener: Listener): void => {
    listener.isClosed = true;
    listener.waiting = [];
    listeners.delete(listener);
    listener.wake();
  };

  const pause = (listener: Listener): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, heartbeatMs);
      listener.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function* stream(listener: Listener): AsyncGenerator<string> {
    try {
      yield ': listening\n\n';
      while (!listener.isClosed) {
        if (listener.waiting.length === 0) await pause(listener);
        if (listener.isClosed || !(await isGood(listener.keyId))) return;
        const events = listener.waiting;
        listener.waiting = [];
        yield events.length === 0 ? ': still here\n\n' : events.join('');
      }
    } finally {
      end(listener);
    }
  }

  const hasPlace = (keyId: string): boolean => {
    const ofKey = [...listeners].filter((one) => one.keyId === keyId).length;
    return listeners.size < listenersMax && ofKey < perKeyMax;
  };

  return {
    hasPlace,
    open({ keyId, localities }, signal) {
      if (!hasPlace(keyId)) return undefined;
      const listener: Listener = {
        keyId,
        localities: new Set(localities),
        waiting: [],
        isClosed: signal.aborted,
        wake: () => {},
      };
      if (!signal.aborted) listeners.add(listener);
      signal.addEventListener('abort', () => end(listener), { once: true });
      return stream(listener);
    },
    tell(changes) {
      for (const listener of listeners) {
        for (const { id, locality } of changes) {
          if (!listener.localities.has(locality)) continue;
          listener.waiting.push(`event: result\ndata: ${JSON.stringify({ id })}\n\n`);
        }
        if (listener.waiting.length > WAITING_MAX) end(listener);
        else if (listener.waiting.length > 0) listener.wake();
      }
    },
    close(keyId) {
      for (const one of listeners) if (keyId === undefined || one.keyId === keyId) end(one);
    },
    get count() {
      return listeners.size;
    },
  };
}
