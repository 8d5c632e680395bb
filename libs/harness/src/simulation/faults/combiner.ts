/**
 * Faults of the combiner and of what it shows: pairs that are none, sums that are missing or come
 * twice, totals near the modulus, wrong estimates, a second publication, a dashboard that lies.
 */

import { endings, peerOf, storeNames } from '@priolab/nodes';
import { FIELD_MODULUS } from '@priolab/prio';
import { createTask } from '@priolab/roles';
import type { AggregateResult, AggregateShare } from '@priolab/roles';
import type { StoreOperation } from '@priolab/runtime';

import type { FaultReason } from '../../faults/reasons.ts';
import { windowKey } from '../book.ts';
import type { FaultContext, Inject } from '../fault.ts';
import { onProcessors } from './malicious-sums.ts';
import { count, duration, word } from './parameters.ts';
import { roleOf, sumNameOf } from './parties-at.ts';
import type { SumName } from './parties-at.ts';

/** Changes the key that the combiner reads one of a processor's sums by; undefined: none there. */
function onSumRead(
  context: FaultContext,
  answer: (name: SumName, operation: StoreOperation) => string | undefined,
): void {
  const ending = endings.sum(roleOf(context));
  context.stores.addPolicy((operation, next) => {
    const { kind, client, store, key } = operation;
    const isRead = kind === 'get' && client === 'portal' && store === storeNames.portal;
    const name = isRead && key.includes(ending) ? sumNameOf(context, key) : undefined;
    if (name === undefined) return next(operation);
    const instead = answer(name, operation);
    if (instead === undefined) return Promise.resolve(undefined);
    return next({ ...operation, key: instead });
  });
}

/** Chosen once for each window; a strike the first time. */
function choosing(context: FaultContext, what: string, heldAs: FaultReason) {
  const chosen = new Map<string, boolean>();
  return (window: string, isPossible = true): boolean => {
    const known = chosen.get(window);
    if (known !== undefined) return known;
    if (!isPossible) return false;
    const isChosen = context.chooses(window);
    chosen.set(window, isChosen);
    if (isChosen) context.strike({ what, windows: [window], allowed: [heldAs] });
    return isChosen;
  };
}

/** A sum of another window or state is read in place of the right one. */
const mismatch: Inject = (context) => {
  const what = word(context.item, 'what', 'window');
  const isChosen = choosing(context, `the sum of another ${what}`, 'wrong-window');
  const others = new Map<string, string>();
  onSumRead(context, ({ task, window, ending }, { key }) => {
    const other =
      others.get(window) ??
      [...context.stores.inside(storeNames.portal).objects.keys()].find((one) => {
        const name = sumNameOf(context, one);
        if (name === undefined || name.window === window) return false;
        if (name.ending !== `${endings.sum(roleOf(context))}.sig`) return false;
        return what === 'window' ? name.task === task : name.task.state !== task.state;
      });
    if (!isChosen(window, other !== undefined)) return key;
    others.set(window, other!);
    return other!.slice(0, other!.indexOf('.sum_')) + ending;
  });
};

const missing: Inject = (context) => {
  const role = roleOf(context);
  const isChosen = choosing(context, `the ${role}'s sum is not there`, `no-${role}-share`);
  onSumRead(context, ({ window }, { key }) => (isChosen(window) ? undefined : key));
};

/** Both sums are there, one of them twice. */
const duplicate: Inject = (context) => {
  const role = roleOf(context);
  const heldAs = `no-${peerOf(role)}-share` as const;
  const isChosen = choosing(context, `the ${role}'s sum comes twice`, heldAs);
  context.hooks.portal.push((portal) => ({
    ...portal,
    combine(leader, helper) {
      const twice = (shares: readonly AggregateShare[]) =>
        shares.flatMap((share) =>
          isChosen(windowKey(share.task, share.windowStartMs)) ? [share, share] : [share],
        );
      if (roleOf(context) === 'leader') return portal.combine(twice(leader), helper);
      return portal.combine(leader, twice(helper));
    },
  }));
};

/**
 * As if so many more reports with a one in every bin had been counted that totals pass the modulus:
 * both processors add what those would have added.
 */
const overflow: Inject = (context) => {
  const isChosen = choosing(context, 'a total of p or more', 'total-out-of-range');
  const more = FIELD_MODULUS - 1;
  onProcessors(context, ['leader', 'helper'], (inner) => ({
    takeAggregateShares: () =>
      inner.takeAggregateShares().map((share) => {
        // With nothing in it, even that many more ones stay below the modulus.
        const isEmpty = share.count === 0;
        if (isEmpty || !isChosen(windowKey(share.task, share.windowStartMs))) return share;
        const added = inner.role === 'leader' ? more : 0;
        const sum = share.sum.map((element) => (element + added) % FIELD_MODULUS);
        return { ...share, sum, count: share.count + more };
      }),
  }));
};

