/**
 * A run in simulated time, in one function: the stage is set, faults put their decorators on it,
 * machines start, phones report day by day, time passes until everything has come to its end, and
 * what is left is handed to the books. Everything follows from (scenario, seed): the order of
 * events is that of the timeline, and every random number is drawn by name.
 */

import type { SeedBranch } from '@priolab/crypto';
import { readBatchBase } from '@priolab/nodes';
import type { Job } from '@priolab/nodes';
import { DAY_MS } from '@priolab/roles';
import type { AggregateResult } from '@priolab/roles';

import { VENDORS, machineNames } from '../faults/places.ts';
import { createPermission } from '../population/consent.ts';
import type { PopulationPlan } from '../population/plan.ts';
import type { SimulatedSeries } from '../record/series-record.ts';
import type { SimulationRecord } from '../record/simulation-record.ts';
import { firstDay } from '../run/settings.ts';
import type { Stage as PipelineStage } from '../run/stages.ts';
import type { Work } from '../run/work.ts';
import { deploymentNameOf } from '../scenario/deployment-schema.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { watchAnswers } from './answers.ts';
import { windowKey } from './book.ts';
import type { Book } from './book.ts';
import { watchConsent } from './consent.ts';
import type { ConsentWatch } from './consent.ts';
import { deedItems, strikeOfDeed } from './deeds.ts';
import type { Hooks, Inject } from './fault.ts';
import type { Journal } from './journal.ts';
import { watchFreshness } from './freshness.ts';
import { scanForLeaks } from './leaks.ts';
import type { LeakScan } from './leaks.ts';
import type { KeyGeneration, Parties } from './parties.ts';
import { createPhones } from './phones.ts';
import type { PhoneOptions, PhoneReport, Phones } from './phones.ts';
import { isOfCore } from './scenario-settings.ts';
import type { HealSettings, NemesisItem, SimulationSettings } from './settings.ts';
import { readShown } from './shown.ts';
import type { ShownTotal } from './shown.ts';
import { injectFaults, setStage } from './stage.ts';
import type { Endings, Stage } from './stage.ts';
import type { Strikes } from './strikes.ts';
import type { Traffic } from './traffic.ts';
import type { Wire } from './wire/wire.ts';

