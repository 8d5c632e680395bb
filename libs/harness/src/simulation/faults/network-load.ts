/**
 * Faults of the network that make it slow rather than wrong: connections that are held and never
 * used, and links that carry only so much. Everybody else must get through all the same.
 */

import { isNameAt } from '../../faults/places.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { overAtMs } from './acting.ts';
import { isAt, reportsOf } from './network.ts';
import { count, duration } from './parameters.ts';

/** Servers that the fault is at. */
function targetsOf({ connections, item }: FaultContext) {
  return new Map([...connections].filter(([name]) => isNameAt('front', item.place, name)));
}

/** Opens connections, says nothing, and comes back as soon as the server hangs up. */
const slowloris: Inject = (context) => {
  const { timeline, settings, item } = context;
  const held = count(item, 'connections', 100);
  const lastsMs = duration(item, 'duration', '1h');
  const targets = targetsOf(context);
  const isUnderAttack = (): boolean =>
    context.isOn() && timeline.nowMs() < context.beginsMs() + lastsMs;
  context.whenItBegins(() => {
    for (const target of targets.values()) {
      const again = (): void => {
        if (isUnderAttack()) target.hold(() => timeline.after(2 * settings.latencyMs, again));
      };
      for (let i = 0; i < held; i++) again();
    }
  });
  context.network.addPolicy((transmission, deliver) => {
    const { leg, key, to } = transmission;
    if (leg === 'request' && isUnderAttack() && targets.get(to)?.isFull === true) {
      context.strike({ what: `${key} has to wait`, reports: reportsOf(transmission) });
    }
    deliver(transmission);
  });
  context.atEnd(() => {
    const waits = [...targets.values()].map(({ longestWaitMs }) => longestWaitMs);
    context.measure('longest wait for a connection in ms', Math.max(...waits));
  });
};

/** A link carries one byte after the other; what comes meanwhile waits its turn. */
const cap: Inject = (context) => {
  const { timeline, item } = context;
  const bytesPerSecond = count(item, 'bytesPerSecond', 100_000);
  const lastsMs = duration(item, 'duration', '2h');
  const freeAtMs = new Map<string, number>();
  let longestMs = 0;
  context.network.addPolicy((transmission, deliver) => {
    const nowMs = timeline.nowMs();
    const endMs = context.beginsMs() + lastsMs;
    if (!context.isOn() || nowMs >= endMs || !isAt(context, transmission)) {
      return deliver(transmission);
    }
    const { from, to, leg, key, bytes } = transmission;
    const link = `${from} ${to} ${leg}`;
    const takesMs = Math.ceil((1000 * bytes.length) / bytesPerSecond);
    // What still waits when the link is wide again comes through at once.
    const inTurnMs = Math.max(nowMs, freeAtMs.get(link) ?? 0) + takesMs;
    const doneMs = overAtMs(context, Math.min(endMs, inTurnMs));
    freeAtMs.set(link, doneMs);
    longestMs = Math.max(longestMs, doneMs - nowMs);
    const what = `${leg} of ${key} takes ${doneMs - nowMs} ms`;
    context.strike({ what, reports: reportsOf(transmission) });
    timeline.at(doneMs, () => deliver(transmission));
  });
  context.atEnd(() => context.measure('slowest transmission in ms', longestMs));
};

export const networkLoadFaults: Readonly<Record<string, Inject>> = {
  'net.slowloris': slowloris,
  'net.cap': cap,
};
