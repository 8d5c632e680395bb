/**
 * Faults of the combiner and of what comes to it: sums of other windows, none, two of them, totals
 * that wrap around, wrong estimates, a second publication.
 */

import { toHex } from '@priolab/crypto';
import { endings, storeNames } from '@priolab/nodes';
import { FIELD_MODULUS } from '@priolab/prio';
import { flipThreshold } from '@priolab/roles';
import type { AggregateShare, Task } from '@priolab/roles';
import type { ObjectStat, StoreOperation } from '@priolab/runtime';

import type { FaultContext, Inject } from '../fault.ts';
import { onOperations } from './acting.ts';
import { count, duration, word } from './parameters.ts';

const HELD = ['window-held'];
const SUM = /\.sum_[01]/;

function isPortalRead({ kind, client, key }: StoreOperation): boolean {
  return kind === 'get' && client === 'portal' && SUM.test(key);
}

/** The window that an object's name speaks of, if the book knows it. */
function windowOf({ book, parties }: FaultContext, key: string): string | undefined {
  const match = /^(.+?)-(apple|google)\/(.+)\/(\d{12})-\d{12}\.sum_/.exec(key);
  if (match === null) return undefined;
  const [, state, vendor, metric, minute] = match;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(minute!)!;
  const [, y, m, d, h, min] = parts;
  const startMs = Date.parse(`${y}-${m}-${d}T${h}:${min}:00Z`);
  const task = [...parties.tasks.values()].find(
    (one) => one.state === state && one.vendor === vendor && one.metric.id === metric,
  );
  const window = task === undefined ? undefined : `${toHex(task.id)}/${startMs}`;
  return window !== undefined && book.windows.has(window) ? window : undefined;
}

/** The combiner is given the helper's sum of another window or state. */
const mismatch: Inject = (context) => {
  const otherState = word(context.item, 'what', 'window') === 'state';
  const helper = endings.sum('helper');
  const struck = new Set<string>();
  const taskOf = (key: string): string => key.slice(0, key.lastIndexOf('/'));
  onOperations(context, isPortalRead, (operation, next) => {
    const { key } = operation;
    const at = key.indexOf(helper);
    if (at === -1) return next(operation);
    const base = key.slice(0, at);
    const others = context.stores
      .inside(storeNames.portal)
      .listNow('')
      .filter((one) => one.endsWith(`${helper}.sig`) && !one.startsWith(base))
      .filter((one) => (taskOf(one) === taskOf(base)) !== otherState)
      .map((one) => one.slice(0, -`${helper}.sig`.length));
    const [other] = others;
    if (other === undefined || (!struck.has(base) && !context.chooses(base))) {
      return next(operation);
    }
    if (!struck.has(base)) {
      struck.add(base);
      const window = windowOf(context, key);
      const windows = window === undefined ? [] : [window];
      context.strike({ what: `${base} gets the sum of ${other}`, windows, allowed: HELD });
    }
    return next({ ...operation, key: other + key.slice(at) });
  });
};

/** One of the two sums never reaches the combiner. */
const missing: Inject = (context) => {
  const hidden = new Set<string>();
  onOperations(context, isPortalRead, (operation, next) => {
    const base = operation.key.replace(SUM, ' ').split(' ')[0]!;
    if (!operation.key.includes(endings.sum('helper'))) return next(operation);
    if (!hidden.has(base) && !context.chooses(base)) return next(operation);
    if (!hidden.has(base)) {
      hidden.add(base);
      const window = windowOf(context, operation.key);
      const windows = window === undefined ? [] : [window];
      context.strike({ what: `${base} has one sum only`, windows, allowed: HELD });
      const { graceMs, peerPatienceMs, scanEveryMs } = context.settings;
      context.stayUntil(context.endMs + graceMs + peerPatienceMs + 2 * scanEveryMs);
    }
    return Promise.resolve(undefined);
  });
};

/** A sum part is handed in twice: the second time there is nothing to write. */
const doubled: Inject = (context) => {
  const isSum = ({ kind, store, key }: StoreOperation): boolean =>
    kind === 'put' && store === storeNames.portal && SUM.test(key);
  onOperations(context, isSum, async (operation, next) => {
    const answer = await next(operation);
    if (context.chooses(operation.key)) {
      const again = await next(operation);
      context.strike({ what: `${operation.key} again: ${again === false ? 'not ' : ''}written` });
    }
    return answer;
  });
};

/** A total just below the modulus, as one that wrapped around would be. */
const overflow: Inject = (context) => {
  context.hooks.portal.push((inner) => ({
    ...inner,
    combine(leaders, helpers) {
      const [leader] = leaders;
      const [helper] = helpers;
      const window = `${toHex(leader!.task.id)}/${leader!.windowStartMs}`;
      if (!context.chooses(window)) return inner.combine(leaders, helpers);
      context.strike({ what: 'a total of p - 1', windows: [window], allowed: HELD });
      return inner.combine([wrapped(leader!, helper!)], helpers);
    },
  }));
};

function wrapped(leader: AggregateShare, helper: AggregateShare): AggregateShare {
  const sum = leader.sum.slice();
  sum[0] = (FIELD_MODULUS - 1 - helper.sum[0]! + FIELD_MODULUS) % FIELD_MODULUS;
  return { ...leader, sum };
}

/** The authority's estimate is made with the wrong numbers. */
const debias: Inject = (context) => {
  const how = word(context.item, 'how', 'epsilon');
  const epsilon = count(context.item, 'epsilon', 1);
  context.hooks.portal.push((inner) => ({
    ...inner,
    estimate(result) {
      const honest = inner.estimate(result);
      const window = `${toHex(result.task.id)}/${result.windowStartMs}`;
      if (!context.chooses(window)) return honest;
      context.strike({ what: `estimates with a wrong ${how}` });
      switch (how) {
        case 'epsilon':
          return inner.estimate({ ...result, task: withEpsilon(result.task, epsilon) });
        case 'count':
          return inner.estimate({ ...result, count: result.count + 1 });
        case 'rounding':
          return { ...honest, values: honest.values.map((value) => Math.round(value)) };
        default:
          return { ...honest, values: honest.values.map((value) => Math.max(0, value)) };
      }
    },
  }));
};

function withEpsilon(task: Task, epsilon: number): Task {
  return { ...task, epsilon, flipThreshold: flipThreshold(epsilon) };
}

/** What was published is forgotten, and comes up for publication again. */
const republish: Inject = (context) => {
  const afterMs = duration(context.item, 'after', '1d');
  const forgotten = new Set<string>();
  const isLookUp = ({ kind, client, store }: StoreOperation): boolean =>
    kind === 'stat' && client === 'portal' && store === storeNames.results;
  context.stayUntil(context.endMs + context.settings.graceMs + afterMs + 3_600_000);
  onOperations(context, isLookUp, async (operation, next) => {
    const known = (await next(operation)) as ObjectStat | undefined;
    const { key } = operation;
    if (known === undefined || forgotten.has(key)) return known;
    const isOld = context.timeline.nowMs() - known.writtenMs >= afterMs;
    if (!isOld || !context.chooses(key)) return known;
    forgotten.add(key);
    context.strike({ what: `${key} comes up again` });
    return undefined;
  });
};

export const combinerFaultCode: Readonly<Record<string, Inject>> = {
  'comb.mismatch': mismatch,
  'comb.missing': missing,
  'comb.dup': doubled,
  'comb.overflow': overflow,
  'comb.debias': debias,
  'comb.republish': republish,
};
