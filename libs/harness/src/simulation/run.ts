/**
 * Runs a scenario in simulated time and judges it: what `run/run.ts` does on the wall clock.
 * Single-threaded: one timeline is one order of events.
 */

import { cpuTimeMs, monotonicMs, watchMemory } from '@priolab/runtime';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import { isAsked, judge, judgePlain, noticedBy } from '../expectations/judge.ts';
import { limitsOf } from '../expectations/outcomes.ts';
import { overallVerdict } from '../expectations/verdict.ts';
import { fidelityRecord } from '../fidelity.ts';
import { createLedger } from '../record/ledger.ts';
import { RECORD_SCHEMA } from '../record/run-record.ts';
import type { CostRecord, RunRecord, RunSummary, Verdict } from '../record/run-record.ts';
import type { SimulationRecord } from '../record/simulation-record.ts';
import { wireRecordOf } from '../record/wire-record.ts';
import { calibrate } from '../run/calibrate.ts';
import { populationRecord } from '../run/population-record.ts';
import type { RunOptions } from '../run/run.ts';
import { planGradually, seedTreeOf } from '../run/settings.ts';
import { STAGES } from '../run/stages.ts';
import { emptyWork } from '../run/work.ts';
import { digestOf, scenarioDigest } from '../scenario/digest.ts';
import { expandNemesis } from './faults/composite.ts';
import { faultCode } from './faults/registry.ts';
import { createSimulatedProgress } from './progress.ts';
import {
  cellsOf,
  closeBook,
  countFates,
  simulationRecordOf,
  stateFatesOf,
  tallyOf,
} from './record.ts';
import type { Closing } from './record.ts';
import { withDeeds } from './deeds.ts';
import { nemesisOf, simulationSettings } from './scenario-settings.ts';
import type { NemesisItem } from './settings.ts';
import { simulate } from './simulate.ts';
import type { Simulated, Simulation } from './simulate.ts';
import { swapOthers } from './tenant.ts';

export async function runSimulated(options: RunOptions): Promise<RunSummary> {
  const { signal, onProgress, ledgerPath } = options;
  const startMs = monotonicMs();
  const startCpuMs = cpuTimeMs();
  const memory = watchMemory();
  const before = calibrate({ isJudged: false });
  const scenario = withDeeds(expandNemesis(options.scenario));
  const plan = options.plan ?? (await planGradually(scenario))!;
  const progress = createSimulatedProgress({ scenario, plan, startMs, tell: onProgress });
  const simulation: Simulation = {
    scenario,
    plan,
    seedTree: seedTreeOf(scenario),
    settings: simulationSettings(scenario),
    nemesis: nemesisOf(scenario),
    faults: options.faults ?? faultCode,
    fork: options.fork,
    signal,
    onProgress(reached) {
      memory.look();
      progress.look(reached);
    },
  };
  // Not those of second runs, which are nobody's results.
  const onPublished = toldAs(options.onPublished);
  const simulated = await simulate({ ...simulation, onPublished });
  const series = { wall: progress.finish(), simulated: simulated.series };
  const closing = closeBook(simulated, simulation.nemesis);
  const parts = { options, simulation, simulated, closing, cost: NO_COST };
  const once = recordOf({ ...parts, again: {} });
  const again = await runAgainFor((id) => isAsked(once, id), simulation, simulated);
  const found = { ...once, simulation: { ...once.simulation!, ...again } };
  const without = await runWithout(options, simulation, found);
  const interrupted = simulated.interrupted || again === undefined || without === undefined;
  if (ledgerPath !== undefined) {
    const ledger = createLedger(ledgerPath);
    ledger.write(0, closing.ledger);
    ledger.close();
  }
  const peak = memory.stop();
  const wallMs = monotonicMs() - startMs;
  const cost: CostRecord = {
    wallMs,
    cpuMs: cpuTimeMs() - startCpuMs,
    reportsPerSecond: (1000 * reportsRun(found, simulated)) / wallMs,
    stagesMs: {},
    work: simulated.work,
    calibrationUs: { before, after: calibrate({ isJudged: false }) },
    peakRssBytes: peak.bytes,
    peakRssSource: peak.source,
  };
  const record: RunRecord = {
    ...found,
    interrupted,
    simulation: { ...found.simulation, ...without },
    cost,
    series,
  };
  const expectations = judge(record);
  const limits = limitsOf(record);
  return { ...record, limits, expectations, ...overallVerdict(expectations, interrupted) };
}

function toldAs(tell: RunOptions['onPublished']): Simulation['onPublished'] {
  if (tell === undefined) return undefined;
  return ({ task, windowStartMs, totals, count }) => {
    const { state, vendor, metric, windowMs, epsilon } = task;
    const which = { state, vendor, metric: metric.id, windowStartMs, windowMs, epsilon };
    tell({ ...which, clients: count, totals: [...totals] });
  };
}

/** A run that came to its end has run them all, whatever became of them. */
function reportsRun({ fates, population }: RunRecord, { interrupted }: Simulated): number {
  if (!interrupted) return population.reports;
  const ended = fates.filter(({ outcome }) => outcome !== 'pending');
  return ended.reduce((sum, { count }) => sum + count, 0);
}

type SecondRuns = Pick<SimulationRecord, 'rerun' | 'tenant'>;

/**
 * The second runs that oracles need which compare two; undefined if one of them was cut short: it
 * would differ by that alone.
 */
