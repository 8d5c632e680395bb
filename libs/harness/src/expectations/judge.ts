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
  checkRecheck,
  checkReasons,
  checkSets,
  checkSums,
} from './correctness.ts';
import { checkConsent } from './consent.ts';
import { checkNoise } from './noise.ts';
import { checkDeployed, checkDeploymentEnds, reddenedByDeviations } from './deployed.ts';
import { checkMemory, checkThroughput } from './performance.ts';
import {
  judgeDetection,
  judgeEvent,
  judgeFault,
  judgeOutcome,
  simulatedChecks,
} from './simulated.ts';
import { askedToNotice } from './outcomes.ts';
import type { PlainOracleId } from './oracles.ts';
import type { FaultId } from '../faults/catalogue.ts';
import type { SimulatedCheck } from './simulated.ts';
import { checkUnbiased } from './unbiased.ts';
import { windowOf, windowsOfFaults } from './window.ts';

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
  'consent.kept': checkConsent,
  crosscheck: checkCrossCheck,
  det: checkRecheck,
  deployed: checkDeployed,
};

/** Faults -> oracles that are said to have noticed them, by what is expected of the run. */
export function noticedBy(record: RunRecord): ReadonlyMap<FaultId, readonly PlainOracleId[]> {
  const all = new Map<FaultId, readonly PlainOracleId[]>();
  const isRed = (oracle: PlainOracleId) => judgePlain(record, oracle).verdict === 'fail';
  for (const one of record.scenario.expect) {
    if (typeof one === 'string' || (one.id !== 'detected' && one.id !== 'outcome')) continue;
    const oracles = one.id === 'detected' ? [one.by] : askedToNotice(record, one.of).filter(isRed);
    if (oracles.length > 0) all.set(one.of, [...(all.get(one.of) ?? []), ...oracles]);
  }
  return all;
}

/** Whether an oracle is asked about a run, by its name or as one that notices a fault. */
export function isAsked(record: RunRecord, oracle: PlainOracleId): boolean {
  return record.scenario.expect.some((one) => {
    if (typeof one === 'string') return one === oracle;
    if (one.id === 'detected') return one.by === oracle;
    if (one.id === 'outcome') return askedToNotice(record, one.of).includes(oracle);
    return one.id === oracle;
  });
}

export function judge(record: RunRecord): ExpectationOutcome[] {
  const { scenario, simulation } = record;
  const asked = scenario.expect.map((expectation) => judgeOne(record, expectation));
  const overTime = [...asked, ...judgeDeployment(record)].map((outcome) => ({
    ...outcome,
    ...windowOf(record, outcome.id),
  }));
  // A fault is held to what it allows, and must have struck, whether or not anybody asked.
  const windows = windowsOfFaults(record);
  const faults = (simulation?.faults ?? []).map((fault, index) => ({
    ...judgeFault(fault),
    ...windows[index],
  }));
  return [...overTime, ...faults];
}

/** What must hold where uploads really travel, whether or not anybody asked. */
function judgeDeployment(record: RunRecord): ExpectationOutcome[] {
  const { deployment } = record;
  if (deployment === undefined) return [];
  const unasked = reddenedByDeviations.filter((oracle) => !isAsked(record, oracle));
  const exact = unasked.map((oracle) => judgePlain(record, oracle));
  return [...exact, { id: 'live', ...checkDeploymentEnds(record, deployment) }];
}

function judgeOne(record: RunRecord, expectation: Expectation): ExpectationOutcome {
  if (typeof expectation === 'string') return judgePlain(record, expectation);
  if ('kind' in expectation && expectation.kind === 'always') {
    return judgePlain(record, expectation.id);
  }
  const { id } = expectation;
  if (id === 'throughput') return { id, ...checkThroughput(record, expectation.atLeastPerUnit) };
  if (id === 'memory') return { id, ...checkMemory(record, expectation.atMostMiB) };
  assert(record.simulation !== undefined, `${id} is refused on the wall clock when loaded`);
  if (id === 'detected') {
    const found = judgePlain(record, expectation.by);
    return judgeDetection(record.simulation, expectation.of, found);
  }
  if (id === 'outcome') {
    const { of, atMost } = expectation;
    return judgeOutcome(record, of, (oracle) => judgePlain(record, oracle), atMost);
  }
  return judgeEvent(record.simulation, expectation);
}

/** What an oracle that is named by its id alone says of a run. */
export function judgePlain(
  record: RunRecord,
  id: Extract<Expectation, string>,
): ExpectationOutcome {
  const { simulation } = record;
  const simulated: SimulatedCheck | undefined = Object.hasOwn(simulatedChecks, id)
    ? simulatedChecks[id as keyof typeof simulatedChecks]
    : undefined;
  if (simulation !== undefined && simulated !== undefined) {
    return { id, ...simulated(record, simulation) };
  }
  const check = checks[id];
  assert(check !== undefined, `${id} is refused when a scenario is loaded: nothing judges it yet`);
  return { id, ...check(record) };
}
