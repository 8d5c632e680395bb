/**
 * `unbiased`: estimate minus truth has mean 0. It must see what `noise.dist` can't: a de-biasing
 * with wrong constants or a wrong count, noise that flips one way, a metric that errs alone, bins
 * or cells that were exchanged.
 *
 * An estimate says how many flips it takes the noise to have made, net: those from 0 to 1 less
 * those from 1 to 0. The truth says how many bits could flip either way, so the exact law of that
 * number is known and no sample is too small for the level to hold. Three kinds of tests share one
 * alpha: half for the sums of errors (over everything, and for each metric), half for the bins of
 * all totals, each half split evenly. Only honest reports count: what cheats added is taken out.
 */

import { flipProbability, flipThreshold } from '@priolab/roles';

import type { CellRecord, ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import {
  netFlipsDeviation,
  netFlipsMean,
  netFlipsTwoSidedP,
  smallestShift,
} from '../statistics/binomial-difference.ts';
import type { FlipLaw } from '../statistics/binomial-difference.ts';

type Outcome = Omit<ExpectationOutcome, 'id'>;

/** A right estimator is called wrong once in a million seeds, at most. */
const ALPHA = 1e-6;
const POWER = 0.8;
/** With fewer expected flips than this, a pass says nothing of the noise. */
const FEWEST_FLIPS = 5;
/** Nearer to its mean than this a bin is not tested: it could not fail, and most bins are. */
const WITHIN_DEVIATIONS = 3;

/** What estimates imply about a group of bits. */
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
  const limit = 'mean error 0: in all, for each metric, for each bin of each total';
  const all = sums.get('all')!;
  const expected = (all.zeros + all.ones) * p;
  if (reports === 0) return { verdict: 'vacuous', observed: 'no estimates', limit, n: 0 };

  const worstSum = smallest([...sums].map(([name, sample]) => findingOf(name, sample)));
  const levels = { sum: alpha / 2 / sums.size, bin: alpha / 2 / binCount };
  const wrong = worstSum.probability < levels.sum || bins.probability < levels.bin;
  const scale = 1 - 2 * p;
  const error = (all.netFlips - netFlipsMean(all)) / scale;
  const observed =
    `sum of errors ${error.toFixed(1)}, standard error ` +
    `${(netFlipsDeviation(all) / scale).toFixed(1)}; smallest probability ` +
    `${shown(worstSum)} of ${sums.size} sums, ${shown(bins)} of ${binCount} bins`;
  if (!wrong && expected < FEWEST_FLIPS) {
    return { verdict: 'vacuous', observed: `too little noise: ${observed}`, limit, n: reports };
  }
  const shift = (sample: FlipLaw, level: number): string =>
    (smallestShift(sample, { alpha: level, power: POWER }) / scale).toFixed(0);
  const widest = [...sums.values()].slice(1).reduce(wider, { ...all, zeros: 0, ones: 0 });
  const metrics = sums.size > 1 ? ` or ${shift(widest, levels.sum)} in a metric` : '';
  const detectable =
    `a sum of errors of ${shift(all, levels.sum)} in all${metrics}, ` +
    `an error of ${shift(widestBin, levels.bin)} in a bin`;
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
      const { state, vendor, windowStartMs } = cell;
      const at = new Date(windowStartMs).toISOString().slice(0, 16);
      const name = `${state}/${vendor} ${cell.metric} ${at}Z bin ${bin}`;
      bins = smallest([bins, findingOf(name, sample)]);
    }
  }
  const groups = metrics.size > 1 ? [...metrics] : [];
  const sums = new Map<string, Sample>([['all', all], ...groups]);
  return { sums, bins, binCount, widestBin, reports };
}

/** Undoes the authority's de-biasing, as it should have been done, of one bin. */
function sampleOf({ estimates, truth }: CellRecord, bin: number, p: number): Sample {
  const { count, noisy, honestCount, honestNoisy, honestClean } = truth;
  const ones = honestClean[bin]!;
  const cheats = noisy[bin]! - honestNoisy[bin]!;
  const total = estimates![bin]! * (1 - 2 * p) + count * p;
  return { zeros: honestCount - ones, ones, p, netFlips: total - cheats - ones };
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
