/**
 * Forgets what is known of single reports once their window is closed and old: blocks, verdicts,
 * claims. A batch at a time, so that others get their turn. A report that comes again after that is
 * not known any more; batches of that age are not looked at either (`intakeMaxAgeSeconds`).
 */

import { setImmediate as turn } from 'node:timers/promises';

import type { Desk } from './desk.ts';

export async function forgetOld({ state, clock, config }: Desk): Promise<void> {
  for (const window of await state.oldWindows(clock.nowMs() - config.schedule.keepMs)) {
    for (const batch of await state.batchesIn(window, window.endMs)) {
      await state.forgetBlocks(batch);
      await turn();
    }
    await state.markForgotten(window);
  }
}
