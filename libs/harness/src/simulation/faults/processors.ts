/**
 * Faults of honest processors: crashes at durable writes, standstill, slowness, queues that give
 * out tasks again or in another order, peers whose messages are late or missing, wrong counts.
 */

import { endings, readBatchBase, storeNames } from '@priolab/nodes';
import type { ProcessorRole } from '@priolab/roles';
import type { StoreOperation, StorePolicy } from '@priolab/runtime';

import { windowKey } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { bounce, byHealing, isHealedBy, never, overAtMs } from './acting.ts';
import { count, duration, flag, number, word } from './parameters.ts';
import { dueMsOf, roleOf, rolesOf } from './parties-at.ts';

/** Whether an operation is done by a processor that the fault is at. */
function isBy(context: FaultContext, { client }: StoreOperation): boolean {
  return rolesOf(context).some((role) => client === `processor/${role}`);
}

const nameOf = ({ client, kind, store, key }: StoreOperation): string =>
  `${client} ${kind} ${store} ${key}`;

/** Every write of a processor is a place where it may die: before it, or after it and unaware. */
const crash: Inject = (context) => {
  const target = count(context.item, 'write', 0);
  const isBefore = word(context.item, 'step', 'before') === 'before';
  const awayMs = duration(context.item, 'restart', '5m');
  let writes = 0;
  context.stores.addPolicy(async (operation, next) => {
    if (operation.kind !== 'put' || !isBy(context, operation)) return next(operation);
    writes += 1;
    const name = `${nameOf(operation)} ${writes}`;
    const isHit = (target === 0 || writes === target) && context.chooses(name);
    if (!isHit) return next(operation);
    if (!isBefore) await next(operation);
    context.strike({ what: `crash ${isBefore ? 'before' : 'after'} write ${name}` });
    bounce(context, operation.client, awayMs);
    return never();
  });
  context.atEnd(() => context.measure('writes', writes));
};

/** Acts on operations of processors in the middle of a task, each at most once. */
const onOperation =
  (
    isAt: (operation: StoreOperation) => boolean,
    act: (operation: StoreOperation, next: Parameters<StorePolicy>[1]) => ReturnType<StorePolicy>,
  ) =>
  (context: FaultContext): void => {
    const struck = new Set<string>();
    context.stores.addPolicy((operation, next) => {
      const name = nameOf(operation);
      const isHit =
        isAt(operation) && isBy(context, operation) && !struck.has(name) && context.chooses(name);
      if (!isHit) return next(operation);
      struck.add(name);
      return act(operation, next);
    });
  };

/** A read of a batch: there a task has just begun. */
const isBatchRead = ({ kind, key }: StoreOperation): boolean =>
  kind === 'get' && key.endsWith(endings.batch);

const pause: Inject = (context) => {
  const lastsMs = duration(context.item, 'duration', '30m');
  onOperation(isBatchRead, (operation, next) => {
    const machine = context.machines.get(operation.client)!;
    context.strike({ what: `${operation.client} stands still` });
    machine.pause();
    const endMs = overAtMs(context, context.timeline.nowMs() + lastsMs);
    context.timeline.at(endMs, () => machine.resume());
    return next(operation);
  })(context);
};

/** Everything that the processor asks of its stores takes so many times as long. */
const slow: Inject = (context) => {
  const factor = number(context.item, 'factor', 10);
  context.stores.addPolicy(async (operation, next) => {
    if (!isBy(context, operation) || !context.chooses(nameOf(operation))) return next(operation);
    const fromMs = context.timeline.nowMs();
    const answer = await next(operation);
    const tookMs = context.timeline.nowMs() - fromMs;
    context.strike({ what: `${operation.client} slow` });
    const nowMs = context.timeline.nowMs();
    await context.timeline.sleep(byHealing(context, nowMs + (factor - 1) * tookMs) - nowMs);
    return answer;
  });
  countRepeats(context);
};

/** Notes how many deliveries were not the first of their task. */
function countRepeats(context: FaultContext): void {
  let repeats = 0;
  for (const role of rolesOf(context)) {
    const leases = new Map<string, number>();
    context.queues[role].addPolicy(({ id, attempt }, deliver) => {
      // Given back tasks come again as well; those whose lease ran out come after a lease.
      const nowMs = context.timeline.nowMs();
      const lastMs = leases.get(id);
      if (attempt > 1 && lastMs !== undefined && nowMs - lastMs === context.settings.leaseMs) {
        repeats += 1;
      }
      leases.set(id, nowMs);
      deliver();
    });
  }
  context.atEnd(() => context.measure('leases run out', repeats));
}

/** A task that is too large for what else is in memory: killed, and alone the next time. */
const outOfMemory: Inject = (context) => {
  const awayMs = duration(context.item, 'restart', '5m');
  onOperation(isBatchRead, (operation) => {
    context.strike({ what: `${operation.client} killed at ${operation.key}` });
    bounce(context, operation.client, awayMs);
    return never();
  })(context);
};

const redeliver: Inject = (context) => {
  const times = count(context.item, 'times', 1);
  const concurrent = flag(context.item, 'concurrent', false);
  for (const role of rolesOf(context)) {
    context.queues[role].addPolicy(({ id, attempt }, deliver) => {
      deliver();
      if (!context.chooses(`${role} ${id} ${attempt}`)) return;
      const everyMs = concurrent ? 0 : context.settings.scanEveryMs;
      const nowMs = context.timeline.nowMs();
      const againMs = Array.from({ length: times }, (_, k) => nowMs + (k + 1) * everyMs).filter(
        (atMs) => !isHealedBy(context, atMs),
      );
      if (againMs.length === 0) return;
      context.strike({ what: `${role} ${id} again` });
      for (const atMs of againMs) context.timeline.at(atMs, deliver);
    });
  }
};

