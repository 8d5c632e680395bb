/**
 * Judges a run: every expectation of its scenario, as a pure function of the run record.
 *
 * A failure: what the expectation says does not hold. Vacuous, which is no pass: nothing stands
 * behind it (no report, no cheat, too little noise to see). Invalid: the measurement can't be
 * trusted. A held pair of sums fails the sums: nothing was published where something should be.
 */

import assert from 'node:assert/strict';

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

/** Oracles that are named by their id alone and can be judged; the loader refuses all others. */
const checks: Readonly<Partial<Record<Extract<Expectation, string>, Check>>> = {
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
  return record.scenario.expect.map((expectation) => judgeOne(record, expectation));
}

function judgeOne(record: RunRecord, expectation: Expectation): ExpectationOutcome {
  if (typeof expectation === 'string') return judgePlain(record, expectation);
  if ('kind' in expectation && expectation.kind === 'always') {
    return judgePlain(record, expectation.id);
  }
  const { id } = expectation;
  if (id === 'throughput') return { id, ...checkThroughput(record, expectation.atLeastPerUnit) };
  if (id === 'memory') return { id, ...checkMemory(record, expectation.atMostMiB) };
  assert.fail(`${id} is refused when a scenario is loaded: nothing judges it yet`);
}

function judgePlain(record: RunRecord, id: Extract<Expectation, string>): ExpectationOutcome {
  const check = checks[id];
  assert(check !== undefined, `${id} is refused when a scenario is loaded: nothing judges it yet`);
  return { id, ...check(record) };
}
