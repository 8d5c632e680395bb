/**
 * Sets the stage of a simulated run: timeline, books, parties, transport, machines, and the faults'
 * decorators on all of them. Nothing runs yet.
 */

import type { SeedBranch } from '@priolab/crypto';
import type { NodeEvent } from '@priolab/nodes';
import { DAY_MS } from '@priolab/roles';
import { createTimeline } from '@priolab/runtime';
import type { DrivenTimeline } from '@priolab/runtime';

import { faults as catalogue } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import { isSourceAt } from '../faults/places.ts';
import { toldEventOf } from '../faults/told-events.ts';
import { firstDay } from '../run/settings.ts';
import { createWorld } from '../run/world.ts';
import type { World } from '../run/world.ts';
import { createBeginnings } from './beginnings.ts';
import type { Beginnings } from './beginnings.ts';
import { createBook } from './book.ts';
import type { Book } from './book.ts';
import { createDeedOccasions, isDeed } from './deeds.ts';
import { createDeployment, createTransport } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { describeEvent, wordsOf } from './describe-event.ts';
import { noHooks } from './fault.ts';
import type { FaultContext, Hooks } from './fault.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { watchRemovals } from './leaks.ts';
import type { Removed } from './leaks.ts';
import { createOccasions } from './occasions.ts';
import { createParties } from './parties.ts';
import type { Parties } from './parties.ts';
import type { Simulation } from './simulate.ts';
import { watchRewrites } from './rewrites.ts';
import type { Rewrites } from './rewrites.ts';
import { addHooks, noPhoneHooks } from './phones.ts';
import { createStageWork } from './stage-work.ts';
import type { StageWork } from './stage-work.ts';
import { createStrikes } from './strikes.ts';
import type { Strikes } from './strikes.ts';
import { createTraffic } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import type { Wire } from './wire/wire.ts';

/** Everything that a run consists of, before its time begins to pass. */
export interface Stage {
  readonly timeline: DrivenTimeline;
  readonly world: World;
  readonly parties: Parties;
  readonly deployment: Deployment;
  readonly hooks: Hooks;
  readonly book: Book;
  readonly journal: Journal;
  readonly strikes: Strikes;
  readonly traffic: Traffic;
  readonly beginnings: Beginnings;
  /** Begins to look at what is written twice; called when all faults are in place. */
  readonly watchRewrites: () => Rewrites;
  /** What stores held and hold no longer. */
  readonly removed: Removed;
  readonly stageWork: StageWork;
  /** Names of events -> how often. */
  readonly events: Record<string, number>;
  readonly startMs: number;
  /** When the last day of reports is over. */
  readonly daysEndMs: number;
  /** The branch that faults and the network draw from now. */
  readonly drawnFrom: () => SeedBranch;
}

/** @param wire what carries uploads to the network; left out: they are put there */
export function setStage(simulation: Simulation, wire?: Wire): Stage {
  const { scenario, plan, seedTree, settings, nemesis, fork } = simulation;
  const startMs = firstDay(scenario) * DAY_MS;
  const daysEndMs = startMs + plan.population.days * DAY_MS;
  const timeline = createTimeline(startMs);
  const books = openBooks(simulation, timeline);
  const { book, journal, traffic, beginnings } = books;
  const hooks = noHooks();

  const world = createWorld({
    scenario,
    seedTree,
    backend: scenario.crypto.backend,
    shardParticipants: plan.population.shardParticipants,
    blockCapacity: settings.batchSize,
    occasions: createDeedOccasions({ scenario, nemesis, beginnings }),
  });
  const { work } = world;
  const stageWork = createStageWork(work);
  const parties = createParties({
    scenario,
    plan,
    seedTree,
    settings,
    hooks,
    work,
    stageWork,
    startMs,
    authorityScalars: world.authorityScalars,
    endMs: daysEndMs + settings.drainMs,
    nowMs: () => timeline.nowMs(),
  });

  const randomness = seedTree.child('simulation');
  const forked = fork === undefined ? randomness : randomness.child('fork', fork.name);
  const drawnFrom = (): SeedBranch =>
    fork !== undefined && timeline.nowMs() - startMs >= fork.atMs ? forked : randomness;
  const inMemory = createTransport({ timeline, settings, randomness: drawnFrom });
  const network = wire?.over(inMemory.network, timeline) ?? inMemory.network;
  const transport = { ...inMemory, network };
  const watch = watchRewrites(transport.stores);
  const removed = watchRemovals(transport.stores);
  const events: Record<string, number> = {};
  const listener = (event: NodeEvent): void => {
    book.note(event, timeline.nowMs());
    traffic.note(event);
    events[event.kind] = (events[event.kind] ?? 0) + 1;
    if (event.kind === 'published') simulation.onPublished?.(event.result);
    journal.write(timeline.nowMs(), describeEvent(event), wordsOf(event));
    const told = toldEventOf(event);
    if (told === undefined) return;
    // One event tells of several batches.
    beginnings.happened(told, told === 'batch.cut' ? book.batches.size : events[event.kind]!);
  };
  const parts = { timeline, transport, parties, settings, hooks, listener };
  const deployment = createDeployment(parts);
  const players = { world, parties, deployment, hooks };
  return {
    timeline,
    ...players,
    ...books,
    watchRewrites: watch,
    removed,
    stageWork,
    events,
    startMs,
    daysEndMs,
    drawnFrom,
  };
}

