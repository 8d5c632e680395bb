/**
 * The phones of a simulated run: each day every shard's devices measure, add noise, prove, split,
 * seal and sign, in blocks as in any run, and then each sends its upload at its own time. Faults
 * change what a phone does through hooks; the book gets what each really put into its report.
 */

import { POINT_SIZE } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';
import { sendUpload } from '@priolab/nodes';
import type { UploadOutcome, UploadPolicy } from '@priolab/nodes';
import {
  DAY_MS,
  DEVICE_KEY_AT,
  LEADER_AT,
  REPORT_ID_AT,
  REPORT_ID_SIZE,
  uploadLayout,
} from '@priolab/roles';
import type {
  IdentityBlock,
  MeasurementBlock,
  ProcessorKeys,
  ReportBlock,
  Task,
  UploadBlock,
  Vendor,
} from '@priolab/roles';
import type { DrivenTimeline, Network } from '@priolab/runtime';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { Deeds } from '../adversary/tampering.ts';
import { machineNames, phoneName } from '../faults/places.ts';
import type { Permission } from '../population/consent.ts';
import type { PopulationPlan, Shard } from '../population/plan.ts';
import { createWorkload } from '../population/values.ts';
import { branches } from '../run/settings.ts';
import type { Line, World } from '../run/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { openShard } from '../pipeline.ts';
import { createReportMaker } from './again.ts';
import { uploadName } from './book.ts';
import type { Book } from './book.ts';
import type { Parties } from './parties.ts';
import { sealEach } from './seal-each.ts';
import type { SimulationSettings } from './settings.ts';
import type { StageWork } from './stage-work.ts';
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
  /** Changes a block before noise: what phones measure, when, and under which identity. */
  readonly measured: ((block: MeasurementBlock, where: BlockPlace) => void)[];
  /** Whose keys a phone seals a report to. */
  readonly keys: ((keys: ProcessorKeys, report: SealedReport) => ProcessorKeys)[];
  /**
   * Changes what is sent: gives back the uploads in its place (none, it, others). Uploads that are
   * not the report itself have a `sender` of their own.
   */
  readonly uploads: ((report: PhoneReport, context: UploadContext) => readonly PhoneReport[])[];
  /** The same after all of those: what attackers do who wait for what others send. */
  readonly afterwards: PhoneHooks['uploads'];
  /** Changes the stages of the devices of a line, for one block. */
  readonly devices: ((line: Line, where: BlockPlace) => Line)[];
}

/** A report that is about to be sealed. */
export interface SealedReport {
  readonly number: number;
  readonly shard: Shard;
  readonly madeMs: number;
  /** When its phone fetched the list of keys. */
  readonly fetchedMs: number;
}

/** Which block of reports it is. */
export interface BlockPlace {
  readonly shard: Shard;
  readonly metricSlot: number;
  /** Number of the report in its first slot. */
  readonly firstReport: number;
}

export interface UploadContext {
  readonly vendor: Vendor;
  readonly shard: Shard;
  readonly metricSlot: number;
  /** What the phone itself can do: sign other bytes in its report's place. */
  sign(bytes: Uint8Array): Uint8Array;
  /** And make its report again: the same noisy bits, with fresh shares, id and keys by `name`. */
  again(name: string): Uint8Array;
}

export function noPhoneHooks(): PhoneHooks {
  return { measured: [], keys: [], uploads: [], afterwards: [], devices: [] };
}

