/**
 * Runs a scenario: plan the population, run its shards on an engine, publish, judge, record.
 */

import type { Vendor } from '@priolab/roles';
import { cpuTimeMs, createEngine, monotonicMs, watchMemory } from '@priolab/runtime';
import type { Engine, MemoryWatch } from '@priolab/runtime';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import { judge } from '../expectations/judge.ts';
import { overallVerdict } from '../expectations/verdict.ts';
import { fidelityRecord } from '../fidelity.ts';
import { publish } from '../pipeline.ts';
import type { PopulationPlan } from '../population/plan.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/services.ts';
import { fateCounts } from '../record/fate-counts.ts';
import { createLedger } from '../record/ledger.ts';
import { noiseRecordOf } from '../record/noise-record.ts';
import { RECORD_SCHEMA } from '../record/run-record.ts';
import type {
  CellRecord,
  CostRecord,
  EnvironmentRecord,
  RunRecord,
  RunSummary,
  TallyRecord,
} from '../record/run-record.ts';
import type { SeriesRecord } from '../record/series-record.ts';
import { wireRecordOf } from '../record/wire-record.ts';
import { digestOf, scenarioDigest } from '../scenario/digest.ts';
import { deploymentNameOf } from '../scenario/deployment-schema.ts';
import { UsageError } from '../scenario/problems.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Inject } from '../simulation/fault.ts';
import { asksFor } from './asks-for.ts';
import { calibrate } from './calibrate.ts';
import { consentRecord } from './consent-record.ts';
import { createConsentView } from './consent-view.ts';
import { createCollector } from './collect.ts';
import type { Collector } from './collect.ts';
import { fatesOf } from './fate-rows.ts';
import { populationRecord } from './population-record.ts';
import { createRecheck } from './recheck.ts';
import type { Recheck } from './recheck.ts';
import { planGradually, seedTreeOf } from './settings.ts';
import type { ShardInit } from './shard-program.ts';
import type { ShardResult } from './shard-result.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';
import { createWallProgress } from './wall-progress.ts';
import type { WallProgress } from './wall-progress.ts';
import { WORK_KINDS } from './work.ts';
import type { Work } from './work.ts';

export interface Progress {
  /** Reports that are settled; in simulated time those that devices have sent. */
  readonly reportsDone: number;
  readonly reportCount: number;
  readonly elapsedMs: number;
  /** How far the run is, 0 to 1, where reports don't tell: in simulated time, that of its time. */
  readonly share?: number;
  /** Where reports are, for a live view. Counted when it is read: seldom is cheap. */
  readonly flow?: FlowProgress;
}

/** How far reports have come, totals so far. What is in flight is the difference of two. */
export interface FlowProgress {
  /** Reports that devices have sent, that ingestors took in, that both processors accepted. */
  readonly sent: number;
  readonly ingested: number;
  readonly leader: number;
  readonly helper: number;
  /** Windows that the combiner has published, and those due in the whole run where it is known. */
  readonly published: number;
  readonly due?: number;
  /** Reports refused for good, by `hop reason`, such as `ingestor bad-signature`. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly rssBytes: number;
  /** In simulated time: the moment it has reached, ms since the epoch, and strikes so far. */
  readonly simulatedMs?: number;
  readonly strikes?: Readonly<Record<string, number>>;
}

/** What a combiner published of one metric of one state and vendor. */
export interface PublishedWindow {
  readonly state: string;
  readonly vendor: Vendor;
  readonly metric: string;
  readonly windowStartMs: number;
  readonly windowMs: number;
  readonly epsilon: number;
  readonly clients: number;
  /** Noisy, one a bin. */
  readonly totals: readonly number[];
}

export interface RunOptions {
  readonly scenario: Scenario;
  /** The scenario's plan, where the caller has made it; left out: made here. */
  readonly plan?: PopulationPlan;
  /** Worker threads; 0 runs in this thread. */
  readonly workers: number;
  readonly environment: Omit<EnvironmentRecord, 'workers'>;
  /** Where the fate ledger goes; left out: no ledger. */
  readonly ledgerPath?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** In simulated time: told of each window when the combiner publishes it. */
  readonly onPublished?: ((window: PublishedWindow) => void) | undefined;
  /** Needed where the scenario's parties are not all in memory. */
  readonly deployment?: DeploymentOptions;
  /** For tests: another engine or another program. */
  readonly engine?: Engine;
  readonly program?: URL;
  /** For tests in simulated time: other code of faults, by id. */
  readonly faults?: ReadonlyMap<string, Inject>;
  /** In simulated time: from this moment on randomness is drawn under another name. */
  readonly fork?: { readonly atMs: number; readonly name: string } | undefined;
}

const PROGRAM = new URL('./shard-program.ts', import.meta.url);

/** Begins what workers will need; for callers that have something else to do before they run. */
export function prepareWorkers(workers: number): void {
  createEngine(workers).prepare?.(PROGRAM);
}

