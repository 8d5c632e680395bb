/**
 * The phones of a simulated run: each day every shard's devices measure, add noise, prove, split,
 * seal and sign, in blocks as in any run, and then each sends its upload at its own time. Faults
 * change what a phone does through hooks; the book gets what each really put into its report.
 */

import { POINT_SIZE } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';
import { sendUpload } from '@priolab/nodes';
import type { UploadPolicy } from '@priolab/nodes';
import {
  DAY_MS,
  DEVICE_KEY_AT,
  LEADER_AT,
  REPORT_ID_AT,
  REPORT_ID_SIZE,
  uploadLayout,
} from '@priolab/roles';
import type { MeasurementBlock, ProcessorKeys, Task, Vendor } from '@priolab/roles';
import type { DrivenTimeline, Network } from '@priolab/runtime';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { PopulationPlan, Shard } from '../population/plan.ts';
import { createWorkload } from '../population/values.ts';
import { branches } from '../run/settings.ts';
import type { Line, World } from '../run/world.ts';
import { openShard } from '../pipeline.ts';
import { uploadName } from './book.ts';
import type { Book } from './book.ts';
import type { Parties } from './parties.ts';
import type { SimulationSettings } from './settings.ts';
import { viewOf } from './views.ts';

/** One upload that a phone is about to send. */
export interface PhoneReport {
  readonly number: number;
  readonly task: Task;
  readonly device: number;
  readonly day: number;
  /** When the phone made it, by its clock. */
  readonly createdMs: number;
  /** When it starts sending. */
  sendAtMs: number;
  bytes: Uint8Array;
  /** Index + 1 in the scenario's adversaries, 0: honest. */
  readonly deed: number;
  readonly copies: number;
}

export interface PhoneHooks {
  /** Changes the plain bits or times of a block before noise: what the phones measure. */
  readonly measured: ((block: MeasurementBlock, shard: Shard, metricSlot: number) => void)[];
  /** Whose keys a phone seals to at that time. */
  readonly keys: ((keys: ProcessorKeys, timeMs: number, shard: Shard) => ProcessorKeys)[];
  /**
   * Changes what is sent: gives back the uploads in its place (none, it, others). Uploads that are
   * not the report itself have a `sender` of their own.
   */
  readonly uploads: ((report: PhoneReport, context: UploadContext) => readonly PhoneReport[])[];
  /** Changes the stages of the devices of a line, by shard. */
  readonly devices: ((line: Line, shard: Shard, metricSlot: number) => Line)[];
}

export interface UploadContext {
  readonly vendor: Vendor;
  readonly shard: Shard;
  readonly metricSlot: number;
}

export function noPhoneHooks(): PhoneHooks {
  return { measured: [], keys: [], uploads: [], devices: [] };
}

export interface PhoneOptions {
  readonly world: World;
  readonly plan: PopulationPlan;
  readonly seedTree: SeedBranch;
  readonly parties: Parties;
  readonly settings: SimulationSettings;
  readonly timeline: DrivenTimeline;
  readonly network: Network;
  readonly book: Book;
  readonly hooks: PhoneHooks;
  /** Days since the Unix epoch. */
  readonly firstDay: number;
  /** Called for each report whose phone broke the protocol. */
  readonly onDeed: (report: PhoneReport) => void;
}

export interface Phones {
  /** Makes the reports of one day and schedules their uploads; called at its midnight. */
  startDay(day: number): void;
  /** Uploads that are not yet answered for good. */
  readonly underWay: number;
}

