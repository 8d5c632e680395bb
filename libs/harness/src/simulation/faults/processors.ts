/**
 * Faults of honest processors: they die, stand still, are slow, get tasks twice, wait for a peer
 * that does not speak, or speak different versions. Results must be as if nothing had been, or what
 * is lost must be named.
 */

import { storeNames, peerOf } from '@priolab/nodes';
import type { StoreOperation } from '@priolab/runtime';

import type { FaultContext, Inject } from '../fault.ts';
import { HOUR_MS, atItsTime, batchOf, crashFor, neverAnswered, onOperations } from './acting.ts';
import { roleAt } from './acting.ts';
import { count, duration, flag, word } from './parameters.ts';

/** A crash at every write for ever would be no fault but an outage. */
function isLeft({ item }: FaultContext, strikes: number): boolean {
  return strikes < (item.p === 1 && item.dose === Infinity ? 1 : item.dose);
}

const crash: Inject = (context) => {
  const { item } = context;
  const client = `processor/${roleAt(context)}`;
  const chosenWrite = count(item, 'write', 0);
  const before = word(item, 'step', 'before') === 'before';
  const awayMs = duration(item, 'restart', '5m');
  let writes = 0;
  let strikes = 0;
  const isPut = (one: StoreOperation): boolean => one.kind === 'put' && one.client === client;
  onOperations(context, isPut, async (operation, next) => {
    writes += 1;
    const isChosen =
      chosenWrite === 0 ? context.chooses(`write ${writes}`) : writes === chosenWrite;
    if (!isChosen || !context.isOn() || !isLeft(context, strikes)) return next(operation);
    strikes += 1;
    if (!before) await next(operation);
    context.strike({ what: `${client} dies ${before ? 'before' : 'after'} write ${writes}` });
    crashFor(context, client, awayMs);
    return neverAnswered();
  });
};

/** Dies while it reads a batch: what a task needs does not fit. */
const outOfMemory: Inject = (context) => {
  const client = `processor/${roleAt(context)}`;
  const awayMs = duration(context.item, 'restart', '5m');
  let reads = 0;
  let strikes = 0;
  const isRead = ({ kind, key, client: who }: StoreOperation): boolean =>
    kind === 'get' && who === client && key.endsWith('.packets');
  onOperations(context, isRead, (operation, next) => {
    reads += 1;
    if (!context.chooses(`read ${reads}`) || !isLeft(context, strikes)) return next(operation);
    strikes += 1;
    context.strike({ what: `${client} is killed at read ${reads}` });
    crashFor(context, client, awayMs);
    return neverAnswered();
  });
};

const pause: Inject = (context) => {
  const name = `processor/${roleAt(context)}`;
  const lastsMs = duration(context.item, 'duration', '30m');
  atItsTime(context, 4 * HOUR_MS, () => {
    const machine = context.machines.get(name)!;
    machine.pause();
    context.strike({ what: `${name} stands still for ${lastsMs} ms` });
    context.timeline.after(lastsMs, () => machine.resume());
    context.stayUntil(context.timeline.nowMs() + lastsMs);
  });
};

const slow: Inject = (context) => {
  const client = `processor/${roleAt(context)}`;
  const factor = count(context.item, 'factor', 10);
  const usualMs = 1 + context.settings.jitterMs / 4;
  const isOwn = (operation: StoreOperation): boolean => operation.client === client;
  onOperations(context, isOwn, async (operation, next) => {
    if (!context.chooses(`${operation.kind} ${operation.key}`)) return next(operation);
    context.strike({ what: `${operation.kind} takes ${factor} times as long` });
    await context.timeline.sleep((factor - 1) * usualMs);
    return next(operation);
  });
};

const redeliver: Inject = (context) => {
  const times = count(context.item, 'times', 1);
  const concurrent = flag(context.item, 'concurrent', false);
  context.queues[roleAt(context)].addPolicy(({ id, attempt }, deliver) => {
    deliver();
    if (!context.chooses(`${id} ${attempt}`)) return;
    context.strike({ what: `${id} comes ${times} times more` });
    for (let i = 1; i <= times; i++) {
      if (concurrent) deliver();
      else context.timeline.after(i * 2 * context.settings.leaseMs, deliver);
    }
    context.stayUntil(context.timeline.nowMs() + (times + 1) * 2 * context.settings.leaseMs);
  });
};

/** Tasks wait for a while that has nothing to do with when they were made. */
const order: Inject = (context) => {
  context.queues[roleAt(context)].addPolicy(({ id, attempt }, deliver) => {
    if (!context.chooses(`${id} ${attempt}`)) return deliver();
    context.strike({ what: `${id} is put off` });
    context.timeline.after(context.draw(`order ${id} ${attempt}`) % (HOUR_MS / 2), deliver);
  });
};