export async function runScenario(options: RunOptions): Promise<RunSummary> {
  const { scenario } = options;
  if (scenario.clock === 'simulated') {
    // Loaded when it is needed: a run on the wall clock has no use for it.
    const { runSimulated } = await import('../simulation/run.ts');
    return runSimulated(options);
  }
  if (deploymentNameOf(scenario.deployment) === 'memory') return runOnWallClock(options);
  const plan = options.plan ?? (await planGradually(scenario))!;
  const deployment = await deploymentOf(options, plan);
  let failed = true;
  try {
    const summary = await runOnWallClock({ ...options, plan }, deployment);
    failed = summary.verdict === 'fail';
    return summary;
  } finally {
    await deployment.close({ failed });
  }
}

/** Starts what the run deploys. @throws UsageError */
async function deploymentOf(
  { scenario, deployment }: RunOptions,
  plan: PopulationPlan,
): Promise<Deployment> {
  if (deployment === undefined) {
    const name = deploymentNameOf(scenario.deployment);
    const message = `got "${name}"; allowed: with \`priolab run\`, which has the services`;
    throw new UsageError(scenario.id, [{ path: 'deployment', message }]);
  }
  // Loaded when it is needed: other runs have no use for the real wire.
  const { deploy } = await import('../deployment/deployment.ts');
  return deploy(scenario, plan, deployment);
}

async function runOnWallClock(options: RunOptions, deployment?: Deployment): Promise<RunSummary> {
  const { scenario } = options;
  const startMs = monotonicMs();
  const startCpuMs = cpuTimeMs();
  const memory = watchMemory();
  const engine = options.engine ?? createEngine(options.workers);
  const program = options.program ?? PROGRAM;
  engine.prepare?.(program);
  const isJudged = asksFor(scenario, 'throughput');
  const before = calibrate({ isJudged });
  // Without a signal it comes to its end.
  const plan = options.plan ?? (await planGradually(scenario))!;
  const collector = createCollector(scenario, plan);
  const shardsStartMs = monotonicMs();
  const recheck = asksFor(scenario, 'det') ? createRecheck(scenario, plan) : undefined;
  const progress = createWallProgress({ scenario, plan, collector, tell: options.onProgress });
  const parts = { engine, recheck, program, plan, collector, deployment, memory, progress };
  const shards = runShards(options, parts);
  const isCutShort = await shards.finally(() => memory.stop());
  const rechecked = await recheck?.run();
  const shardsMs = monotonicMs() - shardsStartMs;
  const reference = cellRecords(collector);
  const how = { interrupted: isCutShort, signal: options.signal };
  const deployed = await deployment?.finish(collector.cells, reference, how);
  const cells = deployed?.cells ?? reference;
  const interrupted = deployed?.interrupted ?? isCutShort;
  const series = { wall: progress.finish(cells) };
  const peak = memory.stop();
  const cost: CostRecord = {
    wallMs: monotonicMs() - startMs,
    cpuMs: cpuTimeMs() - startCpuMs,
    reportsPerSecond: (1000 * collector.reportCount) / shardsMs,
    stagesMs: byStage((stage) => collector.stagesMs[stage]!),
    work: byStage((stage) => workOf(collector.work, stage)),
    calibrationUs: { before, after: calibrate({ isJudged }) },
    peakRssBytes: peak.bytes,
    peakRssSource: peak.source,
  };
  const environment = { ...options.environment, workers: options.workers };
  const record = {
    ...recordOf({ scenario, plan, collector, cells, interrupted, cost, series, environment }),
    ...(deployed === undefined ? {} : { deployment: deployed.deployment }),
    ...(rechecked === undefined ? {} : { recheck: rechecked }),
  };
  const expectations = judge(record);
  return { ...record, expectations, ...overallVerdict(expectations, interrupted) };
}

async function runShards(
  options: RunOptions,
  parts: {
    engine: Engine;
    program: URL;
    plan: PopulationPlan;
    collector: Collector;
    deployment: Deployment | undefined;
    recheck: Recheck | undefined;
    memory: MemoryWatch;
    progress: WallProgress;
  },
): Promise<boolean> {
  const { engine, program, plan, collector, deployment, recheck, memory, progress } = parts;
  const { scenario, signal, ledgerPath } = options;
  const ledger = ledgerPath === undefined ? undefined : createLedger(ledgerPath);
  const init: ShardInit = {
    scenario,
    plan: plan.transfer,
    ...(deployment === undefined ? {} : { uploads: deployment.uploads }),
  };
  try {
    const { interrupted } = await engine.run<ShardInit, ShardResult>({
      program,
      ...(program === PROGRAM ? { load: () => import('./shard-program.ts') } : {}),
      init,
      shardCount: plan.shardCount,
      ...(signal === undefined ? {} : { signal }),
      onResult(index, result) {
        collector.add(result);
        recheck?.note(result);
        memory.look();
        ledger?.write(result.firstReport, result.fates);
        progress.look();
        return deployment?.send(result, plan.shard(index));
      },
    });
    return interrupted;
  } finally {
    ledger?.close();
  }
}

function byStage<T>(of: (stage: number) => T): Record<Stage, T> {
  return Object.fromEntries(STAGES.map((stage, i) => [stage, of(i)])) as Record<Stage, T>;
}

