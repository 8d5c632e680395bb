/** Faults of stores: what they lose, change, hide or refuse. Policies on machines' operations. */

import { PACKETS, SIGNATURE, endings, readBatchBase, storeNames } from '@priolab/nodes';
import { TransportError } from '@priolab/runtime';
import type { StoreOperation } from '@priolab/runtime';

import { isNameAt } from '../../faults/places.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { byHealing } from './acting.ts';
import { duration, word } from './parameters.ts';
import { setNameOf, sumNameOf } from './parties-at.ts';

const HOUR_MS = 3_600_000;
const BATCH_ID_DIGITS = 32;

function isAt({ item }: FaultContext, { store }: StoreOperation): boolean {
  return isNameAt('store', item.place, store);
}

/** The batch whose parts, or about which messages, have this key; none: []. */
function batchIdsOf(key: string): string[] {
  const base = key.slice(0, key.lastIndexOf('/') + 1 + BATCH_ID_DIGITS);
  const found = readBatchBase(base);
  return found === undefined ? [] : [found.batchId];
}

/** Every time that an operation is done there is a coin of its own. */
function occasions(): (operation: StoreOperation) => string {
  const times = new Map<string, number>();
  return ({ kind, client, store, key }) => {
    const name = `${kind} ${client} ${store} ${key}`;
    times.set(name, (times.get(name) ?? 0) + 1);
    return `${name} ${times.get(name)}`;
  };
}

/** A read brings a changed byte; the next one may be right again. */
const corrupt: Inject = (context) => {
  const occasion = occasions();
  context.stores.addPolicy(async (operation, next) => {
    const answer = await next(operation);
    if (operation.kind !== 'get' || !(answer instanceof Uint8Array) || answer.length === 0) {
      return answer;
    }
    if (!isAt(context, operation)) return answer;
    const name = occasion(operation);
    if (!context.chooses(name)) return answer;
    const changed = answer.slice();
    changed[context.draw(`byte ${name}`) % changed.length]! ^= 0x20;
    // What is read at the last look before the sum is not read again: noticed, and left out.
    const allowed = ['accepted', 'batch-digest', 'batch-signature', 'peer-missing'];
    context.strike({ what: `changed: ${name}`, batchIds: batchIdsOf(operation.key), allowed });
    return changed;
  });
};

/** Half an object is stored for good: what is signed is seen to be torn, and its batch refused. */
const torn: Inject = (context) => {
  const keep = Number(context.item.params['keep'] ?? 0.5);
  context.stores.addPolicy(async (operation, next) => {
    const { kind, store, key, bytes } = operation;
    const isPart = kind === 'put' && isAt(context, operation) && bytes!.length > 1;
    if (!isPart || !context.chooses(`${store} ${key}`)) return next(operation);
    const what = `torn: ${store} ${key}`;
    const window = setNameOf(context, key)?.window;
    // A processor that can't read which batches its peer has never sums that window.
    const undecided = ['accepted', 'no-leader-share', 'no-helper-share', 'pending'];
    if (window !== undefined) context.strike({ what, windows: [window], allowed: undecided });
    const isPackets = key.endsWith(PACKETS);
    const unread = [isPackets ? 'batch-digest' : 'batch-signature', 'peer-missing'];
    // Who spoke in vain has the batch in full, and learns that its peer has not summed it.
    const allowed = store.startsWith('validity-') ? [...unread, 'batch-unmatched'] : unread;
    if (window === undefined) context.strike({ what, batchIds: batchIdsOf(key), allowed });
    return next({ ...operation, bytes: bytes!.subarray(0, Math.floor(keep * bytes!.length)) });
  });
};

/** Says that it wrote, and did not. */
const lostWrite: Inject = (context) => {
  const occasion = occasions();
  context.stores.addPolicy(async (operation, next) => {
    if (operation.kind !== 'put' || !isAt(context, operation)) return next(operation);
    if (!context.chooses(occasion(operation))) return next(operation);
    const { store, key } = operation;
    context.strike({ what: `not written: ${store} ${key}`, batchIds: batchIdsOf(key) });
    return true;
  });
};

/** The first write of a batch's part, or of a sum's, goes to another state's name. */
const misdirect: Inject = (context) => {
  const states = [...new Set([...context.parties.tasks.values()].map(({ state }) => state))];
  const done = new Set<string>();
  context.stores.addPolicy(async (operation, next) => {
    const { kind, store, key } = operation;
    if (kind !== 'put' || !isAt(context, operation)) return next(operation);
    // The parts of a batch share a coin, those of a sum have one each.
    const base = key.includes('.sum_') ? key : key.slice(0, key.lastIndexOf(endings.batch));
    const name = `${store} ${key}`;
    const own = states.find((state) => key.startsWith(`${state}-`));
    if (own === undefined || done.has(name) || !context.chooses(`${store} ${base}`)) {
      return next(operation);
    }
    done.add(name);
    const other = states[(states.indexOf(own) + 1) % states.length]!;
    const elsewhere = other + key.slice(own.length);
    const what = `${name} went to ${elsewhere}`;
    const sums = [key, elsewhere].flatMap((one) => sumNameOf(context, one)?.window ?? []);
    if (sums.length > 0) {
      // One window lacks a part, and what the other's part was is gone.
      context.strike({
        what,
        windows: sums,
        allowed: ['accepted', 'wrong-window', 'no-leader-share', 'no-helper-share'],
      });
    } else if (key.endsWith(SIGNATURE)) {
      context.strike({ what, batchIds: batchIdsOf(key) });
    }
    return next({ ...operation, key: elsewhere });
  });
};