async function runAgainFor(
  asks: (id: 'det' | 'tenant') => boolean,
  simulation: Simulation,
  simulated: Simulated,
): Promise<SecondRuns | undefined> {
  if (simulated.interrupted) return undefined;
  const again = {
    ...(asks('det') ? { rerun: await runAgain(simulation, simulated) } : {}),
    ...(asks('tenant') ? { tenant: await swapOthers(simulation, simulated) } : {}),
  };
  const isAgain = Object.keys(again).length > 0;
  return isAgain && simulation.signal?.aborted === true ? undefined : again;
}

/**
 * Once more without each fault that an oracle is said to have noticed: what is red then as well is
 * red for another reason. All else is drawn as it was. Undefined if it was cut short.
 */
async function runWithout(
  options: RunOptions,
  simulation: Simulation,
  found: RunRecord,
): Promise<Pick<SimulationRecord, 'without'> | undefined> {
  const without: Record<string, Record<string, Verdict>> = {};
  const { nemesis } = simulation;
  for (const [of, oracles] of noticedBy(found)) {
    const isLeftOut = ({ id, partOf }: NemesisItem): boolean =>
      id === of || (partOf !== undefined && nemesis[partOf]!.id === of);
    const other: Simulation = {
      ...simulation,
      // It keeps its place in the list, by which the others draw.
      nemesis: nemesis.map((one) => (isLeftOut(one) ? { ...one, untilMs: one.fromMs } : one)),
    };
    const simulated = await simulate(other);
    const again = await runAgainFor((id) => oracles.includes(id), other, simulated);
    if (again === undefined) return undefined;
    const closing = closeBook(simulated, other.nemesis);
    const parts = { options, simulation: other, simulated, closing, cost: NO_COST, again };
    const record = recordOf(parts);
    without[of] = Object.fromEntries(oracles.map((by) => [by, judgePlain(record, by).verdict]));
  }
  return Object.keys(without).length === 0 ? {} : { without };
}

/** The same once more: where do the two runs part, if they do? */
async function runAgain(
  simulation: Simulation,
  { journal }: Simulated,
): Promise<NonNullable<SimulationRecord['rerun']>> {
  const again = await simulate(simulation);
  const digest = again.journal.digest();
  if (digest === journal.digest()) return { digest };
  const { marks } = journal;
  const other = again.journal.marks;
  const length = Math.max(marks.length, other.length);
  let firstDifference = 0;
  while (firstDifference < length && marks[firstDifference] === other[firstDifference]) {
    firstDifference += 1;
  }
  return { digest, firstDifference };
}

function recordOf(parts: {
  readonly options: RunOptions;
  readonly simulation: Simulation;
  readonly simulated: Simulated;
  readonly closing: Closing;
  readonly cost: CostRecord;
  readonly again: SecondRuns;
}): RunRecord {
  const { options, simulation, simulated, closing, cost, again } = parts;
  const { scenario, plan, nemesis } = simulation;
  const fates = countFates(closing.fates);
  const fatesByState = stateFatesOf(simulated, closing);
  const cells = cellsOf(simulated);
  const tally = tallyOf(simulated, scenario, closing);
  const adversaries = scenario.adversaries.map(({ id }, i) => {
    const own = [...simulated.deeds].filter(([, deed]) => deed === i + 1).map(([report]) => report);
    const { refusedAs, resends } = catalogue[id];
    const mayCount = refusedAs.length === 0 || resends !== undefined;
    const escaped = own.filter((report) => closing.fates[report]!.outcome === 'accepted');
    return {
      id,
      about: catalogue[id].about,
      fired: own.length,
      escaped: mayCount ? 0 : escaped.length,
    };
  });
  const consent =
    simulated.consent === undefined ? {} : { consent: simulated.consent.record(cells) };
  const before = simulationRecordOf(simulated, { nemesis, closing });
  // When faults struck is the simulator's own note, and they may strike as a report is sent.
  const shown = {
    fates,
    cells,
    tally,
    adversaries,
    ...consent,
    simulation: { ...before, faultLog: [] },
  };
  simulated.leaks.search('the results', JSON.stringify(shown));
  const inner = { ...before, leaks: simulated.leaks.record() };
  const results = { fates, cells, tally, adversaries, ...consent, simulation: inner };
  const fullReports = plan.reportCount;
  return {
    schema: RECORD_SCHEMA,
    identity: {
      id: scenario.id,
      seed: String(scenario.seed),
      scenarioDigest: scenarioDigest(options.scenario),
      resultDigest: digestOf(results),
      backend: scenario.crypto.backend,
      fidelity: 'full',
    },
    fidelity: fidelityRecord({ rung: 'full', fullReports, sharesOnlyReports: 0 }),
    scenario: options.scenario,
    interrupted: simulated.interrupted,
    population: populationRecord(plan),
    fates,
    fatesByState,
    copyFates: [],
    cells,
    adversaries,
    tally,
    ...consent,
    simulation: { ...inner, ...again },
    cost,
    wire: wireRecordOf(scenario),
    environment: { ...options.environment, workers: 0 },
  };
}

/** Where nobody asks what it cost. */
const NO_COST: CostRecord = {
  wallMs: 0,
  cpuMs: 0,
  reportsPerSecond: 0,
  stagesMs: {},
  work: Object.fromEntries(STAGES.map((stage) => [stage, emptyWork()])) as CostRecord['work'],
  calibrationUs: { before: 0, after: 0 },
  peakRssBytes: 0,
  peakRssSource: 'samples',
};
