/**
 * Whether measurements lie on a line, and from which x on they do not.
 *
 * Two tests share the level. The first one says whether: the distance of the means at each x from
 * the line, against the scatter of repeated measurements (`lackOfFit`). The second one says where:
 * each x in turn is foretold from those before it. A bend that is found by the first alone is put
 * where the means are farthest from the line. Not found is not the same as absent: `detectable` is
 * what would have been seen at the last x. For verdicts only, see `special-functions.ts`.
 */

import { fitLine, groupByX, mean } from './line.ts';
import type { ErrorModel, Observation } from './line.ts';

export type Straightness =
  | { readonly verdict: 'unknown'; readonly reason: string }
  | { readonly verdict: 'straight'; readonly detectable: number }
  /** `deviation`: measured over foretold, less 1. */
  | { readonly verdict: 'bent'; readonly at: number; readonly deviation: number };

const FEWEST_PLACES = 3;
const FEWEST_REPEATS = 2;

/** @param alpha how often a line is called bent, at most */
export function straightness(
  all: readonly Observation[],
  errors: ErrorModel,
  alpha: number,
): Straightness {
  const groups = [...groupByX(all)];
  if (groups.length < FEWEST_PLACES) {
    const reason = `${groups.length} places, ${FEWEST_PLACES} are the fewest that can bend`;
    return { verdict: 'unknown', reason };
  }
  if (groups.some(([, values]) => values.length < FEWEST_REPEATS)) {
    const reason = `a bend is told from noise by ${FEWEST_REPEATS} measurements a place at least`;
    return { verdict: 'unknown', reason };
  }
  const level = alpha / 2 / (groups.length - 2);
  let detectable = 0;
  for (const [i, [x, values]] of groups.entries()) {
    if (i < 2) continue;
    const before = all.filter((one) => one.x < x);
    const foretold = fitLine(before, errors).prediction(x, 1 - level, values.length);
    const deviation = mean(values) / foretold.value - 1;
    const tolerance = (foretold.high - foretold.low) / 2 + 1e-9 * Math.abs(foretold.value);
    if (Math.abs(mean(values) - foretold.value) > tolerance) {
      return { verdict: 'bent', at: x, deviation };
    }
    detectable = tolerance / Math.abs(foretold.value);
  }
  const line = fitLine(all, errors);
  if (line.lackOfFit !== undefined && line.lackOfFit < alpha / 2) {
    const off = groups.map(([x, values]) => {
      const fitted = line.intercept + line.slope * x;
      return { at: x, deviation: mean(values) / fitted - 1 };
    });
    const most = off.reduce((a, b) => (Math.abs(b.deviation) > Math.abs(a.deviation) ? b : a));
    return { verdict: 'bent', ...most };
  }
  return { verdict: 'straight', detectable };
}