/** Listings do not show what was written lately. */
const staleList: Inject = (context) => {
  const lagMs = duration(context.item, 'lag', '1h');
  context.stores.addPolicy(async (operation, next) => {
    const answer = await next(operation);
    if (operation.kind !== 'list' || !isAt(context, operation) || !context.isOn()) {
      return answer;
    }
    const { objects } = context.stores.inside(operation.store);
    const sinceMs = context.timeline.nowMs() - lagMs;
    const keys = answer as readonly string[];
    const seen = keys.filter((key) => (objects.get(key)?.writtenMs ?? 0) <= sinceMs);
    if (seen.length < keys.length && context.chooses(`${operation.client} ${operation.key}`)) {
      context.strike({ what: `${keys.length - seen.length} of ${operation.store} hidden` });
      return seen;
    }
    return answer;
  });
};

const full: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '2h');
  context.stores.addPolicy(async (operation, next) => {
    const isHit = operation.kind === 'put' && isAt(context, operation) && context.isOn();
    const isOver = context.timeline.nowMs() >= context.beginsMs() + lastsMs;
    if (!isHit || isOver) return next(operation);
    const { store, key } = operation;
    context.strike({ what: `${store} is full` });
    const text = `${store} ${key}: expected room, the store is full`;
    throw new TransportError('full', text, { retryable: true, definite: true });
  });
};

const slow: Inject = (context) => {
  const latencyMs = duration(context.item, 'latency', '30s');
  const occasion = occasions();
  context.stores.addPolicy(async (operation, next) => {
    if (!isAt(context, operation) || !context.chooses(occasion(operation))) {
      return next(operation);
    }
    context.strike({ what: `${operation.kind} of ${operation.store} takes ${latencyMs} ms` });
    const nowMs = context.timeline.nowMs();
    await context.timeline.sleep(byHealing(context, nowMs + latencyMs) - nowMs);
    return next(operation);
  });
};

/** Stores that hold shares or uploads. */
const RAW = [
  storeNames.ingestion('leader'),
  storeNames.ingestion('helper'),
  storeNames.validity('leader'),
  storeNames.validity('helper'),
  storeNames.inbox('apple'),
  storeNames.inbox('google'),
];

/**
 * Retention is set to nothing (`deletes-early`), or deleting fails for a while (`keeps-late`). In
 * the end no raw object may be left, and nothing may have gone that was still needed: a report in
 * an object that is left may not end in any way.
 */
const expire: Inject = (context) => {
  const isEarly = word(context.item, 'how', 'deletes-early') === 'deletes-early';
  const { settings, hooks, stores, timeline, endMs } = context;
  if (isEarly) {
    const keepFor = (otherwise: () => number) => (): number => (context.isOn() ? 0 : otherwise());
    hooks.batcher.push((options) => ({ ...options, keepForMs: keepFor(options.keepForMs) }));
    hooks.desk.push(({ settings: own, ...desk }) => {
      return { ...desk, settings: { ...own, keepForMs: keepFor(own.keepForMs) } };
    });
    context.whenItBegins(() => context.strike({ what: 'retention set to nothing' }));
  }
  const isForGood = isEarly && context.item.untilMs === Infinity;
  const keepForMs = isForGood ? 0 : settings.keepForMs;
  const window = Math.max(...[...context.parties.tasks.values()].map(({ windowMs }) => windowMs));
  const waitsMs = Math.max(keepForMs, settings.graceMs + settings.peerPatienceMs);
  const goneMs = endMs + window + waitsMs + settings.ageMsMax + 12 * HOUR_MS;
  let deletes = 0;
  stores.addPolicy(async (operation, next) => {
    if (operation.kind !== 'delete') return next(operation);
    const { store, key } = operation;
    const fails = !isEarly && timeline.nowMs() < goneMs - 12 * HOUR_MS;
    if (!fails || !context.chooses(`${store} ${key}`)) {
      deletes += 1;
      return next(operation);
    }
    context.strike({ what: `can't delete ${key} of ${store}` });
    const text = `${store} ${key}: not deleted`;
    throw new TransportError('unavailable', text, { retryable: true, definite: true });
  });
  context.stayUntil(goneMs);
  context.atEnd(() => {
    const left = RAW.flatMap((store) =>
      [...stores.inside(store).objects.keys()]
        .filter((key) => batchIdsOf(key).length > 0 || key.startsWith('uploads/'))
        .map((key) => ({ store, key })),
    );
    context.measure('deleted', deletes);
    context.measure('raw objects left', left.length);
    if (left.length === 0) return;
    const what = `${left.length} raw objects left, such as ${left[0]!.store} ${left[0]!.key}`;
    const reports = context.book.reports.map(({ number }) => number);
    context.strike({ what, reports, allowed: [] });
  });
};

export const storageFaults: Readonly<Record<string, Inject>> = {
  'sto.corrupt': corrupt,
  'sto.torn': torn,
  'sto.lost_write': lostWrite,
  'sto.misdirect': misdirect,
  'sto.stale_list': staleList,
  'sto.full': full,
  'sto.slow': slow,
  'sto.expire': expire,
};
