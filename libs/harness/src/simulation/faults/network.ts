/**
 * Faults of the network between phones and ingestion servers: policies on transmissions. Servers
 * talk through stores, so that their network is the stores' (`storage.ts`).
 */

import { reasonCode } from '@priolab/roles';
import type { NetworkPolicy, Transmission } from '@priolab/runtime';

import { isNameAt, linkName } from '../../faults/places.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { byHealing, isHealedBy, overAtMs } from './acting.ts';
import { measureRefused } from './devices.ts';
import { count, duration, flag } from './parameters.ts';

/** The report that a transmission is about; undefined for what is none. */
export function reportOf({ key }: Transmission): number | undefined {
  const match = /^report-(\d+)/.exec(key);
  return match === null ? undefined : Number(match[1]);
}

/** Whether a transmission goes over the link that the fault is at. */
export function isAt({ item }: FaultContext, transmission: Transmission): boolean {
  return isNameAt('link', item.place, linkName(transmission));
}

export function reportsOf(transmission: Transmission): readonly number[] {
  const report = reportOf(transmission);
  return report === undefined ? [] : [report];
}

/** A policy that acts on transmissions which the fault chooses, and lets all others pass. */
export function onChosen(
  context: FaultContext,
  legs: readonly Transmission['leg'][],
  act: (transmission: Transmission, deliver: (one: Transmission) => void) => void,
): NetworkPolicy {
  return (transmission, deliver) => {
    const { leg, key } = transmission;
    const isChosen =
      legs.includes(leg) && isAt(context, transmission) && context.chooses(`${key} ${leg}`);
    if (isChosen) act(transmission, deliver);
    else deliver(transmission);
  };
}

const BOTH = ['request', 'response'] as const;

const STALE = reasonCode('stale');

/** How the keys of messages begin that were recorded and sent again. */
const AGAIN = 'again ';

/** Lost messages are sent again; a report may be given up only if nothing ever got through. */
const lose =
  (legs: readonly Transmission['leg'][]): Inject =>
  (context) => {
    context.network.addPolicy(
      onChosen(context, legs, (transmission) => {
        const { leg, key } = transmission;
        context.strike({ what: `lost the ${leg} of ${key}`, reports: reportsOf(transmission) });
      }),
    );
  };

const delay: Inject = (context) => {
  const byMs = duration(context.item, 'by', '5s');
  const spreadMs = duration(context.item, 'spread', '5s');
  context.network.addPolicy(
    onChosen(context, BOTH, (transmission, deliver) => {
      const { key, leg } = transmission;
      const lateMs = byMs + (context.draw(`late ${key} ${leg}`) % (spreadMs + 1));
      context.strike({
        what: `${leg} of ${key} ${lateMs} ms late`,
        reports: reportsOf(transmission),
      });
      const comesMs = byHealing(context, context.timeline.nowMs() + lateMs);
      context.timeline.at(comesMs, () => deliver(transmission));
    }),
  );
};

const reorder: Inject = (context) => {
  const withinMs = duration(context.item, 'within', '10s');
  context.network.addPolicy(
    onChosen(context, BOTH, (transmission, deliver) => {
      const { key, leg } = transmission;
      const lateMs = context.draw(`order ${key} ${leg}`) % (withinMs + 1);
      context.strike({ what: `${leg} of ${key} put off`, reports: reportsOf(transmission) });
      const comesMs = byHealing(context, context.timeline.nowMs() + lateMs);
      context.timeline.at(comesMs, () => deliver(transmission));
    }),
  );
};

const duplicate: Inject = (context) => {
  const copies = count(context.item, 'copies', 1);
  const afterMs = duration(context.item, 'after', '1m');
  const struck = new Set<number>();
  context.network.addPolicy(
    onChosen(context, ['request'], (transmission, deliver) => {
      const { key } = transmission;
      const nowMs = context.timeline.nowMs();
      const copiesMs = Array.from({ length: copies }, (_, k) => nowMs + (k + 1) * afterMs).filter(
        (atMs) => !isHealedBy(context, atMs),
      );
      if (copiesMs.length === 0) return deliver(transmission);
      const what = `${copiesMs.length} more of ${key}`;
      context.strike({ what, reports: reportsOf(transmission) });
      reportsOf(transmission).forEach((report) => struck.add(report));
      deliver(transmission);
      for (const atMs of copiesMs) context.timeline.at(atMs, () => deliver(transmission));
    }),
  );
  measureRefused(context, struck, { name: 'copies refused', reason: 'replayed' });
};

