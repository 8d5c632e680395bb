/**
 * Judges a run: every expectation of its scenario, as a pure function of the run record.
 *
 * A failure: what the expectation says does not hold. Vacuous, which is no pass: nothing stands
 * behind it (no report, no cheat, too little noise to see). Invalid: the measurement can't be
 * trusted. A held pair of sums fails the sums: nothing was published where something should be.
 */

import type { ExpectationOutcome, RunRecord } from '../record/run-record.ts';
import type { Scenario } from '../scenario/scenario.ts';
import {
  checkConservation,
  checkCounts,
  checkCrossCheck,
  checkForgeries,
  checkOnce,
  checkRandomness,
  checkReasons,
  checkSets,
  checkSums,
} from './correctness.ts';
import { checkNoise } from './noise.ts';
import { checkMemory, checkThroughput } from './performance.ts';
import { checkUnbiased } from './unbiased.ts';

type Check = (record: RunRecord) => Omit<ExpectationOutcome, 'id'>;
type Expectation = Scenario['expect'][number];

const checks: Readonly<Record<Extract<Expectation, string>, Check>> = {
  'sum.exact': checkSums,
  'count.exact': checkCounts,
  conserve: checkConservation,
  once: checkOnce,
  'sets.equal': checkSets,
  noforge: checkForgeries,
  reason: checkReasons,
  'rand.safe': checkRandomness,
  'noise.dist': checkNoise,
  unbiased: (record) => checkUnbiased(record),
  crosscheck: checkCrossCheck,
};

export function judge(record: RunRecord): ExpectationOutcome[] {
  return record.scenario.expect.map((expectation) => {
    if (typeof expectation === 'string') {
      return { id: expectation, ...checks[expectation](record) };
    }
    return expectation.id === 'throughput'
      ? { id: expectation.id, ...checkThroughput(record, expectation.atLeastPerUnit) }
      : { id: expectation.id, ...checkMemory(record, expectation.atMostMiB) };
  });
}
