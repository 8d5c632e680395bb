/**
 * Two things that operators do to honest processors: run different versions for a while, and clean
 * up too early.
 */

import { storeNames } from '@priolab/nodes';

import type { Inject } from '../fault.ts';
import { HOUR_MS, roleAt } from './acting.ts';
import { duration, word } from './parameters.ts';

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

export const processorVersionFaults: Readonly<Record<string, Inject>> = {
  'proc.version_skew': versionSkew,
  'proc.gc_early': collectEarly,
};
