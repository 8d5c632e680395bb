/**
 * `unbiased`: estimate minus truth has mean 0. Two things must hold for that.
 *
 * The estimator is right, which is exact: each estimate and its standard error are those of ENPA
 * section 1.4 over the true noisy sum. Wrong constants, a wrong count, clamping, rounding, bins or
 * cells exchanged: one estimate that differs fails, whatever the size of the sample.
 *
 * The noise errs both ways as it should, which is chance, and which `noise.dist` can't see where
 * the number of flips is right: flips one way only, or too many in one metric or bin and too few in
 * another. The net number of flips has a known exact law, so that no sample is too small for the
 * level to hold. Half of alpha goes to the sums (over everything, and for each metric), half to the
 * bins of all totals, each half split evenly. Only honest reports count: cheats are taken out.
 */

import { flipProbability, flipThreshold } from '@priolab/roles';

import type { CellRecord, ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import {
  netFlipsDeviation,
  netFlipsMean,
  netFlipsTwoSidedP,
  smallestRise,
  smallestShift,
} from '../statistics/binomial-difference.ts';
import type { FlipLaw } from '../statistics/binomial-difference.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

/** Right noise is called wrong once in a million seeds, at most. */
const ALPHA = 1e-6;
const POWER = 0.8;
/** With fewer expected flips than this, a pass says nothing of the noise. */
const FEWEST_FLIPS = 5;
/** Nearer to its mean than this a bin is not tested: it could not fail, and most bins are. */
const WITHIN_DEVIATIONS = 3;

/** Rounding of an estimate, relative to the count over the scale; a true fault is far above. */
const ROUNDING = 1e-12;

/** A group of bits, and the flips from 0 to 1 among them less those from 1 to 0. */
interface Sample extends FlipLaw {
  zeros: number;
  ones: number;
  netFlips: number;
}

interface Finding {
  readonly name: string;
  readonly probability: number;
}

export function checkUnbiased(record: RunRecord, alpha = ALPHA): Outcome {
  const p = flipProbability(flipThreshold(record.scenario.system.epsilon));
  const { sums, bins, binCount, widestBin, reports } = examine(record, p);
  const limit =
    'estimates as due, mean error 0: in all, for each metric, for each bin of each total';
  const estimator = checkEstimator(record, p);
  const all = sums.get('all')!;
  const expected = (all.zeros + all.ones) * p;
  if (reports === 0) return { verdict: 'vacuous', observed: 'no estimates', limit, n: 0 };

  const worstSum = smallest([...sums].map(([name, sample]) => findingOf(name, sample)));
  const levels = { sum: alpha / 2 / sums.size, bin: alpha / 2 / binCount };
  const wrong =
    estimator.wrong > 0 || worstSum.probability < levels.sum || bins.probability < levels.bin;
  const scale = 1 - 2 * p;
  const error = (all.netFlips - netFlipsMean(all)) / scale;
  const observed =
    `${estimator.wrong} estimates wrong${estimator.shown}; ` +
    `sum of errors ${error.toFixed(1)}, standard error ` +
    `${(netFlipsDeviation(all) / scale).toFixed(1)}; smallest probability ` +
    `${shown(worstSum)} of ${sums.size} sums, ${shown(bins)} of ${binCount} bins`;
  if (!wrong && expected < FEWEST_FLIPS) {
    return { verdict: 'vacuous', observed: `too little noise: ${observed}`, limit, n: reports };
  }
  const shift = (sample: FlipLaw, level: number): string =>
    (smallestShift(sample, { alpha: level, power: POWER }) / scale).toFixed(0);
  const rise = smallestRise(widestBin, { alpha: levels.bin, power: POWER }) / scale;
  const widest = [...sums.values()].slice(1).reduce(wider, { ...all, zeros: 0, ones: 0 });
  const metrics = sums.size > 1 ? ` or ${shift(widest, levels.sum)} in a metric` : '';
  const detectable =
    `a sum of errors of ${shift(all, levels.sum)} in all${metrics}, ` +
    (Number.isFinite(rise) ? `an error of +${rise.toFixed(0)} in a bin` : 'none in a bin');
  return {
    verdict: wrong ? 'fail' : 'pass',
    observed,
    limit,
    n: reports,
    power: { alpha, detectable },
  };
}

/** Adds up the groups, and tests each bin as it comes by: there may be many. */
function examine(record: RunRecord, p: number) {
  const empty = (): Sample => ({ zeros: 0, ones: 0, p, netFlips: 0 });
  const all = empty();
  const metrics = new Map<string, Sample>();
  let bins: Finding = { name: 'none far from its mean', probability: 1 };
  let widestBin: FlipLaw = empty();
  let binCount = 0;
  let reports = 0;
  for (const cell of record.cells) {
    if (cell.estimates === undefined) continue;
    reports += cell.truth.honestCount;
    const metric = metrics.get(cell.metric) ?? empty();
    metrics.set(cell.metric, metric);
    for (let bin = 0; bin < cell.estimates.length; bin++) {
      const sample = sampleOf(cell, bin, p);
      for (const into of [all, metric]) {
        into.zeros += sample.zeros;
        into.ones += sample.ones;
        into.netFlips += sample.netFlips;
      }
      binCount++;
      widestBin = wider(widestBin, sample);
      if (isUsual(sample)) continue;
      bins = smallest([bins, findingOf(`${cellName(cell)} bin ${bin}`, sample)]);
    }
  }
  const groups = metrics.size > 1 ? [...metrics] : [];
  const sums = new Map<string, Sample>([['all', all], ...groups]);
  return { sums, bins, binCount, widestBin, reports };
}

function sampleOf({ truth }: CellRecord, bin: number, p: number): Sample {
  const ones = truth.honestClean[bin]!;
  return { zeros: truth.honestCount - ones, ones, p, netFlips: truth.honestNoisy[bin]! - ones };
}

/** Compares what the authority made of each total with what is due. */
function checkEstimator({ cells }: RunRecord, p: number): { wrong: number; shown: string } {
  const scale = 1 - 2 * p;
  let wrong = 0;
  let shownFirst = '';
  const compare = (cell: CellRecord, what: string, got: number, due: number): void => {
    // So written, an estimate that is no number is wrong too.
    if (Math.abs(got - due) <= (ROUNDING * (cell.truth.count + 1)) / scale) return;
    if (++wrong === 1) shownFirst = `, first: ${cellName(cell)} ${what}: got ${got}, due ${due}`;
  };
  for (const cell of cells) {
    if (cell.estimates === undefined) continue;
    const { count, noisy } = cell.truth;
    cell.estimates.forEach((estimate, bin) => {
      compare(cell, `bin ${bin}`, estimate, (noisy[bin]! - count * p) / scale);
    });
    const standardError = Math.sqrt(count * p * (1 - p)) / scale;
    compare(cell, 'standard error', cell.standardError ?? NaN, standardError);
  }
  return { wrong, shown: shownFirst };
}

function cellName({ state, vendor, metric, windowStartMs }: CellRecord): string {
  return `${state}/${vendor} ${metric} ${new Date(windowStartMs).toISOString().slice(0, 16)}Z`;
}

function isUsual(sample: Sample): boolean {
  const distance = Math.abs(sample.netFlips - netFlipsMean(sample));
  return distance <= WITHIN_DEVIATIONS * netFlipsDeviation(sample);
}

function findingOf(name: string, sample: Sample): Finding {
  return { name, probability: netFlipsTwoSidedP(sample, sample.netFlips) };
}

function smallest(findings: readonly Finding[]): Finding {
  return findings.reduce((a, b) => (b.probability < a.probability ? b : a));
}

function wider<T extends FlipLaw>(a: T, b: T): T {
  return b.zeros + b.ones > a.zeros + a.ones ? b : a;
}

function shown({ name, probability }: Finding): string {
  return `${probability.toPrecision(2)} (${name})`;
}