function workOf(work: Float64Array, stage: number): Work {
  const from = stage * WORK_KINDS.length;
  const counts = WORK_KINDS.map((kind, k) => [kind, work[from + k]!]);
  return Object.fromEntries(counts) as Work;
}

function recordOf(parts: {
  scenario: Scenario;
  plan: PopulationPlan;
  collector: Collector;
  cells: readonly CellRecord[];
  interrupted: boolean;
  cost: CostRecord;
  series: SeriesRecord;
  environment: EnvironmentRecord;
}): RunRecord {
  const { scenario, plan, collector, cells, interrupted, cost, series, environment } = parts;
  const { fates, fatesByState } = fatesOf(plan, collector);
  const copyFates = fateCounts(collector.tally.copyFates);
  const tally = tallyRecord(scenario, collector);
  const adversaries = scenario.adversaries.map(({ id }, i) => ({
    id,
    about: catalogue[id].about,
    fired: collector.tally.deeds[i]!,
    escaped: collector.tally.escapes[i]!,
  }));
  const { fidelity: rung, sampleShare } = scenario.crypto;
  const fidelity = fidelityRecord({
    rung,
    ...(sampleShare === undefined ? {} : { sampleShare }),
    fullReports: collector.reportsByRung.full,
    sharesOnlyReports: collector.reportsByRung.sharesOnly,
  });
  const view = createConsentView(scenario, seedTreeOf(scenario));
  const consent =
    view === undefined
      ? {}
      : { consent: consentRecord(scenario, { view, tally: collector.consent, cells }) };
  const results = {
    fates,
    copyFates,
    cells,
    tally,
    adversaries,
    ledger: collector.fateDigest(),
    ...consent,
    // A full run's digest is what it was before there were other rungs.
    ...(rung === 'full' ? {} : { fidelity }),
  };
  return {
    schema: RECORD_SCHEMA,
    identity: {
      id: scenario.id,
      seed: String(scenario.seed),
      scenarioDigest: scenarioDigest(scenario),
      resultDigest: digestOf(results),
      backend: scenario.crypto.backend,
      fidelity: rung,
    },
    fidelity,
    scenario,
    interrupted,
    population: populationRecord(plan),
    fates,
    fatesByState,
    copyFates,
    cells,
    adversaries,
    tally,
    ...consent,
    cost,
    wire: wireRecordOf(scenario),
    series,
    environment,
  };
}

/** Has the combiner and the authority do their part, and puts the truth beside it. */
function cellRecords(collector: Collector): CellRecord[] {
  const { cells } = collector;
  const { published, held } = publish(
    cells.map(({ shares }) => shares.leader),
    cells.map(({ shares }) => shares.helper),
  );
  const byKey = new Map(
    published.map((item) => [key(item.result.task.id, item.result.windowStartMs), item]),
  );
  const heldByKey = new Map(held.map((item) => [`${item.taskId}/${item.windowStartMs}`, item]));
  return cells.map(({ cell, task, windowStartMs, shares, truth }) => {
    const item = byKey.get(key(task.id, windowStartMs));
    const pair = heldByKey.get(key(task.id, windowStartMs));
    return {
      state: cell.state.id,
      vendor: cell.vendor,
      metric: task.metric.id,
      windowStartMs,
      ...(pair === undefined ? {} : { held: { reason: pair.reason, detail: pair.detail } }),
      counts: {
        leader: shares.leader.count,
        helper: shares.helper.count,
        leaderRejected: shares.leader.rejectedCount,
        helperRejected: shares.helper.rejectedCount,
      },
      batchCount: shares.leader.batchIds.length,
      ...(item === undefined
        ? {}
        : {
            totals: [...item.result.totals],
            estimates: [...item.estimate.values],
            standardError: item.estimate.standardError,
          }),
      truth: {
        count: truth.count,
        noisy: [...truth.noisy],
        honestCount: truth.honestCount,
        honestNoisy: [...truth.honestNoisy],
        honestClean: [...truth.honestClean],
      },
    };
  });
}

function key(taskId: Uint8Array, windowStartMs: number): string {
  return `${Buffer.from(taskId).toString('hex')}/${windowStartMs}`;
}

function tallyRecord(
  scenario: Scenario,
  { tally, cells, wrongFateExamples }: Collector,
): TallyRecord {
  const { deeds: _deeds, escapes, copyFates: _copyFates, ...counts } = tally;
  const escaped = (soundness: boolean): number =>
    scenario.adversaries.reduce(
      (sum, { id }, i) => sum + (catalogue[id].soundness === soundness ? escapes[i]! : 0),
      0,
    );
  const noise = cells.map(({ task: { epsilon }, truth }) => {
    const { flippedBits, noisedBits } = truth;
    return { epsilon, flippedBits, noisedBits };
  });
  return {
    ...counts,
    wrongFateExamples,
    soundnessEscapes: escaped(true),
    otherEscapes: escaped(false),
    ...noiseRecordOf(scenario, noise),
  };
}
