/**
 * Tail of the Poisson distribution, for rare events against an upper bound on their rate. Used in
 * verdicts only; no result depends on it.
 */

/** P(X >= k) for X ~ Poisson(mean). */
export function poissonUpperTail(k: number, mean: number): number {
  if (k <= 0) return 1;
  let term = Math.exp(-mean);
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += term;
    term *= mean / (i + 1);
  }
  // Near 0 the difference from 1 would round away: sum the tail itself.
  if (below < 0.999) return 1 - below;
  let tail = 0;
  for (let i = k; i < k + 1000 && term > 0; i++) {
    tail += term;
    term *= mean / (i + 1);
  }
  return tail;
}
