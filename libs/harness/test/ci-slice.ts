/**
 * What CI runs of a table of many cases: every so many-th, from another one on with each commit
 * (`.ci/run` gives `PRIOLAB_SLICE`), so that none is left out for good. Elsewhere all of them.
 *
 * @param every less than the slices of long test files (tools/repository/src/slices.ts)
 */
export function ciSlice<T>(cases: readonly T[], every: number): T[] {
  if (!process.env['CI']) return [...cases];
  // Of a short table, one case at least.
  const first = Number(process.env['PRIOLAB_SLICE'] ?? 0) % Math.min(every, cases.length);
  return cases.filter((_, index) => index % every === first);
}
