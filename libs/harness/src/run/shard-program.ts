/**
 * The worker's program: runs one shard of devices through the pipeline, metric by metric and block
 * by block, and reports the sums, the fates and the tallies. What it gives depends on (scenario,
 * seed, shard) alone.
 */

import { monotonicMs } from '@priolab/runtime';
import type { CreateShardRunner, ShardRunner } from '@priolab/runtime';
import { prio2Shape } from '@priolab/prio';
import { uploadLayout } from '@priolab/roles';
import type { AggregateShare, MeasurementBlock, ProcessorRole, Task } from '@priolab/roles';

import { createNetwork } from '../adversary/resending.ts';
import type { Lateness, Network } from '../adversary/resending.ts';
import { openShard, openShardWithoutTransport, runBlock } from '../pipeline.ts';
import type { BlockContext, Observer } from '../pipeline.ts';
import type { Outbox } from '../deployment/outbox.ts';
import { buffersOf } from '../deployment/shard-uploads.ts';
import type { UploadForm } from '../deployment/shard-uploads.ts';
import { planFromTransfer } from '../population/plan.ts';
import type { PlanTransfer, PopulationPlan, Shard } from '../population/plan.ts';
import { createWorkload } from '../population/values.ts';
import type { Workload } from '../population/values.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { createConsentView } from './consent-view.ts';
import { createCrossCheck } from './cross-check.ts';
import type { CrossCheck } from './cross-check.ts';
import { createObserverArena, createShardObserver } from './observe.ts';
import type { BlockEyes, ShardObserver } from './observe.ts';
import { firstDay, seedTreeOf, taskOf } from './settings.ts';
import { emptyTruth } from './shard-result.ts';
import type { CellSum, ShardResult } from './shard-result.ts';
import { createStageTimer } from './stages.ts';
import type { StageTimer } from './stages.ts';
import { shardsWithTransport } from './transport-share.ts';
import { createWorld } from './world.ts';
import type { Line, World, WorldOptions } from './world.ts';

export interface ShardInit {
  readonly scenario: Scenario;
  readonly plan: PlanTransfer;
  /** Where uploads really travel: what Google's are sent as. */
  readonly uploads?: { readonly google: UploadForm };
}

export const createShardRunner: CreateShardRunner<ShardInit, ShardResult> = (init) =>
  createRunner(init);

/** The same with parts of the world replaced, for tests that break it on purpose. */
export function createRunner(
  { scenario, plan: transfer, uploads }: ShardInit,
  replace?: WorldOptions['replace'],
): ShardRunner<ShardResult> {
  const seedTree = seedTreeOf(scenario);
  const plan = planFromTransfer(transfer, seedTree);
  const { shardParticipants } = plan.population;
  const { backend } = scenario.crypto;
  const options = { scenario, seedTree, backend, shardParticipants };
  const world = createWorld(replace === undefined ? options : { ...options, replace });
  const workload = createWorkload(plan, seedTree);
  const crossCheck = createCrossCheck({ scenario, seedTree });
  const hasTransport = shardsWithTransport(scenario.crypto, plan.shardCount, seedTree);
  const further = createFurtherObserver();
  const run = createShardRun({ plan, world, workload, crossCheck, hasTransport, further });
  return {
    run: uploads === undefined ? run : deployedRun(run, { plan, world, uploads, further }),
    transferables: ({ fates, sampledValues, acceptedIds, deployed }) => [
      ...[fates, sampledValues, acceptedIds].map(({ buffer }) => buffer as ArrayBuffer),
      ...(deployed === undefined ? [] : buffersOf(deployed.uploads)),
    ],
  };
}

/** A place for eyes that are there in some runs only. */
interface FurtherObserver extends Observer, BlockEyes {
  observe(observer: Observer & BlockEyes): void;
}

function createFurtherObserver(): FurtherObserver {
  let observers: (Observer & BlockEyes)[] = [];
  return {
    observe: (observer) => void (observers = [observer]),
    expect: (block) => observers.forEach((each) => each.expect(block)),
    uploaded: (...details) => observers.forEach((each) => each.uploaded(...details)),
    handedOver: (...details) => observers.forEach((each) => each.handedOver(...details)),
    takenIn: (...details) => observers.forEach((each) => each.takenIn(...details)),
    verified: (...details) => observers.forEach((each) => each.verified(...details)),
  };
}

/** The same for a run whose uploads really travel: they go along with the result. */
function deployedRun(
  run: (shardIndex: number) => ShardResult,
  parts: {
    readonly plan: PopulationPlan;
    readonly world: World;
    readonly uploads: { readonly google: UploadForm };
    readonly further: FurtherObserver;
  },
): (shardIndex: number) => Promise<ShardResult> {
  const { plan, world, uploads, further } = parts;
  let outbox: Outbox | undefined;
  return async (shardIndex) => {
    if (outbox === undefined) {
      // Loaded here: other runs have no use for the real wire.
      const { outboxOf } = await import('../deployment/writers.ts');
      outbox = outboxOf({ plan, world, ...uploads });
      further.observe(outbox);
    }
    const result = run(shardIndex);
    return { ...result, deployed: outbox.take() };
  };
}

