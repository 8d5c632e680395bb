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

import { cellSettings } from '../scenario/cell-settings.ts';
import type { CellRecord, ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import {
  netFlipsDeviation,
  netFlipsMean,
  netFlipsTwoSidedP,
  shiftInterval,
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
  /** Left out where there is none to find. */
  readonly sample?: Sample;
}

export function checkUnbiased(record: RunRecord, alpha = ALPHA): Outcome {
  const { wholes, metrics: byMetric, bins, binCount, widestBin, reports } = examine(record);
  const sums = new Map([...wholes, ...byMetric]);
  const limit =
    'estimates as due, mean error 0: in all, for each metric, for each bin of each total';
  const estimator = checkEstimator(record);
  const alls = [...wholes.values()];
  const expected = alls.reduce((sum, { zeros, ones, p }) => sum + (zeros + ones) * p, 0);
  if (reports === 0) return { verdict: 'vacuous', observed: 'no estimates', limit, n: 0 };

  const found = [...sums].map(([name, sample]) => findingOf(name, sample));
  const [whole, worstSum] = [smallest(found.slice(0, wholes.size)), smallest(found)];
  const levels = { sum: alpha / 2 / sums.size, bin: alpha / 2 / binCount };
  const noise = intervalOf({ whole, sum: worstSum, bin: bins }, levels);
  const { low, high, due } = noise.interval;
  const wrong = estimator.wrong > 0 || due < low || due > high;
  const observed =
    `${estimator.wrong} estimates wrong${estimator.shown}; ` +
    `sum of errors ${tenths(errorOf(alls))}, standard error ` +
    `${standardErrorOf(alls).toFixed(1)}; smallest probability ` +
    `${shown(worstSum)} of ${sums.size} sums, ${shown(bins)} of ${binCount} bins`;
  if (!wrong && expected < FEWEST_FLIPS) {
    const thin = `too little noise: ${observed}`;
    return { verdict: 'vacuous', observed: thin, limit, n: reports, ...noise };
  }
  const shift = (sample: FlipLaw, level: number): string =>
    (smallestShift(sample, { alpha: level, power: POWER }) / scaleOf(sample)).toFixed(0);
  const rise = smallestRise(widestBin, { alpha: levels.bin, power: POWER }) / scaleOf(widestBin);
  const all = alls.reduce(wider);
  const widest = [...byMetric.values()].reduce(wider, { ...all, zeros: 0, ones: 0 });
  const metrics = byMetric.size > 0 ? ` or ${shift(widest, levels.sum)} in a metric` : '';
  const detectable =
    `a sum of errors of ${shift(all, levels.sum)} in all${metrics}, ` +
    (Number.isFinite(rise) ? `an error of +${rise.toFixed(0)} in a bin` : 'none in a bin');
  return {
    verdict: wrong ? 'fail' : 'pass',
    observed,
    limit,
    n: reports,
    power: { alpha, detectable },
    ...noise,
  };
}

/** `0.0` and never `-0.0`. */
function tenths(value: number): string {
  const text = value.toFixed(1);
  return Number(text) === 0 ? '0.0' : text;
}

/**
 * The error of all estimates and the exact interval of the bias behind it: 0 is outside where the
 * two-sided probability is below the level. Of the worst sum or bin instead, where that fails.
 */
function intervalOf(
  { whole, sum, bin }: Readonly<Record<'whole' | 'sum' | 'bin', Finding>>,
  levels: Readonly<Record<'sum' | 'bin', number>>,
) {
  const isBin = bin.probability / levels.bin < sum.probability / levels.sum;
  const worst = isBin ? { ...bin, alpha: levels.bin } : { ...sum, alpha: levels.sum };
  const fails = worst.probability < worst.alpha;
  const { name, sample, alpha } = fails ? worst : { ...whole, alpha: levels.sum };
  const { low, high } = shiftInterval(sample!, sample!.netFlips, alpha);
  const scale = scaleOf(sample!);
  return {
    value: errorOf([sample!]),
    interval: {
      of: `${fails && isBin ? 'error' : 'sum of errors'}: ${name}`,
      unit: 'reports',
      low: low / scale,
      high: high / scale,
      level: 1 - alpha,
      due: 0,
    },
  };
}

/** What an estimate divides by. */
function scaleOf({ p }: FlipLaw): number {
  return 1 - 2 * p;
}

function errorOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, one) => {
    return sum + (one.netFlips - netFlipsMean(one)) / scaleOf(one);
  }, 0);
}