const replay: Inject = (context) => {
  const afterMs = duration(context.item, 'after', '1d');
  let refused = 0;
  let stale = 0;
  context.network.addPolicy((transmission, deliver) => {
    const { leg, key, bytes } = transmission;
    if (leg === 'response' && key.startsWith(AGAIN)) {
      if (bytes[0] !== 0) refused += 1;
      if (bytes[0] === STALE) stale += 1;
    }
    deliver(transmission);
  });
  context.atEnd(() => {
    context.measure('copies refused', refused);
    context.refused('stale', stale);
  });
  context.network.addPolicy(
    onChosen(context, ['request'], (transmission, deliver) => {
      deliver(transmission);
      const { key } = transmission;
      const againMs = context.timeline.nowMs() + afterMs;
      if (isHealedBy(context, againMs)) return;
      context.strike({ what: `recorded ${key}`, reports: reportsOf(transmission) });
      context.stayUntil(againMs + 2 * context.settings.batchEveryMsMax);
      context.timeline.at(againMs, () =>
        context.network.inject({ ...transmission, key: AGAIN + key }),
      );
    }),
  );
};

/** Two sides can't reach each other for a while: nothing comes through, nothing is kept. */
const partition: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '2h');
  const oneWay = flag(context.item, 'oneWay', false);
  const isOver = (): boolean => context.timeline.nowMs() >= context.beginsMs() + lastsMs;
  context.network.addPolicy((transmission, deliver) => {
    const { leg, key } = transmission;
    const isHit = context.isOn() && !isOver() && isAt(context, transmission);
    if (!isHit || (oneWay && leg === 'response')) return deliver(transmission);
    context.strike({ what: `${leg} of ${key} cut off`, reports: reportsOf(transmission) });
  });
};

/** A link holds everything back and then lets it all go. */
const clog: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '30m');
  context.network.addPolicy((transmission, deliver) => {
    const nowMs = context.timeline.nowMs();
    const endMs = overAtMs(context, context.beginsMs() + lastsMs);
    if (!context.isOn() || nowMs >= endMs || !isAt(context, transmission)) {
      return deliver(transmission);
    }
    const { leg, key } = transmission;
    context.strike({ what: `${leg} of ${key} held back`, reports: reportsOf(transmission) });
    context.timeline.at(endMs, () => deliver(transmission));
  });
};

/** Links are clogged one after the other, and freed in another order. */
const swizzle: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '2h');
  const byDraw = (links: readonly string[], name: string): string[] =>
    [...links].sort((a, b) => context.draw(`${name} ${a}`) - context.draw(`${name} ${b}`));
  const all = [...context.machines.keys()]
    .filter((name) => /\/\d+$/.test(name))
    .flatMap((to) => [`${to} request`, `${to} response`]);
  const clogged = byDraw(all, 'clogged').slice(0, Math.ceil(all.length / 2));
  const freed = byDraw(clogged, 'freed');
  const step = Math.floor(lastsMs / (2 * clogged.length));
  const spans = new Map(
    clogged.map((link, i) => [
      link,
      { afterMs: i * step, untilMs: lastsMs - freed.indexOf(link) * step },
    ]),
  );
  context.network.addPolicy((transmission, deliver) => {
    const { leg, key, to } = transmission;
    const span = spans.get(`${to} ${leg}`);
    const nowMs = context.timeline.nowMs();
    const sinceMs = nowMs - context.beginsMs();
    const isHeld = span !== undefined && span.afterMs <= sinceMs && sinceMs < span.untilMs;
    if (!isHeld || !context.isOn() || !isAt(context, transmission)) return deliver(transmission);
    context.strike({ what: `${leg} of ${key} held back`, reports: reportsOf(transmission) });
    context.timeline.at(overAtMs(context, context.beginsMs() + span.untilMs), () =>
      deliver(transmission),
    );
  });
};

export const networkFaults: Readonly<Record<string, Inject>> = {
  'net.drop': lose(BOTH),
  'net.delay': delay,
  'net.reorder': reorder,
  'net.dup': duplicate,
  'net.replay': replay,
  'net.lose_request': lose(['request']),
  'net.lose_response': lose(['response']),
  'net.partition': partition,
  'net.clog': clog,
  'net.swizzle': swizzle,
};
