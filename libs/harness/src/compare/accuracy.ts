/**
 * How near estimates are to the truth. Errors are compared bin by bin where both runs counted
 * reports with the same true values, and there alone: a run that lost reports has other truths, and
 * smaller sums have smaller errors, which is no merit. What losses do to precision is in the
 * standard error, as a share of the honest reports that were counted.
 *
 * Where windows are not equally long, they are pooled by day (UTC) on both sides.
 */

import { DAY_MS } from '@priolab/roles';

import type { CellRecord, RunSummary } from '../record/run-record.ts';
import { pairedScale } from '../statistics/paired-scale.ts';
import type { ComparisonRow } from './comparison.ts';
import {
  ALPHA,
  RATIO_MARGIN,
  exactRow,
  finite,
  isRounding,
  judgeInterval,
  rangeOf,
} from './judgement.ts';
import { pairCells, sameCounts, sameTruth } from './world.ts';
import type { CellPair } from './world.ts';

type Estimated = CellRecord & Required<Pick<CellRecord, 'estimates' | 'standardError'>>;

export function compareAccuracy(a: RunSummary, b: RunSummary): ComparisonRow[] {
  const days = a.scenario.system.windowHours !== b.scenario.system.windowHours;
  const cellsOf = ({ cells }: RunSummary): { cells: readonly CellRecord[] } => {
    const estimated = cells.filter(isEstimated);
    return { cells: days ? byDay(estimated) : estimated };
  };
  const pairs = pairCells(cellsOf(a), cellsOf(b));
  return [
    errorRow(pairs, days ? 'windows pooled by day' : 'windows'),
    standardErrorRow(pairs, days ? 'windows pooled by day' : 'windows'),
    wrongTotalsRow(a, b),
  ];
}

function isEstimated(cell: CellRecord): cell is Estimated {
  return cell.estimates !== undefined && cell.standardError !== undefined;
}

function byDay(cells: readonly Estimated[]): Estimated[] {
  const days = new Map<string, Estimated>();
  const sum = (one: readonly number[], other: readonly number[]): number[] =>
    one.map((value, bin) => value + other[bin]!);
  for (const cell of cells) {
    const windowStartMs = cell.windowStartMs - (cell.windowStartMs % DAY_MS);
    const key = JSON.stringify([cell.state, cell.vendor, cell.metric, windowStartMs]);
    const known = days.get(key);
    if (known === undefined) {
      days.set(key, { ...cell, windowStartMs });
      continue;
    }
    const { truth } = known;
    days.set(key, {
      ...known,
      estimates: sum(known.estimates, cell.estimates),
      standardError: Math.hypot(known.standardError, cell.standardError),
      truth: {
        count: truth.count + cell.truth.count,
        noisy: sum(truth.noisy, cell.truth.noisy),
        honestCount: truth.honestCount + cell.truth.honestCount,
        honestNoisy: sum(truth.honestNoisy, cell.truth.honestNoisy),
        honestClean: sum(truth.honestClean, cell.truth.honestClean),
      },
    });
  }
  return [...days.values()];
}