export interface Simulation {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly seedTree: SeedBranch;
  readonly settings: SimulationSettings;
  readonly nemesis: readonly NemesisItem[];
  /** By id; a fault that is not there can't be injected. */
  readonly faults: ReadonlyMap<string, Inject>;
  /** From `atMs` (since the start) on, faults and latencies are drawn under another name. */
  readonly fork?: { readonly atMs: number; readonly name: string } | undefined;
  /** Changes the run before it starts: what a second run is to differ in. */
  readonly vary?: ((hooks: Hooks) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each event, so it must be cheap; `flow` is to be asked now and then. */
  readonly onProgress?: ((progress: SimulationProgress) => void) | undefined;
  /** What the combiner publishes, as it does. */
  readonly onPublished?: ((result: AggregateResult) => void) | undefined;
}

export interface SimulationProgress {
  /** Since the start, and how long it may take at most. */
  readonly simulatedMs: number;
  readonly ofMs: number;
  readonly flow: Traffic['flow'];
}

/** What a simulation leaves behind, for the record. */
export interface Simulated {
  readonly book: Book;
  readonly strikes: Strikes;
  readonly series: SimulatedSeries;
  readonly journal: Journal;
  readonly parties: Parties;
  readonly work: Readonly<Record<PipelineStage, Work>>;
  readonly startMs: number;
  /** When the last day of reports was over, and when the run ended. */
  readonly daysEndMs: number;
  readonly endMs: number;
  readonly eventCount: number;
  readonly interrupted: boolean;
  readonly fork?: { readonly atMs: number; readonly name: string } | undefined;
  readonly openTasks: Readonly<Record<'leader' | 'helper', number>>;
  /** The window (`windowKey`) of each of them. */
  readonly openTaskWindows: readonly string[];
  /** Report -> 1 + index in the scenario's adversaries. */
  readonly deeds: ReadonlyMap<number, number>;
  /** Names of events -> how often. */
  readonly events: Readonly<Record<string, number>>;
  /** Events that are counted rather than told, by the names of `expectations/events.ts`. */
  readonly counted: Readonly<Record<string, number>>;
  readonly settings: SimulationSettings;
  readonly rewrites: { readonly changed: number; readonly count: number };
  readonly stale: SimulationRecord['stale'];
  readonly leaks: LeakScan;
  /** There where the scenario says who may send. */
  readonly consent?: ConsentWatch | undefined;
  /** What people are shown of each window (`windowKey`), read from where they read it. */
  readonly shown: ReadonlyMap<string, ShownTotal>;
}

/** How often the simulation looks whether all is done, once the days are over. */
const CHECK_EVERY_MS = 15 * 60_000;

export async function simulate(simulation: Simulation): Promise<Simulated> {
  const wire = await wireOf(simulation);
  try {
    return await simulateOver(wire, simulation);
  } finally {
    await wire?.close();
  }
}

/** What carries uploads, where it is more than memory. */
async function wireOf({ scenario, settings }: Simulation): Promise<Wire | undefined> {
  const name = deploymentNameOf(scenario.deployment);
  if (name !== 'msw' && name !== 'http') return undefined;
  // Loaded when it is needed: other runs have no use for HTTP.
  const { openWire } = await import('./wire/wire.ts');
  const replicas = Array.from({ length: settings.replicas }, (_, i) => i);
  const fronts = VENDORS.flatMap((vendor) => replicas.map((i) => machineNames.front(vendor, i)));
  return openWire(name, fronts);
}

async function simulateOver(wire: Wire | undefined, simulation: Simulation): Promise<Simulated> {
  const { scenario, plan, fork } = simulation;
  const stage = setStage(simulation, wire);
  const { timeline, deployment, book, journal, startMs } = stage;
  const endings = injectFaults(simulation, stage);
  simulation.vary?.(stage.hooks);
  const rewrites = stage.watchRewrites();
  const stale = freshnessOf(simulation, stage);
  watchAnswers(deployment.network, book);
  const consent = watchConsent(simulation, stage);

  // Machines start; phones report, day by day.
  for (const machine of deployment.machines.values()) machine.start();
  const deeds = new Map<number, number>();
  const phones = phonesOf(simulation, stage, {
    onDeed(report) {
      deeds.set(report.number, report.deed);
      noteDeed(simulation, stage, report);
    },
    onStopped: (report) => consent?.stopped(report),
    onBegan(report, isFirst) {
      stage.traffic.began(isFirst);
      stage.strikes.sent(timeline.nowMs(), report);
    },
    onUnsent: (report) => stage.strikes.sent(timeline.nowMs(), report),
    onEnded: stage.traffic.ended,
  });
  for (let day = 0; day < plan.population.days; day++) {
    const start = (): void => phones.startDay(firstDay(scenario) + day);
    timeline.at(startMs + day * DAY_MS, () => stage.strikes.ahead(start));
  }

  if (simulation.settings.heal !== undefined) healAt(simulation.settings.heal, stage);

  // Time passes until everything has come to its end, or can't any more.
  const { eventCount, interrupted } = await passTime(simulation, stage, endings, phones);
  for (const action of endings.actions) action();

  const { leader, helper } = deployment.queues;
  const { strikes, traffic, parties, stageWork, daysEndMs, events, world, removed } = stage;
  const counts = { eventCount, events, counted: countEvents(stage), rewrites, stale };
  const { stores } = deployment;
  return {
    book,
    consent,
    strikes,
    series: traffic.series(),
    journal,
    parties,
    work: stageWork.totals(),
    startMs,
    daysEndMs,
    endMs: timeline.nowMs(),
    ...counts,
    interrupted,
    openTasks: { leader: leader.openCount, helper: helper.openCount },
    openTaskWindows: [...leader.openBodies(), ...helper.openBodies()].map(windowOfJob),
    deeds,
    fork,
    settings: simulation.settings,
    shown: readShown(stores, parties.tasks),
    leaks: scanForLeaks({ world, parties, stores, removed, journal, book }),
  };
}

function windowOfJob(job: Job): string {
  const { windowStartMs } = job.kind === 'aggregate' ? job : readBatchBase(job.base)!;
  return windowKey(job.task, windowStartMs);
}

function freshnessOf(
  { settings: { ageMsMax, skewMsMax } }: Simulation,
  { timeline, deployment: { stores, machines } }: Stage,
): SimulationRecord['stale'] {
  const nowMs = (): number => timeline.nowMs();
  const clockMs = (machine: string): number => machines.get(machine)?.clock.nowMs() ?? nowMs();
  return watchFreshness({ stores, nowMs, clockMs, ageMsMax, skewMsMax });
}

/** Faults stop by themselves (`nemesisOf`); machines of the core that are down are switched on. */
function healAt({ atMs, core }: HealSettings, { timeline, deployment, startMs }: Stage): void {
  timeline.at(startMs + atMs, () => {
    for (const machine of deployment.machines.values()) {
      if (isOfCore(machine.name, core)) machine.start();
    }
  });
}

/** Events that nobody tells of, by their names in `expectations/events.ts`. */
function countEvents({ deployment, parties, timeline, startMs }: Stage): Record<string, number> {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const queues = Object.values(deployment.queues);
  const generations = Object.values(parties.rings).flat();
  const isNew = ({ fromMs }: KeyGeneration): boolean =>
    fromMs > startMs && fromMs <= timeline.nowMs();
  return {
    'task.redelivered': sum(queues.map(({ redeliveredCount }) => redeliveredCount)),
    'lease.expired': sum(queues.map(({ expiredCount }) => expiredCount)),
    'key.rotated': generations.filter(isNew).length,
    'node.restarted': sum([...deployment.machines.values()].map(({ starts }) => starts - 1)),
  };
}

function phonesOf(
  { scenario, plan, seedTree, settings }: Simulation,
  { world, parties, timeline, deployment, book, hooks, stageWork: { charge } }: Stage,
  listeners: Pick<PhoneOptions, 'onDeed' | 'onStopped' | 'onBegan' | 'onUnsent' | 'onEnded'>,
): Phones {
  const { network } = deployment;
  const permission = createPermission(plan.population, seedTree);
  const parts = { world, plan, seedTree, parties, settings, timeline, network, book, permission };
  const own = { hooks: hooks.phones, charge, firstDay: firstDay(scenario) };
  return createPhones({ ...parts, ...own, ...listeners });
}

/** A phone that breaks the protocol because the nemesis says so: a strike of that fault. */
function noteDeed(
  { scenario, nemesis }: Simulation,
  { strikes, timeline }: Stage,
  { number, deed }: PhoneReport,
): void {
  const item = deedItems(scenario, nemesis)[deed - 1]!;
  const strike = strikeOfDeed(scenario.adversaries[deed - 1]!.id, number);
  if (item === -1) strikes.excuse(number, strike.allowed);
  else strikes.add(timeline.nowMs(), item, strike);
}

async function passTime(
  { settings, signal, onProgress }: Simulation,
  { timeline, book, traffic, deployment, startMs, daysEndMs }: Stage,
  { stayUntilMs }: Endings,
  phones: Phones,
): Promise<{ readonly eventCount: number; readonly interrupted: boolean }> {
  const lastMs = Math.max(daysEndMs + settings.drainMs, stayUntilMs());
  let interrupted = false;
  let nextCheckMs = daysEndMs;
  const eventCount = await timeline.driveUntil(lastMs, (nowMs) => {
    interrupted = signal?.aborted === true;
    onProgress?.({ simulatedMs: nowMs - startMs, ofMs: lastMs - startMs, flow: traffic.flow });
    if (interrupted) return false;
    if (nowMs < nextCheckMs || nowMs < stayUntilMs()) return true;
    nextCheckMs = nowMs + CHECK_EVERY_MS;
    const { leader, helper } = deployment.queues;
    const openTasks = leader.openCount + helper.openCount;
    return phones.underWay > 0 || openTasks > 0 || book.hasOpen();
  });
  return { eventCount, interrupted };
}