const order: Inject = (context) => {
  for (const role of rolesOf(context)) {
    context.queues[role].addPolicy(({ id, attempt }, deliver) => {
      const key = `${role} ${id} ${attempt}`;
      if (!context.chooses(key)) return deliver();
      context.strike({ what: `${key} out of turn` });
      const waitMs = context.draw(key) % context.settings.scanEveryMs;
      context.timeline.at(byHealing(context, context.timeline.nowMs() + waitMs), deliver);
    });
  }
};

/** The batch that a processor's message is about, and its name in the ingestion store. */
function validityBatch(
  context: FaultContext,
  { kind, store, key }: StoreOperation,
): { readonly batchId: string; readonly role: ProcessorRole } | undefined {
  if (kind !== 'put') return undefined;
  for (const role of rolesOf(context)) {
    const at = key.indexOf(endings.validity(role));
    if (at === -1 || store === storeNames.validity(role)) continue;
    const found = readBatchBase(key.slice(0, at));
    if (found !== undefined) return { batchId: found.batchId, role };
  }
  return undefined;
}

/** Where one side has nothing of the other's, neither sums the batch, and both say so. */
const UNHEARD = ['batch-unmatched', 'peer-missing', 'batch-late'];

/** Objects of one message, by the ending of their keys. */
type Message = Map<string, Uint8Array>;
const PARTS_OF_MESSAGE = 3;

const peerMissing: Inject = (context) => {
  const how = word(context.item, 'how', 'nothing');
  const whole: Message[] = [];
  const seen = new Map<string, Message>();
  /** Batch -> what is written in place of the message about it. */
  const instead = new Map<string, Message>();
  const strike = (role: ProcessorRole, batchId: string): void => {
    const message = how === 'nothing' ? new Map<string, Uint8Array>() : whole.at(-1)!;
    instead.set(batchId, message);
    const what = `${how} in place of what the ${role} says of ${batchId}`;
    const allowed = how === 'nothing' ? UNHEARD : [...UNHEARD, 'batch-header'];
    context.strike({ what, batchIds: [batchId], allowed });
  };
  context.stores.addPolicy((operation, next) => {
    const found = validityBatch(context, operation);
    if (found === undefined) return next(operation);
    const { batchId, role } = found;
    const ending = operation.key.slice(operation.key.indexOf(batchId) + batchId.length);
    const isFirst = !seen.has(batchId);
    const own: Message = seen.get(batchId) ?? new Map();
    seen.set(batchId, own.set(ending, operation.bytes!));
    const isPossible = how === 'nothing' || whole.length > 0;
    if (isFirst && isPossible && context.chooses(`${role} ${batchId}`)) strike(role, batchId);
    if (own.size === PARTS_OF_MESSAGE) whole.push(own);
    const other = instead.get(batchId);
    if (other === undefined) return next(operation);
    const bytes = other.get(ending);
    return bytes === undefined ? Promise.resolve(true) : next({ ...operation, bytes });
  });
};

const peerLate: Inject = (context) => {
  const lateMs = duration(context.item, 'by', '6h');
  const { scanEveryMs } = context.settings;
  context.stores.addPolicy((operation, next) => {
    const found = validityBatch(context, operation);
    if (found === undefined) return next(operation);
    const { batchId, role } = found;
    const name = `${role} ${batchId}`;
    if (!context.chooses(name)) return next(operation);
    const arrivesMs = byHealing(context, context.timeline.nowMs() + lateMs);
    const base = operation.key.slice(0, operation.key.indexOf(batchId) + batchId.length);
    const dueMs = dueMsOf(context, base);
    const allowed =
      arrivesMs < dueMs
        ? ['accepted']
        : arrivesMs < dueMs + 2 * scanEveryMs
          ? ['accepted', ...UNHEARD]
          : UNHEARD;
    context.strike({ what: `word of ${name} comes late`, batchIds: [batchId], allowed });
    context.timeline.at(arrivesMs, () => void next(operation));
    return Promise.resolve(true);
  });
};

/** The prio-server of 2021 counted refused reports as clients (ENPA section 9.2 no. 29). */
const countDrift: Inject = (context) => {
  const drifting = roleOf(context);
  context.hooks.processor.push((inner, { role, task }) => {
    if (role !== drifting) return inner;
    return {
      ...inner,
      takeAggregateShares: () =>
        inner.takeAggregateShares().map((share) => {
          const key = windowKey(task, share.windowStartMs);
          if (share.rejectedCount === 0 || !context.chooses(key)) return share;
          const what = `${role} counts ${share.rejectedCount} refused reports`;
          context.strike({ what, windows: [key], allowed: ['counts-differ'] });
          return { ...share, count: share.count + share.rejectedCount };
        }),
    };
  });
};

export const processorFaults: Readonly<Record<string, Inject>> = {
  'proc.crash': crash,
  'proc.pause': pause,
  'proc.slow': slow,
  'proc.oom': outOfMemory,
  'proc.redeliver': redeliver,
  'proc.peer_missing': peerMissing,
  'proc.peer_late': peerLate,
  'proc.order': order,
  'proc.count_drift': countDrift,
};