function errorsOf(cells: readonly CellRecord[]): number[] {
  return cells.flatMap(({ estimates, truth }) =>
    estimates!.map((estimate, bin) => estimate - truth.honestClean[bin]!),
  );
}

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function errorRow(all: readonly CellPair[], what: string): ComparisonRow {
  const head = {
    id: 'accuracy.rms',
    section: 'accuracy',
    what: 'error of estimates, root mean square over bins',
    unit: 'reports',
    direction: 'less is better',
  } as const;
  const pairs = all.filter(([one, other]) => sameCounts(one, other) && sameTruth(one, other));
  const left = all.length - pairs.length;
  const others = left === 0 ? '' : `; ${left} with other reports left out`;
  const isOtherBins = all.some(([{ truth: one }, { truth: other }]) => {
    return one.honestClean.length !== other.honestClean.length;
  });
  if (pairs.length === 0 && isOtherBins) {
    const why = 'a and b have other bins: there is no error of one that goes with one of the other';
    return { ...head, a: null, b: null, judgement: 'unknown', why };
  }
  if (pairs.length === 0) {
    const why = `of ${all.length} ${what} that both published, none has the same reports in both`;
    return { ...head, a: null, b: null, judgement: 'unknown', why };
  }
  const x = errorsOf(pairs.map(([one]) => one));
  const y = errorsOf(pairs.map(([, other]) => other));
  const values = { a: rms(x), b: rms(y) };
  const over = `${x.length} bins of ${pairs.length} ${what}${others}`;
  if (x.every((error, i) => error === y[i])) {
    return { ...head, ...values, judgement: 'same', why: `every error is the same: ${over}` };
  }
  const { ratio, low, high } = pairedScale(x, y, ALPHA);
  const judgement = judgeInterval({ low, high }, 1, {
    low: 1 / RATIO_MARGIN,
    high: RATIO_MARGIN,
  });
  const interval = { low: finite(low), high: finite(high), by: 'confidence' } as const;
  const effect = { kind: 'ratio', value: finite(ratio), interval } as const;
  const method = 'paired by bin, true sums equal';
  const differing = x.filter((error, i) => error !== y[i]).length;
  const tells =
    judgement === 'unknown' ? `too few bins to tell: errors differ in ${differing}; ` : '';
  return { ...head, ...values, effect, judgement, why: `${tells}${method}: ${over}` };
}

/** In percent of the honest reports counted: fewer of them show, and forgeries are no gain. */
function relativeError({ standardError, truth }: CellRecord): number {
  return (100 * standardError!) / Math.max(1, truth.honestCount);
}

function standardErrorRow(pairs: readonly CellPair[], what: string): ComparisonRow {
  const head = {
    id: 'accuracy.standard-error',
    section: 'accuracy',
    what: 'standard error as published, root mean square',
    unit: '% of reports',
    direction: 'less is better',
  } as const;
  if (pairs.length === 0) {
    const why = 'no window was published by both';
    return { ...head, a: null, b: null, judgement: 'unknown', why };
  }
  const x = pairs.map(([one]) => relativeError(one));
  const y = pairs.map(([, other]) => relativeError(other));
  const isOther = (error: number, i: number): boolean => !isRounding(error, x[i]!);
  const smaller = y.filter((error, i) => error < x[i]! && isOther(error, i)).length;
  const larger = y.filter((error, i) => error > x[i]! && isOther(error, i)).length;
  const ratios = y.map((error, i) => error / x[i]!).filter((ratio) => !Number.isNaN(ratio));
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  const judgement =
    smaller + larger === 0 ? 'same' : larger === 0 ? 'better' : smaller === 0 ? 'worse' : 'unknown';
  const values = { a: rms(x), b: rms(y) };
  const value = finite(values.b / values.a);
  const effect = { kind: 'ratio', value, ...rangeOf(low, high) } as const;
  return {
    ...head,
    ...values,
    ...(judgement === 'same' ? {} : { effect }),
    judgement,
    why: `exact: smaller in ${smaller}, larger in ${larger} of ${pairs.length} ${what}`,
  };
}

/** Totals that are no sum of what was counted, or counts that are not those of the reports. */
function wrongTotalsRow(a: RunSummary, b: RunSummary): ComparisonRow {
  const wrong = ({ cells }: RunSummary): number | null => {
    const published = cells.filter(({ totals }) => totals !== undefined);
    if (published.length === 0) return null;
    return published.filter(({ totals, counts, truth }) => {
      const isSum = totals!.every((total, bin) => total === truth.noisy[bin]);
      return !isSum || counts.leader !== truth.count || counts.helper !== truth.count;
    }).length;
  };
  return exactRow({
    id: 'accuracy.wrong-totals',
    section: 'accuracy',
    what: 'published windows with a wrong sum or count',
    unit: 'windows',
    a: wrong(a),
    b: wrong(b),
    direction: 'less is better',
    why: 'exact, against the sums of the reports that both processors accepted',
  });
}
