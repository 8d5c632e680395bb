/**
 * Deletes what a processor must not keep: batches and the messages about them, once their window is
 * summed and old enough. A window that could not be summed is waited for as long as its peer is,
 * and then given up: raw shares are never kept for good. Notes of what was summed stay.
 * Source: ENPA section 10.2 (objects expire after seven days).
 */

import type { Host, ObjectStore } from '@priolab/runtime';

import { endings, readBatchBase, taskPrefix, windowBase } from '../names.ts';
import { keptMs } from './desk.ts';
import type { ProcessorDesk } from './desk.ts';

export async function expire(host: Host, desk: ProcessorDesk): Promise<void> {
  const { role, tasks, ingestion, validity, state, listener, settings } = desk;
  const nowMs = host.clock.nowMs();
  const summed = new Set(await state.list(''));
  const counts: Record<string, number> = {};
  const isOver = (key: string): boolean => {
    const end = key.lastIndexOf('/') + 1 + 32;
    const found = readBatchBase(key.slice(0, end));
    const task = [...tasks.values()].find((one) => key.startsWith(taskPrefix(one)));
    if (found === undefined || task === undefined) return false;
    const ageMs = nowMs - found.windowStartMs - task.windowMs;
    const isSummed = summed.has(windowBase(task, found.windowStartMs) + endings.done(role));
    return ageMs >= (isSummed ? settings.keepForMs() : keptMs(settings));
  };
  const clean = async (name: string, store: ObjectStore): Promise<void> => {
    for (const key of await store.list('')) {
      if (!isOver(key)) continue;
      await store.delete(key);
      counts[name] = (counts[name] ?? 0) + 1;
    }
  };
  await clean('ingestion', ingestion);
  await clean('validity', validity);
  // Of what was said about batches; those of windows stay.
  await clean('state', state);
  for (const [store, count] of Object.entries(counts)) {
    listener({ kind: 'expired', store: `${store}-${role}`, count });
  }
}
