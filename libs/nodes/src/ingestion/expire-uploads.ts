/**
 * Deletes uploads, which say who sent them and when: those of days that are closed, old enough, and
 * in plans that were carried out to the end. An upload that is in no such plan stays, whatever the
 * clock says: it would be lost.
 */

import { DAY_MS } from '@priolab/roles';

import type { BatcherOptions } from './batcher.ts';

/** @param firstOpenDay days before it are closed */
export async function expireUploads(
  { inbox, keepForMs, listener, vendor }: BatcherOptions,
  firstOpenDay: number,
  nowMs: number,
): Promise<void> {
  const isOver = (day: number): boolean =>
    day < firstOpenDay && nowMs >= (day + 1) * DAY_MS + keepForMs;
  const plans = (await inbox.list('plans/')).filter((key) => isOver(Number(key.split('/')[1])));
  if (plans.length === 0) return;
  const done = new Set(await inbox.list('done/'));
  let count = 0;
  for (const key of plans) {
    const [, day, task, plan] = key.split('/');
    if (!done.has(`done/${day}/${task}/${Number(plan)}`)) continue;
    const bytes = await inbox.get(key);
    if (bytes === undefined) continue;
    for (const upload of JSON.parse(new TextDecoder().decode(bytes)) as string[]) {
      await inbox.delete(upload);
      count += 1;
    }
    // The plan goes last: after a crash the rest of its uploads is found again.
    await inbox.delete(key);
  }
  if (count > 0) listener({ kind: 'expired', store: `inbox-${vendor}`, count });
}
