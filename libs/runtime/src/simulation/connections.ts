/**
 * The connections that a server has room for: so many at once, in the order in which they come, and
 * none that says nothing for longer than a while. Who comes when all are taken waits for the next
 * that is closed. A policy of the network in front of one end.
 */

import type { NetworkPolicy } from './network.ts';
import type { Timeline } from './timeline.ts';

export interface Connections {
  /** Lets requests in as there is room; a response closes its request's connection. */
  readonly policy: NetworkPolicy;
  /** Opens a connection on which nothing comes; `onClosed` is called when the server closes it. */
  hold(onClosed: () => void): void;
  /** True while a newcomer has to wait. */
  readonly isFull: boolean;
  readonly longestWaitMs: number;
}

export function createConnections(options: {
  readonly timeline: Timeline;
  readonly connectionsMax: number;
  /** A connection is closed after this long without a request or a response on it. */
  readonly idleMsMax: number;
}): Connections {
  const { timeline, connectionsMax, idleMsMax } = options;
  const waiting: (() => void)[] = [];
  const closings = new Map<string, (() => void)[]>();
  let openCount = 0;
  let longestWaitMs = 0;

  const admit = (): void => {
    while (openCount < connectionsMax && waiting.length > 0) {
      openCount += 1;
      waiting.shift()!();
    }
  };

  const connect = (onOpen: (close: () => void) => void, onClosed: () => void): void => {
    const cameMs = timeline.nowMs();
    waiting.push(() => {
      longestWaitMs = Math.max(longestWaitMs, timeline.nowMs() - cameMs);
      let isOpen = true;
      const close = (): void => {
        if (!isOpen) return;
        isOpen = false;
        openCount -= 1;
        timeline.cancel(timer);
        onClosed();
        admit();
      };
      const timer = timeline.after(idleMsMax, close);
      onOpen(close);
    });
    admit();
  };

  return {
    get isFull() {
      return openCount >= connectionsMax;
    },
    get longestWaitMs() {
      return longestWaitMs;
    },
    hold: (onClosed) => connect(() => {}, onClosed),
    policy(transmission, deliver) {
      const { leg, key } = transmission;
      if (leg === 'response') {
        closings.get(key)?.shift()?.();
        deliver(transmission);
        return;
      }
      const forget = (): void => {
        if (closings.get(key)?.length === 0) closings.delete(key);
      };
      connect((close) => {
        closings.set(key, [...(closings.get(key) ?? []), close]);
        deliver(transmission);
      }, forget);
    },
  };
}