interface Parts {
  readonly further: Observer & BlockEyes;
  readonly plan: PopulationPlan;
  readonly world: World;
  readonly workload: Workload;
  readonly crossCheck: CrossCheck;
  readonly hasTransport: (shardIndex: number) => boolean;
}

function createShardRun(parts: Parts): (shardIndex: number) => ShardResult {
  const { plan, world, workload, crossCheck, hasTransport, further } = parts;
  const { scenario } = world;
  const participants = plan.population.shardParticipants;
  const senders = world.lines.map(() => new Uint32Array(participants));
  const timesMs = new Uint32Array(participants);
  const identityIndex = new Uint32Array(participants);
  const bits = world.lines.map(({ metric, capacity }) => new Uint32Array(capacity * metric.bins));
  const shardReports = plan.transfer.table.reportCount.reduce((a, b) => Math.max(a, b), 0);
  const arena = createObserverArena(shardReports, createConsentView(scenario, world.seedTree));
  const networks = world.lines.map((line) => networkOf(scenario, line));
  const tasks = new Map<string, Task>();

  return (shardIndex) => {
    const shard = plan.shard(shardIndex);
    const day = firstDay(scenario) + shard.day;
    const observer = createShardObserver(scenario, shard, arena);
    const timer = createStageTimer(monotonicMs, world.work);
    const counts = senders.map((list, slot) => plan.senders(shard, slot, list));
    const devices = union(senders, counts);
    timer.lap('measure');
    const full = hasTransport(shardIndex);
    const lines = full ? world.lines : world.linesWithoutTransport;
    const identities = full ? openShard(world, shard, day, devices) : undefined;
    if (!full) openShardWithoutTransport(world, shard);
    timer.lap('identity');

    const late = (metricSlot: number, lateness: Lateness): void => {
      const line = world.lines[metricSlot]!;
      const network = networks[metricSlot]!;
      const on = lateness === 'later' ? day : day + 1;
      const task = taskFor(tasks, scenario, line, shard);
      const context = { world, line, shard, identities, observer, timer };
      deliver({ ...context, further }, { network, lateness, task, on });
    };

    let firstReport = 0;
    lines.forEach((line, metricSlot) => {
      const task = taskFor(tasks, scenario, line, shard);
      const count = counts[metricSlot]!;
      const network = networks[metricSlot]!;
      network.clear();
      for (let from = 0; from < count; from += line.capacity) {
        const size = Math.min(line.capacity, count - from);
        const block: MeasurementBlock = {
          task,
          day,
          count: size,
          devices: senders[metricSlot]!.subarray(from, from + size),
          identityIndex,
          timesMs,
          bits: bits[metricSlot]!,
        };
        measure(workload, shard, metricSlot, block);
        indexIdentities(devices, block);
        timer.lap('measure');
        const expected = { metricSlot, firstReport, bits: block.bits, deeds: line.deeds };
        observer.expect(expected);
        further.expect(expected);
        crossCheck.choose(block, metricSlot, shard.firstReport + firstReport);
        const ears = listener(network, line, firstReport);
        const eyes = all([observer, crossCheck.observer, ears, further]);
        runBlock({ world, line, shard, identities, observer: eyes, timer }, block);
        observer.close();
        timer.lap('observe');
        crossCheck.check({ shard, identities, timer }, observer.tally);
        firstReport += size;
      }
      if (full) late(metricSlot, 'later');
    });
    if (full) {
      openNextDay(world, shard, plan.shardCount);
      lines.forEach((_, metricSlot) => late(metricSlot, 'next-day'));
    }
    return resultOf(shard, world, observer, timer);
  };
}

function all(observers: readonly Observer[]): Observer {
  return {
    uploaded: (...details) => observers.forEach((each) => each.uploaded(...details)),
    handedOver: (...details) => observers.forEach((each) => each.handedOver(...details)),
    takenIn: (...details) => observers.forEach((each) => each.takenIn(...details)),
    verified: (...details) => observers.forEach((each) => each.verified(...details)),
  };
}

function networkOf({ adversaries }: Scenario, { metric, capacity }: Line): Network {
  const uploadSize = uploadLayout(prio2Shape(metric.bins)).size;
  return createNetwork({ adversaries, uploadSize, capacity });
}

/** The network's ears at a block. */
function listener(network: Network, { deeds }: Line, firstReport: number): Observer {
  return {
    uploaded: ({ count }, _sealed, uploads) =>
      network.listen({ count, deeds: deeds.bySlot, uploads, firstReport }),
    handedOver: () => {},
    takenIn: () => {},
    verified: () => {},
  };
}

/** Midnight: the shard's ingestors open other partitions and forget whom they have seen. */
function openNextDay(world: World, { index, cell }: Shard, shardCount: number): void {
  // Shards count partitions up from 0; those of the next day come after them all.
  for (const { ingestors } of world.lines) ingestors[cell.vendor].openPartition(shardCount + index);
}