const debias: Inject = (context) => {
  const how = word(context.item, 'how', 'epsilon');
  const epsilon = count(context.item, 'epsilon', 1);
  context.hooks.portal.push((portal) => ({
    ...portal,
    estimate(result) {
      const window = windowKey(result.task, result.windowStartMs);
      if (!context.chooses(window)) return portal.estimate(result);
      context.strike({ what: `estimate with a wrong ${how}` });
      const right = portal.estimate(how === 'count' ? miscounted(result) : result);
      const values = { rounding: Math.round, clamp: (value: number) => Math.max(0, value) }[how];
      if (values !== undefined) return { ...right, values: right.values.map(values) };
      if (how === 'count') return right;
      const { task } = result;
      return portal.estimate({ ...result, task: createTask({ ...task, epsilon }) });
    },
  }));
};

/** Refused reports counted as clients. */
function miscounted(result: AggregateResult): AggregateResult {
  return { ...result, count: result.count + 1 + result.rejectedCount };
}

/** A window that was published long ago is published again. */
const republish: Inject = (context) => {
  const afterMs = duration(context.item, 'after', '1d');
  const { timeline } = context;
  const published = new Map<string, number>();
  const again = new Set<string>();
  context.hooks.portal.push((portal) => ({
    ...portal,
    results: {
      ...portal.results,
      async stat(key) {
        const firstMs = published.get(key);
        const isDue = firstMs !== undefined && timeline.nowMs() >= firstMs + afterMs;
        if (!isDue || again.has(key) || !context.chooses(key)) return portal.results.stat(key);
        again.add(key);
        context.strike({ what: `${key} once more` });
        return undefined;
      },
      put(key, bytes) {
        if (again.has(key)) return portal.results.put(key, bytes, { overwrite: true });
        published.set(key, timeline.nowMs());
        context.stayUntil(timeline.nowMs() + afterMs + 2 * portal.scanEveryMs);
        return portal.results.put(key, bytes);
      },
    },
  }));
};

/** What is shown to people is not what was published. */
const dashboard: Inject = (context) => {
  const how = word(context.item, 'how', 'stale');
  if (how === 'unsuppressed') return unsuppress(context);
  const shown: { readonly state: string; readonly key: string; readonly bytes: Uint8Array }[] = [];
  const meant = new Map<string, Uint8Array>();
  context.hooks.portal.push((portal) => ({
    ...portal,
    results: {
      ...portal.results,
      put(key, bytes, options) {
        const [state] = key.split('/');
        const other = shown.findLast((one) => (how === 'stale') === (one.state === state));
        shown.push({ state: state!, key, bytes });
        if (other === undefined || !context.chooses(key)) {
          return portal.results.put(key, bytes, options);
        }
        context.strike({ what: `${key} shows what is of ${other.key}` });
        meant.set(key, bytes);
        return portal.results.put(key, other.bytes, options);
      },
      // It is what people see: the portal finds what it wrote.
      get: async (key) => meant.get(key) ?? portal.results.get(key),
      async stat(key) {
        const stat = await portal.results.stat(key);
        return stat && { ...stat, size: meant.get(key)?.length ?? stat.size };
      },
    },
  }));
};

/** Everybody has forgotten that small totals are not shown. */
function unsuppress(context: FaultContext): void {
  const { minBatch } = context.settings;
  context.hooks.portal.push((portal) => ({
    ...portal,
    minBatch: () => 0,
    combine(leader, helper) {
      const combination = portal.combine(leader, helper);
      for (const { count: reports, task, windowStartMs } of combination.results) {
        const isSmall = reports < minBatch(task);
        if (!isSmall || !context.chooses(windowKey(task, windowStartMs))) continue;
        context.strike({ what: `a total of ${reports} reports is shown` });
      }
      return combination;
    },
  }));
  context.hooks.desk.push((desk) => {
    return { ...desk, settings: { ...desk.settings, minBatch: () => 0 } };
  });
}

export const combinerFaults: Readonly<Record<string, Inject>> = {
  'comb.mismatch': mismatch,
  'comb.missing': missing,
  'comb.dup': duplicate,
  'comb.overflow': overflow,
  'comb.debias': debias,
  'comb.republish': republish,
  'comb.dashboard': dashboard,
};