/** What the peer of the processor that the fault is at writes about one batch. */
function isPeerValidity(context: FaultContext): (operation: StoreOperation) => boolean {
  const role = roleAt(context);
  const store = storeNames.validity(role);
  const client = `processor/${peerOf(role)}`;
  return (one) =>
    one.kind === 'put' &&
    one.client === client &&
    one.store === store &&
    one.key.includes('.validity_');
}

const peerMissing: Inject = (context) => {
  const otherBatch = word(context.item, 'how', 'nothing') === 'other-batch';
  const first = new Map<string, StoreOperation>();
  const struck = new Set<string>();
  onOperations(context, isPeerValidity(context), (operation, next) => {
    const { base, batchId } = batchOf(operation.key)!;
    const ending = operation.key.slice(base.length);
    const spare = first.get(ending);
    if (spare === undefined) first.set(ending, operation);
    const isSpare = spare === undefined || spare.key === operation.key;
    // The first batch is what stands in for others.
    if (!struck.has(base) && ((otherBatch && isSpare) || !context.chooses(base))) {
      return next(operation);
    }
    if (!struck.has(base)) {
      const allowed = otherBatch ? ['batch-header', 'batch-unmatched'] : ['batch-unmatched'];
      context.strike({ what: `nothing about ${batchId}`, batchIds: [batchId], allowed });
      struck.add(base);
    }
    if (!otherBatch) return Promise.resolve(true);
    return next({ ...operation, bytes: spare!.bytes! });
  });
};

const peerLate: Inject = (context) => {
  const byMs = duration(context.item, 'by', '6h');
  const struck = new Set<string>();
  onOperations(context, isPeerValidity(context), (operation, next) => {
    const { base, batchId } = batchOf(operation.key)!;
    if (!struck.has(base) && !context.chooses(base)) return next(operation);
    if (!struck.has(base)) {
      const allowed = ['accepted', 'batch-unmatched', 'batch-late'];
      context.strike({ what: `late about ${batchId}`, batchIds: [batchId], allowed });
      struck.add(base);
    }
    // The writer is told that it is written; the reader sees it later.
    context.timeline.after(byMs, () => void next(operation));
    return Promise.resolve(true);
  });
};

const versionSkew: Inject = (context) => {
  const owner = `processor/${roleAt(context)}`;
  const compatible = word(context.item, 'change', 'compatible') === 'compatible';
  const lastsMs = duration(context.item, 'duration', '6h');
  const endMs = context.startMs + context.item.fromMs + lastsMs;
  context.hooks.signer.push((inner, where) => {
    if (where.owner !== owner) return inner;
    return {
      ...inner,
      seal(header, packets) {
        const { kind, batchId } = header;
        const isNew = context.isOn() && context.timeline.nowMs() < endMs;
        if (!isNew || kind !== 'validity') return inner.seal(header, packets);
        const allowed = compatible ? ['accepted'] : ['batch-header', 'batch-unmatched'];
        const batchIds = compatible ? [] : [String(batchId)];
        context.strike({ what: `${owner} writes version 2`, batchIds, allowed });
        const changed = compatible ? { version: 2 } : { kind: 'validity-v2' };
        return inner.seal({ ...header, ...changed }, packets);
      },
    };
  });
};

/** Somebody cleans up what a retry may still need; the store keeps it until it is old enough. */
const collectEarly: Inject = (context) => {
  const afterMs = duration(context.item, 'after', '1h');
  const role = roleAt(context);
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

/** Counts what it refused: the two counts differ, and the combiner holds the window. */
const countDrift: Inject = (context) => {
  const owner = `processor/${roleAt(context)}`;
  context.hooks.signer.push((inner, where) => {
    if (where.owner !== owner) return inner;
    return {
      ...inner,
      seal(header, packets) {
        const { kind, count: counted, rejectedCount: rejected, task, windowStartMs } = header;
        const drift = Number(rejected);
        if (kind !== 'sum' || drift === 0 || !context.chooses(`${task} ${windowStartMs}`)) {
          return inner.seal(header, packets);
        }
        const windows = [`${task}/${windowStartMs}`];
        context.strike({ what: `counts ${drift} too many`, windows, allowed: ['window-held'] });
        return inner.seal({ ...header, count: Number(counted) + drift, rejectedCount: 0 }, packets);
      },
    };
  });
};

export const processorFaultCode: Readonly<Record<string, Inject>> = {
  'proc.crash': crash,
  'proc.pause': pause,
  'proc.slow': slow,
  'proc.oom': outOfMemory,
  'proc.redeliver': redeliver,
  'proc.peer_missing': peerMissing,
  'proc.peer_late': peerLate,
  'proc.version_skew': versionSkew,
  'proc.order': order,
  'proc.gc_early': collectEarly,
  'proc.count_drift': countDrift,
};
