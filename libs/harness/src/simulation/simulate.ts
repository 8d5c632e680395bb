/**
 * A run in simulated time, in one function: parties are set up, faults put their decorators on
 * them, machines start, phones report day by day, time passes until everything has come to its end,
 * and the books are closed. Everything follows from (scenario, seed): the order of events is that
 * of the timeline, and every random number is drawn by name.
 */

import type { SeedBranch } from '@priolab/crypto';
import type { NodeEvent } from '@priolab/nodes';
import { DAY_MS } from '@priolab/roles';
import { createTimeline } from '@priolab/runtime';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { AdversaryId } from '../adversary/catalogue.ts';
import type { PopulationPlan } from '../population/plan.ts';
import { firstDay } from '../run/settings.ts';
import { emptyWork } from '../run/work.ts';
import type { Work } from '../run/work.ts';
import type { SimulationRecord } from '../record/simulation-record.ts';
import { createWorld } from '../run/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { createBook } from './book.ts';
import type { Book } from './book.ts';
import { createDeployment, createTransport } from './deployment.ts';
import { describeEvent } from './describe-event.ts';
import { noHooks } from './fault.ts';
import type { FaultContext, Inject } from './fault.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { createParties } from './parties.ts';
import type { Parties } from './parties.ts';
import { createPhones } from './phones.ts';
import type { NemesisItem, SimulationSettings } from './settings.ts';
import { createStrikes } from './strikes.ts';
import type { Strikes } from './strikes.ts';
import { readShown } from './shown.ts';
import type { ShownTotal } from './shown.ts';
import { scanForLeaks } from './leaks.ts';
import { watchRewrites } from './rewrites.ts';

export interface Simulation {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly seedTree: SeedBranch;
  readonly settings: SimulationSettings;
  readonly nemesis: readonly NemesisItem[];
  /** By id; a fault that is not there can't be injected. */
  readonly faults: ReadonlyMap<string, Inject>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: { readonly simulatedMs: number; readonly ofMs: number }) => void;
}

/** What a simulation leaves behind, for the record. */
export interface Simulated {
  readonly book: Book;
  readonly strikes: Strikes;
  readonly journal: Journal;
  readonly parties: Parties;
  readonly work: Work;
  readonly startMs: number;
  /** When the last day of reports was over, and when the run ended. */
  readonly daysEndMs: number;
  readonly endMs: number;
  readonly eventCount: number;
  readonly interrupted: boolean;
  readonly openTasks: Readonly<Record<'leader' | 'helper', number>>;
  /** Report -> 1 + index in the scenario's adversaries. */
  readonly deeds: ReadonlyMap<number, number>;
  /** Names of events -> how often. */
  readonly events: Readonly<Record<string, number>>;
  /** Machines started again after a crash. */
  readonly restarts: number;
  readonly rewrites: { readonly changed: number; readonly count: number };
  readonly leaks: SimulationRecord['leaks'];
  /** What people are shown of each window (`windowKey`), read from where they read it. */
  readonly shown: ReadonlyMap<string, ShownTotal>;
}

/** How often the simulation looks whether all is done, once the days are over. */
const CHECK_EVERY_MS = 15 * 60_000;