interface Parcel {
  readonly network: Network;
  readonly lateness: Lateness;
  readonly task: Task;
  /** The day on which it arrives. */
  readonly on: number;
}

/** What the network kept reaches the ingestor, in blocks without a report of their own. */
function deliver(
  context: BlockContext & {
    readonly observer: ShardObserver;
    readonly further: Observer & BlockEyes;
  },
  { network, lateness, task, on }: Parcel,
): void {
  const { world, line, observer, timer, further } = context;
  const eyes = all([observer, further]);
  const metricSlot = world.lines.indexOf(line);
  const none = new Uint32Array(0);
  const columns = { devices: none, identityIndex: none, timesMs: none, bits: none };
  for (;;) {
    const device = network.deliver(lateness);
    if (device === undefined) return;
    const expected = { metricSlot, firstReport: 0, bits: none, deeds: device.deeds };
    observer.expect(expected);
    further.expect(expected);
    const late = { ...context, observer: eyes, line: { ...line, device } };
    runBlock(late, { task, day: on, count: 0, ...columns });
    observer.close();
    timer.lap('observe');
  }
}

function measure(
  workload: Workload,
  shard: Shard,
  metricSlot: number,
  { devices, count, bits, timesMs }: MeasurementBlock,
): void {
  const block = { shard, metricSlot, devices, count };
  workload.drawMeasurements({ ...block, out: bits });
  workload.drawUploadTimes({ ...block, outMs: timesMs });
}

/** Where each device of the block is among the shard's identities; both lists ascend. */
function indexIdentities(devices: Uint32Array, block: MeasurementBlock): void {
  let at = 0;
  for (let i = 0; i < block.count; i++) {
    while (devices[at] !== block.devices[i]) at++;
    block.identityIndex[i] = at;
  }
}

/** Ascending union of the metrics' sender lists, which ascend too. */
function union(lists: readonly Uint32Array[], counts: readonly number[]): Uint32Array {
  const all = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  let size = 0;
  lists.forEach((list, slot) => {
    all.set(list.subarray(0, counts[slot]), size);
    size += counts[slot]!;
  });
  all.sort();
  let kept = 0;
  for (let i = 0; i < size; i++) if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i]!;
  return all.slice(0, kept);
}

function taskFor(tasks: Map<string, Task>, scenario: Scenario, line: Line, shard: Shard): Task {
  const { state, vendor } = shard.cell;
  const key = `${state.id}/${vendor}/${line.metric.id}`;
  const task = tasks.get(key) ?? taskOf(scenario, line.metric, state.id, vendor);
  tasks.set(key, task);
  return task;
}

function resultOf(
  shard: Shard,
  { lines }: World,
  observer: ShardObserver,
  timer: StageTimer,
): ShardResult {
  const sums = lines.flatMap((line, metricSlot) => sumsOf(line, metricSlot, observer));
  const { fates, tally, reportsByRung, wrongFateExamples, sampledValues, acceptedIds } = observer;
  const { consent } = observer;
  return {
    index: shard.index,
    firstReport: shard.firstReport,
    fates,
    sums,
    tally,
    ...(consent === undefined ? {} : { consent }),
    reportsByRung,
    wrongFateExamples,
    sampledValues: sampledValues.toWords(),
    acceptedIds: acceptedIds.toWords(),
    stagesMs: timer.totalsMs,
    work: timer.totalsWork,
  };
}

/** Both processors' sums of one metric, window by window, each with its truth. */
function sumsOf(line: Line, metricSlot: number, observer: ShardObserver): CellSum[] {
  const { bins } = line.metric;
  const shares = { leader: byWindow(line.leader), helper: byWindow(line.helper) };
  // Windows that hold accepted reports count even where no processor returned a sum.
  const owed = [...observer.truths.keys()]
    .filter((key) => key.startsWith(`${metricSlot}/`))
    .map((key) => Number(key.split('/')[1]));
  const windows = new Set([...shares.leader.keys(), ...shares.helper.keys(), ...owed]);
  const partial = (role: ProcessorRole, windowStartMs: number) => {
    const share = shares[role].get(windowStartMs);
    if (share === undefined) {
      return { sum: new Uint32Array(bins), count: 0, rejectedCount: 0, batchIds: [] };
    }
    const { sum, count, rejectedCount, batchIds } = share;
    return { sum, count, rejectedCount, batchIds };
  };
  return [...windows]
    .sort((a, b) => a - b)
    .map((windowStartMs) => ({
      metricSlot,
      windowStartMs,
      processors: {
        leader: partial('leader', windowStartMs),
        helper: partial('helper', windowStartMs),
      },
      truth: observer.truths.get(`${metricSlot}/${windowStartMs}`) ?? emptyTruth(bins),
    }));
}

function byWindow(processor: { takeAggregateShares(): AggregateShare[] }) {
  return new Map(processor.takeAggregateShares().map((share) => [share.windowStartMs, share]));
}
