/**
 * Two things that operators do to honest processors: run different versions for a while, and clean
 * up too early.
 */

import { SIGNATURE, endings, storeNames } from '@priolab/nodes';

import { faults } from '../../faults/catalogue.ts';
import { windowKey } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { HOUR_MS, batchOf, overAtMs } from './acting.ts';
import { duration, word } from './parameters.ts';
import { roleOf } from './parties-at.ts';

/** One processor runs a new program for a while; its peer the old one all the time. */
const versionSkew: Inject = (context) => {
  const compatible = word(context.item, 'change', 'compatible') === 'compatible';
  const lastsMs = duration(context.item, 'duration', '6h');
  const { timeline, hooks } = context;
  const untilMs = (): number => overAtMs(context, context.beginsMs() + lastsMs);
  const isNew = (): boolean => context.isOn() && timeline.nowMs() < untilMs();
  const speaks = compatible ? [1, 2] : [2];
  let noticed = 0;
  hooks.desk.push((desk, { role }) => {
    const listener: typeof desk.listener = (event) => {
      if (event.kind === 'peer-refused') noticed += 1;
      desk.listener(event);
    };
    if (role !== roleOf(context)) return { ...desk, listener };
    return { ...desk, listener, versions: () => (isNew() ? speaks : desk.versions()) };
  });
  context.atEnd(() => {
    context.measure('times noticed', noticed);
    context.refused('peer-version', noticed);
  });
  if (compatible) writeMore(context, isNew);
  else changeForm(context, untilMs);
};

/** The new program writes something of its own into messages of the version agreed on. */
function writeMore(context: FaultContext, isNew: () => boolean): void {
  const owner = `processor/${roleOf(context)}`;
  context.hooks.signer.push((inner, where) => {
    if (where.owner !== owner) return inner;
    return {
      ...inner,
      seal(header, packets) {
        if (!isNew() || header['kind'] !== 'validity') return inner.seal(header, packets);
        const what = `${owner} says more than version 1 knows`;
        context.strike({ what, batchIds: [String(header['batchId'])] });
        return inner.seal({ ...header, program: 2 }, packets);
      },
    };
  });
}

/** Messages of version 2 are of a form that the old program can't read; batches have to wait. */
function changeForm(context: FaultContext, untilMs: () => number): void {
  const role = roleOf(context);
  const owner = `processor/${role}`;
  context.hooks.signer.push((inner, where) => {
    if (where.owner !== owner) return inner;
    return {
      ...inner,
      seal(header, packets) {
        if (header['version'] !== 2) return inner.seal(header, packets);
        return inner.seal({ ...header, kind: `${String(header['kind'])}-v2` }, packets);
      },
    };
  });
  const { timeline, stores, settings } = context;
  // A batch that is written right before may not have been looked at yet.
  const isNear = (nowMs: number): boolean =>
    nowMs >= context.beginsMs() - 2 * settings.scanEveryMs && nowMs < untilMs();
  stores.addPolicy((operation, next) => {
    const { kind, store, key } = operation;
    const nowMs = timeline.nowMs();
    const isNew = kind === 'put' && store === storeNames.ingestion(role);
    const isLast = key.endsWith(endings.batch + SIGNATURE);
    const batchId = isNew && isLast ? batchOf(key)?.batchId : undefined;
    if (batchId !== undefined && isNear(nowMs)) {
      context.strike({ what: `batch ${batchId} comes and waits`, batchIds: [batchId] });
    }
    return next(operation);
  });
  context.whenItBegins(() => strikeWindows(context, context.beginsMs(), untilMs()));
  const stay = (): void =>
    context.stayUntil(untilMs() + settings.graceMs + 6 * settings.scanEveryMs);
  if (context.item.when === undefined) stay();
  else context.whenItBegins(stay);
}

/** How each report of a window may end that was given up, or fixed by a peer that did not know. */
const GIVEN_UP = faults['proc.version_skew'].reasons!;

/** Which windows may be lost follows from when they are fixed and given up, whatever is said. */
function strikeWindows(context: FaultContext, fromMs: number, untilMs: number): void {
  const { graceMs, peerPatienceMs, scanEveryMs, keepForMs } = context.settings;
  for (const task of context.parties.tasks.values()) {
    const { windowMs } = task;
    for (let endMs = context.startMs; endMs <= context.endMs + windowMs; endMs += windowMs) {
      const fixedMs = endMs + graceMs;
      const givenUpMs = fixedMs + peerPatienceMs;
      // Told at a scan, looked at in another; what was in hand before may be left half done.
      const isOpen = fixedMs >= fromMs - 2 * scanEveryMs && fixedMs < untilMs;
      const isGivenUp = isOpen && givenUpMs < untilMs + graceMs + 4 * scanEveryMs;
      const isUnaware = isOpen && fixedMs < fromMs + 2 * scanEveryMs;
      if (!isGivenUp && !isUnaware) continue;
      const isForgotten = untilMs >= endMs + keepForMs;
      const allowed = ['accepted', ...GIVEN_UP, ...(isForgotten ? ['pending'] : [])];
      const windows = [windowKey(task, endMs - windowMs)];
      context.strike({ what: 'a window may be given up', windows, allowed });
    }
  }
}

/** Somebody cleans up what a retry may still need; the store keeps it until it is old enough. */
const collectEarly: Inject = (context) => {
  const afterMs = duration(context.item, 'after', '1h');
  const role = roleOf(context);
  const store = context.stores.reachAs('cleaner', storeNames.ingestion(role));
  const clean = async (): Promise<void> => {
    const keys = await store.list('');
    for (const key of keys) {
      const stat = await store.stat(key);
      if (stat === undefined || context.timeline.nowMs() - stat.writtenMs < afterMs) continue;
      if (!context.chooses(key)) continue;
      const refused = await store.delete(key).then(
        () => false,
        () => true,
      );
      context.strike({ what: `${key} ${refused ? 'can’t be' : 'is'} deleted` });
    }
  };
  for (let atMs = context.startMs + HOUR_MS; atMs < context.endMs; atMs += HOUR_MS) {
    context.timeline.at(atMs, () => {
      clean().catch((error: unknown) => context.timeline.fail(error));
    });
  }
};

export const processorVersionFaults: Readonly<Record<string, Inject>> = {
  'proc.version_skew': versionSkew,
  'proc.gc_early': collectEarly,
};