export async function simulate(simulation: Simulation): Promise<Simulated> {
  const { scenario, plan, seedTree, settings, nemesis, faults, signal, onProgress } = simulation;
  const day0 = firstDay(scenario);
  const startMs = day0 * DAY_MS;
  const daysEndMs = startMs + plan.population.days * DAY_MS;
  const lastMs = daysEndMs + settings.drainMs;
  const work = emptyWork();
  const timeline = createTimeline(startMs);
  const book = createBook();
  const journal = createJournal();
  const strikes = createStrikes(nemesis);
  const hooks = noHooks();

  // Parties: their keys, arithmetic and stores.
  const world = createWorld({
    scenario,
    seedTree,
    backend: scenario.crypto.backend,
    shardParticipants: plan.population.shardParticipants,
    blockCapacity: settings.batchSize,
  });
  const { authorityScalars } = world;
  const parties = createParties({
    ...{ scenario, plan, seedTree, settings, hooks, work, startMs, authorityScalars },
    endMs: lastMs,
    nowMs: () => timeline.nowMs(),
  });
  const randomness = seedTree.child('simulation');
  const transport = createTransport({ timeline, settings, randomness });
  const rewrites = watchRewrites(transport.stores);
  const events: Record<string, number> = {};
  const count = (name: string): void => void (events[name] = (events[name] ?? 0) + 1);
  const listener = (event: NodeEvent): void => {
    book.note(event);
    count(event.kind);
    journal.write(timeline.nowMs(), describeEvent(event));
  };
  const deployment = createDeployment({
    ...{ timeline, transport, parties, settings, hooks, listener },
  });

  // Faults: decorators on all of it, each with its own randomness.
  let stayUntilMs = daysEndMs;
  const endings: (() => void)[] = [];
  nemesis.forEach((item, index) => {
    const context: FaultContext = {
      ...{ item, timeline, hooks, parties, book, settings, startMs, endMs: daysEndMs },
      ...deployment,
      randomness: randomness.child('fault', `${index}-${item.id}`),
      ...createOccasions({ item, index, timeline, randomness, startMs, strikes, journal }),
      measure: (name, value) => strikes.measure(index, name, value),
      atEnd: (action) => void endings.push(action),
      stayUntil: (timeMs) => void (stayUntilMs = Math.max(stayUntilMs, timeMs)),
    };
    const inject = faults.get(item.id);
    // What devices do to their own reports is done by the devices (`adversary/tampering.ts`).
    if (inject === undefined && Object.hasOwn(catalogue, item.id)) return;
    if (inject === undefined) throw new RangeError(`no code for fault ${item.id}`);
    inject(context);
  });

  const deeds = new Map<number, number>();

  // Machines start; phones report, day by day.
  for (const machine of deployment.machines.values()) machine.start();
  const phones = createPhones({
    ...{ world, plan, seedTree, parties, settings, timeline, book },
    network: deployment.network,
    hooks: hooks.phones,
    firstDay: day0,
    onDeed({ number, deed }) {
      deeds.set(number, deed);
      noteDeed({ scenario, nemesis, strikes, timeMs: timeline.nowMs() }, number, deed);
    },
  });
  for (let day = 0; day < plan.population.days; day++) {
    timeline.at(startMs + day * DAY_MS, () => phones.startDay(day0 + day));
  }

  // Time passes until everything has come to its end, or can't any more.
  let eventCount = 0;
  let interrupted = false;
  let nextCheckMs = daysEndMs;
  const onEvent = (nowMs: number): boolean => {
    interrupted = signal?.aborted === true;
    onProgress?.({ simulatedMs: nowMs - startMs, ofMs: lastMs - startMs });
    if (interrupted) return false;
    if (nowMs < nextCheckMs || nowMs < stayUntilMs) return true;
    nextCheckMs = nowMs + CHECK_EVERY_MS;
    return phones.underWay > 0 || book.openCount() > 0;
  };
  eventCount = await timeline.driveUntil(lastMs, onEvent);
  for (const action of endings) action();
  const { leader, helper } = deployment.queues;
  return {
    ...{ book, strikes, journal, parties, work, startMs, daysEndMs, eventCount, interrupted },
    endMs: timeline.nowMs(),
    openTasks: { leader: leader.openCount, helper: helper.openCount },
    ...{ deeds, events, rewrites: rewrites.counts },
    restarts: [...deployment.machines.values()].reduce((sum, { starts }) => sum + starts - 1, 0),
    shown: readShown(deployment.stores, parties.tasks),
    leaks: scanForLeaks({ world, stores: deployment.stores, journal, book }),
  };
}

/** When a fault strikes: its time, its dose, its coin; and the record that it did. */
function createOccasions(options: {
  readonly item: NemesisItem;
  readonly index: number;
  readonly timeline: { nowMs(): number };
  readonly randomness: SeedBranch;
  readonly startMs: number;
  readonly strikes: Strikes;
  readonly journal: Journal;
}): Pick<FaultContext, 'isOn' | 'chooses' | 'draw' | 'strike'> {
  const { item, index, timeline, randomness, startMs, strikes, journal } = options;
  const coins = randomness.child('coins', `${index}-${item.id}`);
  const isOn = (): boolean => {
    const atMs = timeline.nowMs() - startMs;
    return item.fromMs <= atMs && atMs < item.untilMs;
  };
  const draw = (key: string): number => {
    const bytes = coins.child(key.replaceAll('/', '|')).bytes(0, 16);
    return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
  };
  return {
    isOn,
    draw,
    chooses: (key) =>
      isOn() &&
      strikes.fired[index]! < item.dose &&
      (item.p === 1 || draw(`chooses ${key}`) < item.p * 2 ** 32),
    strike(strike) {
      strikes.add(timeline.nowMs(), index, strike);
      journal.write(timeline.nowMs(), `fault ${item.id} ${strike.what}`);
    },
  };
}

function noteDeed(
  parts: {
    readonly scenario: Scenario;
    readonly nemesis: readonly NemesisItem[];
    readonly strikes: Strikes;
    readonly timeMs: number;
  },
  report: number,
  deed: number,
): void {
  const { scenario, nemesis, strikes, timeMs } = parts;
  const { id } = scenario.adversaries[deed - 1]!;
  const index = nemesis.findIndex((item) => item.id === id);
  if (index === -1) return;
  strikes.add(timeMs, index, {
    what: `report ${report}`,
    reports: [report],
    allowed: allowedOf(id),
  });
}

/** What may become of a report whose phone broke the protocol. */
function allowedOf(id: AdversaryId): readonly string[] {
  const { refusedAs, soundness, resends } = catalogue[id];
  if (refusedAs.length === 0 || resends !== undefined) return ['accepted'];
  return soundness ? [...refusedAs, 'accepted'] : refusedAs;
}