/** Puts these hooks after the others, for the devices that are somewhere. */
export function addHooks(
  hooks: PhoneHooks,
  own: PhoneHooks,
  isHere: (cell: Shard['cell']) => boolean,
): void {
  const uploads: (hook: PhoneHooks['uploads'][number]) => typeof hook =
    (hook) => (report, where) => (isHere(where.shard.cell) ? hook(report, where) : [report]);
  // By kind, so that none is forgotten.
  const add: Readonly<Record<keyof PhoneHooks, () => void>> = {
    measured: () =>
      own.measured.forEach((hook) =>
        hooks.measured.push((block, where) => {
          if (isHere(where.shard.cell)) hook(block, where);
        }),
      ),
    keys: () =>
      own.keys.forEach((hook) =>
        hooks.keys.push((known, report) =>
          isHere(report.shard.cell) ? hook(known, report) : known,
        ),
      ),
    uploads: () => hooks.uploads.push(...own.uploads.map(uploads)),
    afterwards: () => hooks.afterwards.push(...own.afterwards.map(uploads)),
    devices: () =>
      own.devices.forEach((hook) =>
        hooks.devices.push((line, where) => (isHere(where.shard.cell) ? hook(line, where) : line)),
      ),
  };
  for (const step of Object.values(add)) step();
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
  readonly charge: StageWork['charge'];
  /** Days since the Unix epoch. */
  readonly firstDay: number;
  /** Whether a phone may send now: asked before each attempt. */
  readonly permission: Permission;
  /** Called for each report that a phone no longer tries to send: it may not. */
  readonly onStopped: (report: number) => void;
  /** Called for each upload when its time to be sent comes; `isFirst`: no copy nor addition. */
  readonly onBegan: (report: number, isFirst: boolean) => void;
  /** Called for each report that faults keep from being sent at all. */
  readonly onUnsent: (report: number) => void;
  /** Called with what became of an upload, as its phone heard. */
  readonly onEnded: (outcome: UploadOutcome) => void;
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
  const { world, plan, seedTree, settings, timeline, book, charge, firstDay } = options;
  const workload = createWorkload(plan, seedTree);
  const { shardParticipants } = plan.population;
  const senders = world.lines.map(() => new Uint32Array(shardParticipants));
  const policy: UploadPolicy = { ...settings.retry, timeoutMs: settings.timeoutMs };
  let underWay = 0;
  const inTurn = createTurns(world.scenario.load.some(({ model }) => model === 'closed'));

  const makers = world.lines.map(({ metric }) => createReportMaker(options.parties, metric));

  const schedule = (report: PhoneReport, context: UploadContext): void => {
    const { uploads, afterwards } = options.hooks;
    const list = [...uploads, ...afterwards].reduce<readonly PhoneReport[]>(
      (reports, hook) => reports.flatMap((one) => hook(one, context)),
      [report],
    );
    if (list.length === 0) {
      book.outcomeOf(report.number, { kind: 'given-up', attempts: 0 }, timeline.nowMs());
      options.onUnsent(report.number);
    }
    list.forEach((one, copy) => {
      underWay += 1;
      const name = `report-${one.number}${copy === 0 ? '' : `-copy-${copy}`}`;
      timeline.at(Math.max(timeline.nowMs(), one.sendAtMs), () => {
        const { vendor, shard } = context;
        const phone = `${vendor}/${one.task.state}/${one.device}`;
        const own = { cell: shard.cell, name, isFirst: copy === 0 };
        inTurn(phone, () => send(options, policy, one, own)).then(
          () => void (underWay -= 1),
          (error: unknown) => timeline.fail(error),
        );
      });
    });
  };

  const runBlock = (
    place: BlockPlace,
    block: MeasurementBlock,
    identities: IdentityBlock,
  ): void => {
    const { shard, metricSlot, firstReport } = place;
    const { hooks, parties } = options;
    const honest = world.lines[metricSlot]!;
    const line = hooks.devices.reduce((inner, hook) => hook(inner, place), honest);
    const { device, deeds } = line;
    const randomness = branches.device(seedTree, shard.cell);
    for (const hook of hooks.measured) hook(block, place);
    const fetchedMs = timeline.nowMs();
    const listed = parties.publicKeysAt(fetchedMs);
    const keysOf = Array.from({ length: block.count }, (_, slot) => {
      const madeMs = block.day * DAY_MS + block.timesMs[slot]!;
      const own = { number: firstReport + slot, shard, madeMs, fetchedMs };
      return hooks.keys.reduce((known, hook) => hook(known, own), listed);
    });
    const report = charge('randomise', () => device.randomise(block, randomness));
    charge('prove', () => device.prove(report, randomness));
    charge('split', () => device.split(report, randomness));
    enterReports(book, world.scenario, { block, report, deeds, firstReport });
    const sealing = { keysOf, listed, randomness };
    const sealed = charge('seal', () => sealEach(device, report, sealing));
    const uploads = charge('attest', () => device.attest(sealed, identities, randomness));
    for (const one of uploadsOf({ block, uploads, deeds, firstReport })) {
      const { number, bytes, task, deed } = one;
      if (one.copies === 0) noteUpload(book, number, bytes, task.shape);
      if (deed !== 0) {
        // What was changed on its way may not show its id any more.
        book.alias(uploadName(bytes), number);
        options.onDeed(one);
      }
      const slot = number - firstReport;
      const maker = makers[metricSlot]!;
      const parts = { block, slot, identities, randomness };
      schedule(one, {
        vendor: shard.cell.vendor,
        shard,
        metricSlot,
        sign: (other) => maker.sign(other, parts),
        again: (name) => maker.again(name, { ...parts, keys: keysOf[slot]! }),
      });
    }
  };

  const runShard = (shard: Shard): void => {
    const counts = senders.map((list, slot) => plan.senders(shard, slot, list));
    const devices = unionOf(senders.map((list, slot) => list.subarray(0, counts[slot])));
    const day = firstDay + shard.day;
    const identities = charge('identity', () => openShard(world, shard, day, devices));
    let { firstReport } = shard;
    world.lines.forEach((line, metricSlot) => {
      const task = options.parties.taskFor(metricSlot, shard.cell.state.id, shard.cell.vendor);
      const all = senders[metricSlot]!.subarray(0, counts[metricSlot]);
      for (let from = 0; from < all.length; from += line.capacity) {
        const own = all.slice(from, from + line.capacity);
        const block = emptyBlock(task, day, own, devices);
        const { count } = block;
        const sender = { shard, metricSlot, devices: own, count };
        workload.drawMeasurements({ ...sender, out: block.bits });
        workload.drawUploadTimes({ ...sender, outMs: block.timesMs });
        runBlock({ shard, metricSlot, firstReport }, block, identities);
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

/** Sends one upload until it is stored or refused, and enters what became of it. */
async function send(
  options: PhoneOptions,
  policy: UploadPolicy,
  report: PhoneReport,
  own: { readonly cell: Shard['cell']; readonly name: string; readonly isFirst: boolean },
): Promise<void> {
  const { cell, name, isFirst } = own;
  const { settings, network, timeline, book, permission, firstDay, onStopped } = options;
  const { vendor } = cell;
  const replicas = replicasOf(report, vendor, settings.replicas);
  const isAllowed = (): boolean =>
    permission.maySend(cell, report.device, timeline.nowMs() - firstDay * DAY_MS);
  const upload = { from: phoneName(vendor), key: name, bytes: report.bytes, replicas, isAllowed };
  options.onBegan(report.number, isFirst);
  const outcome = await sendUpload(network, timeline, upload, policy);
  options.onEnded(outcome);
  if (outcome.kind === 'stopped') onStopped(report.number);
  const known = book.reports[report.number]!.outcome;
  // The first copy that is stored is the one that counts.
  if (known === undefined || (known.kind !== 'stored' && outcome.kind === 'stored')) {
    book.outcomeOf(report.number, outcome, timeline.nowMs());
  }
}

/** In a closed model a phone sends nothing before all that it sent is answered, or given up. */
function createTurns(
  isClosed: boolean,
): (phone: string, act: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (phone, act) => {
    if (!isClosed) return act();
    const before = last.get(phone);
    const turn = before === undefined ? act() : before.then(act);
    last.set(phone, turn);
    return turn;
  };
}

/** Upload servers in the order in which the phone tries them. */
function replicasOf({ device }: PhoneReport, vendor: Vendor, count: number): string[] {
  return Array.from({ length: count }, (_, i) => machineNames.front(vendor, (device + i) % count));
}

/** A block of senders, before anything is measured. */
function emptyBlock(
  task: Task,
  day: number,
  senders: Uint32Array,
  devices: Uint32Array,
): MeasurementBlock {
  const count = senders.length;
  return {
    task,
    day,
    count,
    devices: senders,
    identityIndex: senders.map((device) => devices.indexOf(device)),
    timesMs: new Uint32Array(count),
    bits: new Uint32Array(count * task.metric.bins),
  };
}

/** Enters what the phones of a block really put into their reports. */
function enterReports(
  book: Book,
  { adversaries }: Scenario,
  parts: {
    readonly block: MeasurementBlock;
    readonly report: ReportBlock;
    readonly deeds: Deeds;
    readonly firstReport: number;
  },
): void {
  const { block, report, deeds, firstReport } = parts;
  const { task, count } = block;
  const { proofLen, dimension, helperShareSize } = task.shape;
  for (let i = 0; i < count; i++) {
    const deed = deeds.bySlot[i]!;
    const { bytes, offset, stride } = report.helperShares;
    const seedAt = offset + i * stride;
    const helperSeed = bytes.slice(seedAt, seedAt + helperShareSize);
    const createdMs = block.day * DAY_MS + block.timesMs[i]!;
    const invents = deed !== 0 && catalogue[adversaries[deed - 1]!.id].inventsValue;
    const clean = block.bits.slice(i * dimension, (i + 1) * dimension);
    book.enter(
      {
        number: firstReport + i,
        device: block.devices[i]!,
        task,
        windowStartMs: createdMs - (createdMs % task.windowMs),
        createdMs,
        sent: report.proofs.slice(i * proofLen, i * proofLen + dimension),
        view: viewOf(report, i),
        helperSeed,
        ...(invents ? {} : { clean }),
      },
      report.reportIds.subarray(i * REPORT_ID_SIZE, (i + 1) * REPORT_ID_SIZE),
    );
    const blindsAt = i * proofLen + dimension;
    book.noteFresh(helperSeed);
    // A forged proof has whatever its forger chose.
    if (deed === 0) book.noteBlinds(report.proofs[blindsAt]!, report.proofs[blindsAt + 1]!);
  }
}

/** The uploads of a block one by one; those beyond its reports are copies. */
function uploadsOf(parts: {
  readonly block: MeasurementBlock;
  readonly uploads: UploadBlock;
  readonly deeds: Deeds;
  readonly firstReport: number;
}): PhoneReport[] {
  const { block, uploads, deeds, firstReport } = parts;
  const { task, day, count, devices, timesMs } = block;
  return Array.from({ length: uploads.count }, (_, k) => {
    const slot = k < count ? k : deeds.copies[k - count]!;
    const createdMs = day * DAY_MS + timesMs[slot]!;
    const at = uploads.offsets[k]!;
    return {
      number: firstReport + slot,
      task,
      device: devices[slot]!,
      day,
      createdMs,
      sendAtMs: createdMs,
      bytes: uploads.bytes.slice(at, at + uploads.sizes[k]!),
      deed: deeds.bySlot[slot]!,
      copies: k < count ? 0 : 1,
    };
  });
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
