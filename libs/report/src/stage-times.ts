/** Which stages of a run were timed. */

import type { RunSummary } from '@priolab/harness';

/** What stands in place of times. */
export const NOT_TIMED = 'not timed in simulated time';

/** Stage and worker milliseconds; none in simulated time, where older records say 0 of each. */
export function timedStages({ cost, simulation }: RunSummary): (readonly [string, number])[] {
  const all = Object.entries(cost.stagesMs);
  const isUntimed = simulation !== undefined && all.every(([, ms]) => ms === 0);
  return isUntimed ? [] : all;
}
