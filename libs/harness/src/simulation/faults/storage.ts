/** Faults of stores: what they lose, change, hide or refuse. Policies on machines' operations. */

import { toHex } from '@priolab/crypto';
import {
  PACKETS,
  READ_ATTEMPTS,
  SIGNATURE,
  STORED_ATTEMPTS,
  endings,
  readBatchBase,
  readWindowBase,
  storeNames,
} from '@priolab/nodes';
import type { Task } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { StoreOperation } from '@priolab/runtime';

import { isNameAt } from '../../faults/places.ts';
import { uploadName, windowKey } from '../book.ts';
import type { FaultContext, Inject, Strike } from '../fault.ts';
import { byHealing } from './acting.ts';
import { duration, word } from './parameters.ts';
import { dueMsOf, setNameOf, sumNameOf, taskOfKey } from './parties-at.ts';
import type { SumName } from './parties-at.ts';

const HOUR_MS = 3_600_000;
/** From when a window is due until both processors have decided about its batches. */
const SETTLED_MS = 2 * HOUR_MS;
const BATCH_ID_DIGITS = 32;

function isAt({ item }: FaultContext, { store }: StoreOperation): boolean {
  return isNameAt('store', item.place, store);
}

/** The name of the batch whose parts, or about which messages, have this key. */
function batchAt(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1 + BATCH_ID_DIGITS);
}

/** The same batch's id; none: []. */
function batchIdsOf(key: string): string[] {
  const found = readBatchBase(batchAt(key));
  return found === undefined ? [] : [found.batchId];
}

function stayUntilDecided(context: FaultContext, key: string): void {
  if (batchIdsOf(key).length > 0) {
    context.stayUntil(dueMsOf(context, batchAt(key)) + SETTLED_MS);
  }
}

/** The window (`windowKey`) of a published result, by its key. */
function windowAt(context: FaultContext, key: string): string[] {
  const task = taskOfKey(context, key);
  const windowStartMs = readWindowBase(key);
  if (task === undefined || windowStartMs === undefined) return [];
  return [windowKey(task, windowStartMs)];
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

/** What may come of windows of which one processor can't read which batches its peer has. */
const UNDECIDED = ['accepted', 'no-leader-share', 'no-helper-share', 'pending'];

/** What an object that can't be read touches. */
type Touched = Pick<Strike, 'reports' | 'batchIds' | 'windows' | 'allowed'>;

/** The windows of a task whose reports are known. */
function windowsOf({ book }: FaultContext, task: Task): string[] {
  const reports = book.reports.filter((report) => report.task === task);
  return [...new Set(reports.map(({ windowStartMs }) => windowKey(task, windowStartMs)))];
}

/**
 * Windows that wait for an object: a sum or its copy, which batches there are, a part of a plan, or
 * which versions the peer speaks.
 */
function waitingFor(context: FaultContext, { store, key }: StoreOperation): string[] {
  const sum = sumNameOf(context, key) ?? setNameOf(context, key);
  // A report may be in any window of its task: what was in the others must be known.
  if (sum !== undefined && isState(store)) return windowsOf(context, sum.task);
  if (sum !== undefined) return [sum.window];
  const all = [...context.parties.tasks.values()];
  // Without a common version nothing is said, and nothing is summed.
  const isVersion = key.startsWith('versions/') && store.startsWith('validity-');
  if (isVersion) return all.flatMap((one) => windowsOf(context, one));
  const task = all.find(({ id }) => {
    return /^(?:plans|uploads)\//.test(key) && key.split('/')[2] === toHex(id);
  });
  return task === undefined ? [] : windowsOf(context, task);
}

const isState = (store: string): boolean => store.startsWith('state-');

/** The report of a stored upload. */
function reportsAt(
  { book, stores }: FaultContext,
  { store, key, bytes }: StoreOperation,
): readonly number[] {
  const upload = bytes ?? stores.inside(store).objects.get(key)?.bytes;
  const isUpload = key.startsWith('uploads/') && upload !== undefined;
  const report = isUpload ? book.reportOfUpload(upload) : undefined;
  return report === undefined ? [] : [report];
}

/** A read brings a changed byte; the next one may be right again. */
const corrupt: Inject = (context) => {
  // What is read at the last look before the sum is not read again: noticed, and left out. Who has
  // no word of its peer leaves a batch out, and who spoke in vain learns of it.
  const unread = ['batch-digest', 'batch-signature', 'peer-missing', 'batch-unmatched'];
  const occasion = occasions();
  const times = new Map<string, number>();
  /** Whether so many reads were changed that those in a row may all have been. */
  const isGivenUp = ({ client, key }: StoreOperation, [window]: readonly string[]): boolean => {
    const isUpload = key.startsWith('uploads/');
    const name = `${client} ${isUpload ? key : window}`;
    times.set(name, (times.get(name) ?? 0) + 1);
    return times.get(name)! >= (isUpload ? STORED_ATTEMPTS : READ_ATTEMPTS);
  };
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
    const what = `changed: ${name}`;
    const waiting = waitingFor(context, operation);
    if (waiting.length > 0) {
      const reports = reportsAt(context, operation);
      // What never comes back right holds up all that waits for it: batched late, or never.
      const windows = isGivenUp(operation, waiting) ? waiting : [];
      const late = [...UNDECIDED, 'batch-late', ...unread];
      const allowed = windows.length > 0 ? late : ['accepted'];
      context.strike({ what, reports, windows, allowed });
    } else {
      const { store, key } = operation;
      context.strike({ what, batchIds: batchIdsOf(key), allowed: ['accepted', ...unread] });
      // Once all batches of a window are refused, it is still to be closed.
      if (store.startsWith('validity-')) stayUntilDecided(context, key);
    }
    return changed;
  });
};

