/**
 * Runs a scenario in simulated time and judges it: what `run/run.ts` does on the wall clock.
 * Single-threaded: one timeline is one order of events.
 */

import { cpuTimeMs, monotonicMs, watchMemory } from '@priolab/runtime';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import { judge } from '../expectations/judge.ts';
import { overallVerdict } from '../expectations/verdict.ts';
import { fidelityRecord } from '../fidelity.ts';
import { createLedger } from '../record/ledger.ts';
import { RECORD_SCHEMA } from '../record/run-record.ts';
import type { CostRecord, RunRecord, RunSummary } from '../record/run-record.ts';
import type { SimulationRecord } from '../record/simulation-record.ts';
import { calibrate } from '../run/calibrate.ts';
import type { RunOptions } from '../run/run.ts';
import { planGradually, seedTreeOf } from '../run/settings.ts';
import { STAGES } from '../run/stages.ts';
import type { Stage } from '../run/stages.ts';
import { emptyWork } from '../run/work.ts';
import { digestOf, scenarioDigest } from '../scenario/digest.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { faultCode } from './faults/registry.ts';
import { cellsOf, closeBook, countFates, simulationRecordOf, tallyOf } from './record.ts';
import type { Closing } from './record.ts';
import { withDeeds } from './deeds.ts';
import { nemesisOf, simulationSettings } from './scenario-settings.ts';
import { simulate } from './simulate.ts';
import type { Simulated, Simulation } from './simulate.ts';

export async function runSimulated(options: RunOptions): Promise<RunSummary> {
  const { signal, onProgress, ledgerPath } = options;
  const startMs = monotonicMs();
  const startCpuMs = cpuTimeMs();
  const memory = watchMemory();
  const before = calibrate();
  const scenario = withDeeds(options.scenario);
  const plan = options.plan ?? (await planGradually(scenario))!;
  const simulation: Simulation = {
    scenario,
    plan,
    seedTree: seedTreeOf(scenario),
    settings: simulationSettings(scenario),
    nemesis: nemesisOf(scenario),
    faults: options.faults ?? faultCode,
    signal,
    onProgress: ({ simulatedMs, ofMs }) => {
      memory.look();
      const share = Math.min(1, simulatedMs / ofMs);
      const reportsDone = Math.floor(share * plan.reportCount);
      const elapsedMs = monotonicMs() - startMs;
      onProgress?.({ reportsDone, reportCount: plan.reportCount, elapsedMs });
    },
  };
  const simulated = await simulate(simulation);
  const closing = closeBook(simulated, simulation.nemesis);
  const rerun = asksFor(scenario, 'det') ? await runAgain(simulation, simulated) : undefined;
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
    reportsPerSecond: (1000 * plan.reportCount) / wallMs,
    stagesMs: byStage(() => 0),
    work: byStage((stage) => (stage === 'observe' ? simulated.work : emptyWork())),
    calibrationUs: { before, after: calibrate() },
    peakRssBytes: peak.bytes,
    peakRssSource: peak.source,
  };
  const record = recordOf({ options, simulation, simulated, closing, cost, rerun });
  const expectations = judge(record);
  return { ...record, expectations, ...overallVerdict(expectations, simulated.interrupted) };
}

function asksFor({ expect }: Scenario, id: string): boolean {
  return expect.some((one) => (typeof one === 'string' ? one : one.id) === id);
}

/** The same once more: where do the two runs part, if they do? */
async function runAgain(
  simulation: Simulation,
  { journal }: Simulated,
): Promise<SimulationRecord['rerun']> {
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
  readonly rerun: SimulationRecord['rerun'];
}): RunRecord {
  const { options, simulation, simulated, closing, cost, rerun } = parts;
  const { scenario, plan, nemesis, settings } = simulation;
  const fates = countFates(closing.fates);
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
  const inner = simulationRecordOf(simulated, { nemesis, settings, closing });
  const results = { fates, cells, tally, adversaries, simulation: inner };
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
    population: {
      phones: plan.phoneCount,
      deviceDays: plan.participantCount,
      reports: plan.reportCount,
      states: new Set(plan.cells.map(({ state }) => state.id)).size,
      days: plan.population.days,
      shards: plan.shardCount,
    },
    fates,
    copyFates: [],
    cells,
    adversaries,
    tally,
    simulation: rerun === undefined ? inner : { ...inner, rerun },
    cost,
    environment: { ...options.environment, workers: 0 },
  };
}

function byStage<T>(of: (stage: Stage) => T): Record<Stage, T> {
  return Object.fromEntries(STAGES.map((stage) => [stage, of(stage)])) as Record<Stage, T>;
}
