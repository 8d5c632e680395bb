/**
 * Amdahl's law, solved for its unknown: with a part s of the work that only one worker can do, w
 * workers take s + (1 - s) / w of the time that one takes. Source: G. M. Amdahl, "Validity of the
 * single processor approach to achieving large scale computing capabilities", AFIPS 1967.
 */

import type { Interval } from '../statistics/line.ts';

/**
 * The serial part, from the speed-up of `workers` over `baseWorkers`. A larger speed-up means a
 * smaller part, so the interval is turned round. Below 0: faster than shared work explains.
 */
export function amdahlShare(speedUp: Interval, baseWorkers: number, workers: number): Interval {
  const share = (gain: number): number => {
    const rest = gain / workers - 1 / baseWorkers;
    return rest / (1 - 1 / baseWorkers - gain + gain / workers);
  };
  return { value: share(speedUp.value), low: share(speedUp.high), high: share(speedUp.low) };
}