export function createPhones(options: PhoneOptions): Phones {
  const { world, plan, seedTree, settings, timeline, network, book, firstDay } = options;
  const workload = createWorkload(plan, seedTree);
  const { shardParticipants } = plan.population;
  const senders = world.lines.map(() => new Uint32Array(shardParticipants));
  const policy: UploadPolicy = {
    ...settings.retry,
    timeoutMs: settings.timeoutMs,
    attemptsMax: settings.retry.attemptsMax,
  };
  let underWay = 0;

  const send = async (report: PhoneReport, vendor: Vendor, name: string): Promise<void> => {
    const first = report.device % settings.replicas;
    const replicas = Array.from(
      { length: settings.replicas },
      (_, i) => `ingestion/${vendor}/${(first + i) % settings.replicas}`,
    );
    const upload = { from: `phone/${vendor}`, key: name, bytes: report.bytes, replicas };
    const outcome = await sendUpload(network, timeline, upload, policy);
    const known = book.reports[report.number]!.outcome;
    // The first copy that is stored is the one that counts.
    if (known === undefined || (known.kind !== 'stored' && outcome.kind === 'stored')) {
      book.outcomeOf(report.number, outcome, timeline.nowMs());
    }
    underWay -= 1;
  };

  const schedule = (report: PhoneReport, context: UploadContext): void => {
    const list = options.hooks.uploads.reduce<readonly PhoneReport[]>(
      (reports, hook) => reports.flatMap((one) => hook(one, context)),
      [report],
    );
    if (list.length === 0) {
      book.outcomeOf(report.number, { kind: 'given-up', attempts: 0 }, timeline.nowMs());
    }
    list.forEach((one, copy) => {
      underWay += 1;
      const name = `report-${one.number}${copy === 0 ? '' : `-copy-${copy}`}`;
      timeline.at(Math.max(timeline.nowMs(), one.sendAtMs), () => {
        send(one, context.vendor, name).catch((error: unknown) => timeline.fail(error));
      });
    });
  };

  const runBlock = (
    shard: Shard,
    metricSlot: number,
    block: MeasurementBlock,
    context: { identities: ReturnType<typeof openShard>; firstReport: number },
  ): void => {
    const line = options.hooks.devices.reduce(
      (inner, hook) => hook(inner, shard, metricSlot),
      world.lines[metricSlot]!,
    );
    const { device, deeds } = line;
    const randomness = branches.device(seedTree, shard.cell);
    for (const hook of options.hooks.measured) hook(block, shard, metricSlot);
    const keys = options.hooks.keys.reduce(
      (known, hook) => hook(known, timeline.nowMs(), shard),
      options.parties.publicKeysAt(timeline.nowMs()),
    );
    const report = device.randomise(block, randomness);
    device.prove(report, randomness);
    device.split(report, randomness);
    const { task, count } = block;
    const { proofLen, dimension } = task.shape;
    for (let i = 0; i < count; i++) {
      const deed = deeds.bySlot[i]!;
      const createdMs = block.day * DAY_MS + block.timesMs[i]!;
      const invents =
        deed !== 0 && catalogue[world.scenario.adversaries[deed - 1]!.id].inventsValue;
      const clean = block.bits.slice(i * dimension, (i + 1) * dimension);
      book.enter(
        {
          number: context.firstReport + i,
          task,
          windowStartMs: createdMs - (createdMs % task.windowMs),
          createdMs,
          sent: report.proofs.slice(i * proofLen, i * proofLen + dimension),
          view: viewOf(report, i),
          ...(invents ? {} : { clean }),
        },
        report.reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE),
      );
    }
    const sealed = device.seal(report, keys, randomness);
    const uploads = device.attest(sealed, context.identities, randomness);
    for (let k = 0; k < uploads.count; k++) {
      const slot = k < count ? k : deeds.copies[k - count]!;
      const number = context.firstReport + slot;
      const at = uploads.offsets[k]!;
      const bytes = uploads.bytes.slice(at, at + uploads.sizes[k]!);
      const createdMs = block.day * DAY_MS + block.timesMs[slot]!;
      if (k < count) noteUpload(book, number, bytes, task.shape);
      const one: PhoneReport = {
        number,
        task,
        device: block.devices[slot]!,
        day: block.day,
        createdMs,
        sendAtMs: createdMs,
        bytes,
        deed: deeds.bySlot[slot]!,
        copies: k < count ? 0 : 1,
      };
      if (one.deed !== 0) {
        // What was changed on its way may not show its id any more.
        book.alias(uploadName(bytes), number);
        options.onDeed(one);
      }
      schedule(one, { vendor: shard.cell.vendor, shard, metricSlot });
    }
  };

  const runShard = (shard: Shard): void => {
    const counts = senders.map((list, slot) => plan.senders(shard, slot, list));
    const devices = unionOf(senders.map((list, slot) => list.subarray(0, counts[slot])));
    const day = firstDay + shard.day;
    const identities = openShard(world, shard, day, devices);
    let { firstReport } = shard;
    world.lines.forEach((line, metricSlot) => {
      const task = options.parties.taskFor(metricSlot, shard.cell.state.id, shard.cell.vendor);
      const all = senders[metricSlot]!.subarray(0, counts[metricSlot]);
      for (let from = 0; from < all.length; from += line.capacity) {
        const own = all.slice(from, from + line.capacity);
        const count = own.length;
        const block: MeasurementBlock = {
          task,
          day,
          count,
          devices: own,
          identityIndex: own.map((device) => devices.indexOf(device)),
          timesMs: new Uint32Array(count),
          bits: new Uint32Array(count * task.metric.bins),
        };
        const sender = { shard, metricSlot, devices: own, count };
        workload.drawMeasurements({ ...sender, out: block.bits });
        workload.drawUploadTimes({ ...sender, outMs: block.timesMs });
        runBlock(shard, metricSlot, block, { identities, firstReport });
        firstReport += count;
      }
    });
  };

  return {
    get underWay() {
      return underWay;
    },
    startDay(day) {
      for (let index = 0; index < plan.shardCount; index++) {
        const shard = plan.shard(index);
        if (firstDay + shard.day === day) runShard(shard);
      }
    },
  };
}

/** What must be fresh in an upload as the phone made it, and the phone's key. */
function noteUpload(book: Book, number: number, bytes: Uint8Array, shape: Prio2Shape): void {
  const { helperAt, size } = uploadLayout(shape);
  if (bytes.length !== size) return;
  book.reports[number]!.deviceKey = bytes.slice(DEVICE_KEY_AT + 1, DEVICE_KEY_AT + 33);
  book.noteFresh(bytes.subarray(REPORT_ID_AT, REPORT_ID_AT + REPORT_ID_SIZE));
  for (const at of [LEADER_AT, helperAt]) book.noteFresh(bytes.subarray(at, at + POINT_SIZE));
}

function unionOf(lists: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
}