/**
 * Half an object is stored: what is signed is seen to be torn, and its batch or sum refused. A
 * party's own note is written over by its writer, who sees that it is too short.
 */
const torn: Inject = (context) => {
  const keep = Number(context.item.params['keep'] ?? 0.5);
  const done = new Set<string>();
  context.stores.addPolicy(async (operation, next) => {
    const { kind, store, key, bytes } = operation;
    const isPart = kind === 'put' && isAt(context, operation) && bytes!.length > 1;
    const name = `${store} ${key}`;
    if (!isPart || done.has(name) || !context.chooses(name)) return next(operation);
    done.add(name);
    const part = bytes!.subarray(0, Math.floor(keep * bytes!.length));
    context.strike({ what: `torn: ${name}`, ...tornAt(context, operation) });
    for (const report of reportsAt(context, operation)) {
      context.book.alias(uploadName(part), report);
    }
    return next({ ...operation, bytes: part });
  });
};

function tornAt(context: FaultContext, operation: StoreOperation): Touched {
  const { store, key } = operation;
  const [report] = reportsAt(context, operation);
  // A phone that has not heard that it is stored sends it again.
  if (report !== undefined) return { reports: [report], allowed: ['accepted', 'truncated'] };
  if (isState(store) || store.startsWith('inbox-')) return { batchIds: batchIdsOf(key) };
  const sum = sumNameOf(context, key);
  if (sum !== undefined) return { windows: [sum.window], allowed: [missingShare(sum)] };
  const set = setNameOf(context, key);
  if (set !== undefined) return { windows: [set.window], allowed: UNDECIDED };
  if (store === storeNames.results) {
    return { windows: windowAt(context, key), allowed: ['not-shown'] };
  }
  const unread = [key.endsWith(PACKETS) ? 'batch-digest' : 'batch-signature', 'peer-missing'];
  const allowed = store.startsWith('validity-') ? [...unread, 'batch-unmatched'] : unread;
  return { batchIds: batchIdsOf(key), allowed };
}

/** What a window is held for of which a sum can't be read. */
function missingShare({ ending }: SumName): string {
  return ending.startsWith(endings.sum('leader')) ? 'no-leader-share' : 'no-helper-share';
}

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

/** The first write of an object goes to another state's name. */
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
    // Of a batch's parts the last one, so that a batch is one strike.
    const isCounted = !key.includes(endings.batch) || key.endsWith(SIGNATURE);
    const touched = misdirectedAt(context, store, [key, elsewhere]);
    if (isCounted) context.strike({ what: `${name} went to ${elsewhere}`, ...touched });
    // Of the batch, all that is known at first is that a copy of it was refused.
    if (key.includes(endings.batch)) stayUntilDecided(context, key);
    return next({ ...operation, key: elsewhere });
  });
};

/** What stands under another's name keeps it from standing there, where nobody may change it. */
function misdirectedAt(context: FaultContext, store: string, keys: readonly string[]): Touched {
  const [key] = keys;
  // A party's own note says whose it is.
  if (isState(store)) return { batchIds: batchIdsOf(key!) };
  const windowsBy = (find: typeof sumNameOf): string[] =>
    keys.flatMap((one) => find(context, one)?.window ?? []);
  const sums = windowsBy(sumNameOf);
  const shares = ['no-leader-share', 'no-helper-share'];
  // One window lacks a part, and what the other's part was is gone.
  if (sums.length > 0) return { windows: sums, allowed: ['accepted', 'wrong-window', ...shares] };
  const sets = windowsBy(setNameOf);
  // A copy of a batch under another state's name is refused, and all that is known of the batch.
  if (sets.length > 0) return { windows: sets, allowed: [...UNDECIDED, 'batch-header'] };
  if (store !== storeNames.results) return { batchIds: batchIdsOf(key!) };
  const windows = keys.flatMap((one) => windowAt(context, one));
  return { windows, allowed: ['accepted', 'not-shown'] };
}

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