function standardErrorOf(samples: readonly Sample[]): number {
  const variance = samples.reduce((sum, one) => {
    return sum + (netFlipsDeviation(one) / scaleOf(one)) ** 2;
  }, 0);
  return Math.sqrt(variance);
}

/**
 * Adds up the groups, and tests each bin as it comes by: there may be many. Cells with an epsilon
 * of their own are a whole of their own: flips of two rates have no common law.
 */
function examine(record: RunRecord) {
  const rateOf = flipRates(record);
  const rates = new Set(record.cells.map(rateOf));
  const named = (name: string, cell: CellRecord): string =>
    rates.size <= 1 ? name : `${name}, epsilon ${epsilonOf(record, cell)}`;
  const empty = (p: number): Sample => ({ zeros: 0, ones: 0, p, netFlips: 0 });
  const wholes = new Map<string, Sample>();
  const metrics = new Map<string, Sample>();
  const sampleIn = (samples: Map<string, Sample>, name: string, p: number): Sample => {
    const sample = samples.get(name) ?? empty(p);
    samples.set(name, sample);
    return sample;
  };
  let bins: Finding = { name: 'none far from its mean', probability: 1 };
  let widestBin: FlipLaw = empty(rateOf());
  let binCount = 0;
  let reports = 0;
  for (const cell of record.cells) {
    if (cell.estimates === undefined) continue;
    reports += cell.truth.honestCount;
    const p = rateOf(cell);
    const whole = sampleIn(wholes, named('all', cell), p);
    const metric = sampleIn(metrics, named(cell.metric, cell), p);
    for (let bin = 0; bin < cell.estimates.length; bin++) {
      const sample = sampleOf(cell, bin, p);
      for (const into of [whole, metric]) {
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
  // One metric of each whole is the whole again.
  if (metrics.size === wholes.size) metrics.clear();
  return { wholes, metrics, bins, binCount, widestBin, reports };
}

function epsilonOf({ scenario }: RunRecord, { state, vendor }: CellRecord): number {
  return cellSettings(scenario, state, vendor === 'apple' ? 'apple' : 'google').epsilon;
}

/** The flip rate of a cell; without one, that of the system. */
function flipRates(record: RunRecord): (cell?: CellRecord) => number {
  const known = new Map<number, number>();
  return (cell) => {
    const epsilon = cell === undefined ? record.scenario.system.epsilon : epsilonOf(record, cell);
    const p = known.get(epsilon) ?? flipProbability(flipThreshold(epsilon));
    known.set(epsilon, p);
    return p;
  };
}

function sampleOf({ truth }: CellRecord, bin: number, p: number): Sample {
  const ones = truth.honestClean[bin]!;
  return { zeros: truth.honestCount - ones, ones, p, netFlips: truth.honestNoisy[bin]! - ones };
}

/** Compares what the authority made of each total with what is due. */
function checkEstimator(record: RunRecord): { wrong: number; shown: string } {
  const rateOf = flipRates(record);
  let wrong = 0;
  let shownFirst = '';
  const compare = (cell: CellRecord, what: string, got: number, due: number): void => {
    // So written, an estimate that is no number is wrong too.
    const scale = 1 - 2 * rateOf(cell);
    if (Math.abs(got - due) <= (ROUNDING * (cell.truth.count + 1)) / scale) return;
    if (++wrong === 1) shownFirst = `, first: ${cellName(cell)} ${what}: got ${got}, due ${due}`;
  };
  for (const cell of record.cells) {
    if (cell.estimates === undefined) continue;
    const { count, noisy } = cell.truth;
    const p = rateOf(cell);
    const scale = 1 - 2 * p;
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
  return { name, probability: netFlipsTwoSidedP(sample, sample.netFlips), sample };
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
