/**
 * Of two samples of one quantity, is one larger? The exact rank-sum test (Wilcoxon, Mann and
 * Whitney) and the interval for the ratio b / a that belongs to it, for any distribution.
 *
 * Where both are alike, every order of the n + m values is as likely as any other, and U, the
 * number of pairs with b < a, has the coefficients of a Gaussian binomial as its law. The interval
 * holds the ratios r for which a and b / r would pass for alike: an order statistic of the n m
 * ratios at each end (Hodges and Lehmann). One outlier of a busy machine moves neither by much. For
 * verdicts only.
 */

import assert from 'node:assert/strict';

export interface RatioInterval {
  /** Median of all ratios of one of b to one of a. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The interval at 1 - alpha; undefined where the samples are too few to exclude anything.
 * @param a positive numbers, as those of b
 */
export function rankRatio(
  a: readonly number[],
  b: readonly number[],
  alpha: number,
): RatioInterval | undefined {
  assert(alpha > 0 && alpha < 1, 'a level is between 0 and 1');
  const cut = rankCut(a.length, b.length, alpha);
  if (cut === 0) return undefined;
  const ratios = b.flatMap((y) => a.map((x) => y / x)).sort((x, y) => x - y);
  const half = ratios.length >> 1;
  const value = ratios.length % 2 === 1 ? ratios[half]! : (ratios[half - 1]! + ratios[half]!) / 2;
  return { value, low: ratios[cut - 1]!, high: ratios.at(-cut)! };
}

/** How many values of U at each end come, all together, in at most alpha / 2 of cases. */
export function rankCut(n: number, m: number, alpha: number): number {
  const orders = ordersByU(n, m);
  const all = orders.reduce((sum, count) => sum + count, 0);
  let tail = 0;
  let cut = 0;
  for (; cut < orders.length; cut++) {
    tail += orders[cut]!;
    if (tail / all > alpha / 2) break;
  }
  return cut;
}

/** Orders of n and m values by U: prod (1 - q^(m + i)) / (1 - q^i), i = 1..n. */
function ordersByU(n: number, m: number): Float64Array {
  const counts = new Float64Array(n * m + 1);
  counts[0] = 1;
  for (let i = 1; i <= n; i++) {
    for (let u = n * m; u >= m + i; u--) counts[u]! -= counts[u - m - i]!;
    for (let u = i; u <= n * m; u++) counts[u]! += counts[u - i]!;
  }
  return counts;
}
