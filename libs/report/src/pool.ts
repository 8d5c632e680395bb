/**
 * From the cells of a run to one row for each state and metric: windows, vendors and days pooled,
 * estimates set against the truth. Held cells published nothing, so they are counted, not added.
 *
 * The truth is that of honest reports before noise, so that the error is what an authority sees:
 * local noise and whatever accepted cheats add. No verdict is made here.
 */

import type { CellRecord } from '@priolab/harness';

/** What was published of one state and metric, all bins pooled over the published cells. */
export interface PooledTotals {
  /** The bin that stands for all: the most frequent in truth, bin 0 aside (if there are more). */
  readonly bin: number;
  readonly truth: number;
  readonly estimate: number;
  readonly error: number;
  /** Of one pooled bin; the same for each. */
  readonly standardError: number;
  /** Root of the mean squared error over all bins. */
  readonly rmsError: number;
  /** Largest |error| / standard error of any bin; absent where there is no noise and no error. */
  readonly worstZ?: number;
  readonly binCount: number;
}

export interface PooledRow {
  readonly state: string;
  readonly metric: string;
  /** Windows of all vendors and days. */
  readonly cellCount: number;
  readonly heldCount: number;
  /** Why, without repetition. */
  readonly heldReasons: readonly string[];
  /** Reports in the published totals, and those of them whose value a cheat has changed. */
  readonly reports: number;
  readonly cheats: number;
  /** Absent where every cell is held. */
  readonly totals?: PooledTotals;
}

/** Rows sorted by state, then metric. */
export function poolCells(cells: readonly CellRecord[]): PooledRow[] {
  const groups = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.state, cell.metric]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()].map(poolGroup).sort(byStateThenMetric);
}

/** By code units: the same order in every locale. */
function byStateThenMetric(a: PooledRow, b: PooledRow): number {
  if (a.state !== b.state) return a.state < b.state ? -1 : 1;
  return a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : 0;
}

function poolGroup(cells: readonly CellRecord[]): PooledRow {
  const { state, metric } = cells[0]!;
  const published = cells.filter(({ estimates }) => estimates !== undefined);
  const held = cells.filter(({ estimates }) => estimates === undefined);
  const reasons = new Set(held.map((cell) => cell.held?.reason ?? 'no estimate'));
  const row = {
    state,
    metric,
    cellCount: cells.length,
    heldCount: held.length,
    heldReasons: [...reasons].sort(),
    reports: published.reduce((sum, { counts }) => sum + counts.leader, 0),
    cheats: published.reduce((sum, { truth }) => sum + truth.count - truth.honestCount, 0),
  };
  return published.length === 0 ? row : { ...row, totals: poolTotals(published) };
}

/** Of each bin, summed over published cells of one state and metric; one standard error for all. */
export function poolBins(cells: readonly CellRecord[]): {
  readonly truth: Float64Array;
  readonly estimate: Float64Array;
  readonly standardError: number;
} {
  const binCount = cells[0]!.truth.honestClean.length;
  const truth = new Float64Array(binCount);
  const estimate = new Float64Array(binCount);
  let variance = 0;
  for (const cell of cells) {
    for (let bin = 0; bin < binCount; bin++) {
      truth[bin]! += cell.truth.honestClean[bin]!;
      estimate[bin]! += cell.estimates![bin]!;
    }
    variance += cell.standardError! ** 2;
  }
  return { truth, estimate, standardError: Math.sqrt(variance) };
}

function poolTotals(cells: readonly CellRecord[]): PooledTotals {
  const { truth, estimate, standardError } = poolBins(cells);
  const binCount = truth.length;
  const errors = estimate.map((value, bin) => value - truth[bin]!);
  const worst = errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0);
  const squares = errors.reduce((sum, error) => sum + error ** 2, 0);
  const bin = headlineBin(truth);
  return {
    bin,
    truth: truth[bin]!,
    estimate: estimate[bin]!,
    error: errors[bin]!,
    standardError,
    rmsError: Math.sqrt(squares / binCount),
    ...(worst === 0 && standardError === 0 ? {} : { worstZ: worst / standardError }),
    binCount,
  };
}

/** Bin 0 of most metrics says "nothing happened": the largest and the least telling. */
function headlineBin(truth: Float64Array): number {
  let best = Math.min(1, truth.length - 1);
  for (let bin = best + 1; bin < truth.length; bin++) if (truth[bin]! > truth[best]!) best = bin;
  return best;
}

/**
 * Errors of all pooled bins in units of their standard error, root mean square: 1 is what right
 * noise gives. Undefined where there is no noise.
 */
export function relativeRms(rows: readonly PooledRow[]): number | undefined {
  let squares = 0;
  let bins = 0;
  for (const { totals } of rows) {
    if (totals === undefined || totals.standardError === 0) continue;
    squares += totals.binCount * (totals.rmsError / totals.standardError) ** 2;
    bins += totals.binCount;
  }
  return bins === 0 ? undefined : Math.sqrt(squares / bins);
}
