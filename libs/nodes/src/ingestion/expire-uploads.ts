/**
 * Deletes uploads, which say who sent them and when: those of days that are closed, old enough, and
 * in plans that were carried out to the end. An upload that is in no such plan stays, whatever the
 * clock says: it would be lost. The store's clock must agree: a batch job whose own clock is ahead
 * would take an open day for one of long ago.
 */

import { DAY_MS } from '@priolab/roles';

import type { BatcherOptions } from './batcher.ts';
import { readNote } from '../notes.ts';
import { DONE, PLAN, PLANS, readPlanKey } from './plans.ts';

/** Written to learn the store's time. */
const CLOCK = 'clock';

export async function expireUploads(
  { inbox, keepForMs, ageMsMax, everyMs, tasks, listener, vendor }: BatcherOptions,
  machineMs: number,
): Promise<void> {
  const closedMs = ageMsMax + 2 * Math.max(...tasks.map(everyMs));
  const waitMs = DAY_MS + Math.max(keepForMs(), closedMs);
  const overAt = (nowMs: number) => (key: string) =>
    nowMs >= readPlanKey(key).day * DAY_MS + waitMs;
  const due = (await inbox.list(PLANS)).filter(overAt(machineMs));
  if (due.length === 0) return;
  await inbox.put(CLOCK, new Uint8Array(0), { overwrite: true });
  const storeMs = (await inbox.stat(CLOCK))?.writtenMs ?? 0;
  const plans = due.filter(overAt(storeMs));
  const done = new Set(await inbox.list(DONE));
  let count = 0;
  for (const key of plans) {
    if (!done.has(readPlanKey(key).doneKey)) continue;
    for (const upload of (await readNote(inbox, key, PLAN)) ?? []) {
      await inbox.delete(upload);
      count += 1;
    }
    // The plan goes last: after a crash the rest of its uploads is found again.
    await inbox.delete(key);
  }
  if (count > 0) listener({ kind: 'expired', store: `inbox-${vendor}`, count });
}