/** Where what happens is written down. */
function openBooks({ nemesis }: Simulation, timeline: DrivenTimeline) {
  const startMs = timeline.nowMs();
  const beginnings = createBeginnings({ nemesis, timeline, startMs });
  const traffic = createTraffic({ startMs, nowMs: () => timeline.nowMs(), nemesis });
  const strikes = createStrikes(nemesis, {
    onStrike: (id, count) => beginnings.happened(id, count),
    onShown: (id) => traffic.struck(id),
  });
  return { book: createBook(), journal: createJournal(), strikes, traffic, beginnings };
}

/** What faults ask of the end of the run. */
export interface Endings {
  /** The run goes on until then at least. */
  readonly stayUntilMs: () => number;
  /** Done when it has ended, before the books are closed. */
  readonly actions: readonly (() => void)[];
}

/** Faults put their decorators on the stage, each with its own randomness. */
export function injectFaults(simulation: Simulation, stage: Stage): Endings {
  const { seedTree, settings, nemesis, faults } = simulation;
  const { timeline, hooks, parties, book, strikes, journal, startMs, daysEndMs } = stage;
  const { beginnings } = stage;
  const randomness = seedTree.child('simulation');
  let stayUntilMs = daysEndMs;
  const actions: (() => void)[] = [];
  nemesis.forEach((item, index) => {
    // By its place among those of its kind: without another fault a list draws what it drew before.
    const place = nemesis.slice(0, index).filter(({ id }) => id === item.id).length;
    const name = `${place}-${item.id}`;
    const phones = noPhoneHooks();
    const clocks = { item, index, name, timeline, randomness: stage.drawnFrom, beginnings };
    const context: FaultContext = {
      item,
      timeline,
      hooks: { ...hooks, phones },
      parties,
      book,
      settings,
      startMs,
      endMs: daysEndMs,
      ...stage.deployment,
      randomness: randomness.child('fault', name),
      ...createOccasions({ ...clocks, strikes, journal }),
      refused: (reason, count) => strikes.refused(index, reason, count),
      measure: (name, value) => strikes.measure(index, name, value),
      atEnd: (action) => void actions.push(action),
      stayUntil: (timeMs) => void (stayUntilMs = Math.max(stayUntilMs, timeMs)),
    };
    const inject = faults.get(item.id);
    // What devices do to their own reports is done by the devices (`adversary/tampering.ts`).
    if (inject === undefined && isDeed(item.id)) return;
    if (inject === undefined) throw new RangeError(`no code for fault ${item.id}`);
    // Healed before it begins: what knows no occasions would look at neither.
    if (item.fromMs < item.untilMs) inject(context);
    // What strikes devices or batches by whose they are strikes those devices alone.
    const isBySource = catalogue[item.id as FaultId].at === 'source';
    addHooks(hooks.phones, phones, ({ state, vendor }) =>
      isBySource ? isSourceAt(item.place, { state: state.id, vendor }) : true,
    );
  });
  return { stayUntilMs: () => stayUntilMs, actions };
}
