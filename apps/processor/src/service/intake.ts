/**
 * Takes in one batch: opens our shares, evaluates the proofs at each packet's r, notes what we say
 * about it, and only then writes it where the peer reads it. What is written comes from the note,
 * so that whoever goes on after a crash, with other keys or another program, writes the same bytes.
 * Source: ENPA section 6.5 "Intake", 9.2 no. 1 (files of different runs mixed).
 */

import { setImmediate as turn } from 'node:timers/promises';

import { createDigest, sha256 } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { reasonCode, reasonOf } from '@priolab/roles';
import {
  EnpaError,
  createContainerWriter,
  records,
  sealHeader,
  sealSingle,
} from '@priolab/roles/enpa';
import type { DataSharePacket, IngestionHeader } from '@priolab/roles/enpa';

import { decodeParameters, encodeParameters, taskOf } from './desk.ts';
import type { Desk, InstanceDesk, Parameters } from './desk.ts';
import { batchNames, syncOf, validationNames, windowOf } from './places.ts';
import { openBatch, packetLists, putSame, putSamePieces } from './objects.ts';
import type { OpenedBatch } from './objects.ts';
import { encodeSaid, encodeSum, validityPackets } from './said.ts';
import { createShareBlocks, uuidText } from './share-blocks.ts';
import type { ShareBlock } from './share-blocks.ts';
import type { BatchName, BatchRow, ChunkRow } from './state.ts';
import { NotReady, Refused } from './task-errors.ts';

export interface IntakeJob {
  readonly aggregation: string;
  readonly batchUuid: string;
  /** Time in the batch's name. */
  readonly timeMs: number;
}

const POISON: ReadonlySet<number> = new Set(
  (['decrypt-failed', 'noncanonical-share', 'wrong-share-size'] as const).map(reasonCode),
);
const REPLAYED = reasonCode('replayed');
const NO_SUM = new Uint8Array(0);
const BLOCKS_AT_ONCE = 16;

/** @param extend holds the task for longer; called between blocks */
export async function takeIn(
  desk: Desk,
  instance: InstanceDesk,
  job: IntakeJob,
  extend: () => Promise<void>,
): Promise<void> {
  const name: BatchName = { instance: instance.config.name, ...job };
  const known = await desk.state.batch(name);
  // Then all was written, and what it was written from may be gone by now.
  if (known !== undefined && known.state !== 'said') return;
  await refuseLate(desk, name, job);
  if (known === undefined) {
    await note(desk, instance, job, extend);
    desk.reach('intake.noted');
    // What is written after the set is fixed would be heard by the peer and not summed by us.
    await refuseLate(desk, name, job);
  }
  await writeValidation(desk, instance, (await desk.state.batch(name))!);
  await desk.state.markWritten(name);
  desk.reach('intake.written');
}

/** Once a window's batches are fixed none can be added. */
async function refuseLate(desk: Desk, name: BatchName, { timeMs }: IntakeJob): Promise<void> {
  const { startMs } = windowOf(desk.config.schedule, timeMs);
  const fixed = await desk.state.window({ ...name, startMs });
  if (fixed !== undefined) throw late(name);
}

function late({ batchUuid }: BatchName): Refused {
  return new Refused('batch-late', `batch ${batchUuid}: expected before its window was fixed`);
}

/** Evaluates the batch and notes the outcome. */
async function note(
  desk: Desk,
  instance: InstanceDesk,
  job: IntakeJob,
  extend: () => Promise<void>,
): Promise<void> {
  const name = { instance: instance.config.name, ...job };
  const names = batchNames(job);
  const { ingestor } = instance.trust;
  const opened = await openBatch(instance.ingestion, records.ingestionHeader, names, ingestor);
  if (opened === undefined) throw new NotReady(`batch ${job.batchUuid} has no signature yet`);
  checkHeader(opened.header, job, desk.config.binsMax);
  desk.reach('intake.opened');
  // Written as they come: a batch is never whole in memory.
  let blocks: ChunkRow[] = [];
  let blockCount = 0;
  let reportCount = 0;
  const flush = async (): Promise<void> => {
    await desk.state.putBlocks(name, blockCount, blocks);
    blockCount += blocks.length;
    blocks = [];
  };
  for await (const { said, sum, count } of evaluate(desk, instance, job, opened)) {
    if (blocks.push({ said, sum, verdicts: null }) === BLOCKS_AT_ONCE) await flush();
    reportCount += count;
    desk.metrics.ingestionPacketsProcessed(job.aggregation, count);
    await extend();
    // Health and metrics are answered in between.
    await turn();
  }
  if (reportCount === 0) throw new Refused('empty-batch', `batch ${job.batchUuid}: no packets`);
  desk.metrics.packetsPerIngestionBatch(job.aggregation, reportCount);
  const parameters = encodeParameters(opened.header);
  const { timeMs } = job;
  const { packetFileDigest: packetDigest } = opened.header;
  const row = { ...name, timeMs, parameters, reportCount, packetDigest };
  await flush();
  const { startMs } = windowOf(desk.config.schedule, timeMs);
  if (!(await desk.state.putSaid(row, { blockCount, startMs }))) throw late(name);
}

function checkHeader(
  header: IngestionHeader,
  { aggregation, batchUuid }: IntakeJob,
  binsMax: number,
): void {
  const refuse = (field: string, expected: string, got: string | number | null): void => {
    const text = `batch ${batchUuid}: ${field}: expected ${expected}, got ${got}`;
    throw new EnpaError('wrong-value', text);
  };
  const { bins, epsilon, prime, numberOfServers, hammingWeight } = header;
  // The facilitator of 2021 compared neither: a batch under another's name was summed there.
  if (header.batchUuid !== batchUuid) refuse('batch_uuid', batchUuid, header.batchUuid);
  if (header.name !== aggregation) refuse('name', aggregation, header.name);
  if (!(bins >= 1 && bins <= binsMax)) refuse('bins', `1 to ${binsMax}`, bins);
  if (!(epsilon >= 0)) refuse('epsilon', 'a number from 0', epsilon);
  if (prime !== FIELD_MODULUS) refuse('prime', String(FIELD_MODULUS), prime);
  if (numberOfServers !== 2) refuse('number_of_servers', '2', numberOfServers);
  if (hammingWeight !== null && !(hammingWeight >= 1 && hammingWeight <= bins)) {
    refuse('hamming_weight', `null or 1 to ${bins}`, hammingWeight);
  }
}

interface Evaluated {
  readonly count: number;
  readonly said: Uint8Array;
  readonly sum: Uint8Array;
}

async function* evaluate(
  desk: Desk,
  instance: InstanceDesk,
  job: IntakeJob,
  opened: OpenedBatch<IngestionHeader>,
): AsyncGenerator<Evaluated> {
  const { config, state } = desk;
  const { legacy, peer } = config;
  const name = { instance: instance.config.name, ...job };
  const { startMs } = windowOf(config.schedule, job.timeMs);
  const { sums } = desk.arithmetic;
  const { keepsSum } = desk.arithmetic.lineOf(opened.header.bins);
  const countBytes = (count: number): void => desk.metrics.intakeBytes(job.aggregation, count);
  for await (const block of shareBlocks(desk, instance, { ...job, countBytes }, opened)) {
    const { processor } = desk.arithmetic.lineOf(opened.header.bins);
    const { status, values } = processor.verifyInit(block.batch);
    const { count, reportIds } = block.batch;
    const codes = block.faults.map((code, i) => code || status[i]!);
    const poison = codes.find((code) => POISON.has(code));
    if (poison !== undefined && legacy.has('poison-drops-batch')) {
      const text = `batch ${job.batchUuid}: expected packets that open, got ${reasonOf(poison)}`;
      throw new Refused('packet-decryption', text);
    }
    // A peer of 2021 hears of a replay only by our silence; one of ours by what we agree on.
    if (peer === 'prio-server' && !legacy.has('per-batch-dedup')) {
      const repeated = await state.claim({ ...name, startMs }, acceptedIds(reportIds, codes));
      markRepeated(codes, reportIds, repeated);
    }
    tellRefused(desk, job, codes);
    yield {
      count,
      said: encodeSaid(reportIds, codes, values),
      sum: keepsSum ? sums.seal(encodeSum(processor.sumWhere(codes))) : NO_SUM,
    };
  }
}

/** The blocks of a batch, each valid until the next one is asked for. */
export async function* shareBlocks(
  desk: Desk,
  instance: InstanceDesk,
  parts: {
    readonly batchUuid: string;
    readonly timeMs: number;
    readonly countBytes: (count: number) => void;
  },
  opened: OpenedBatch<Parameters>,
): AsyncGenerator<ShareBlock> {
  const { batchUuid, timeMs, countBytes } = parts;
  const { header } = opened;
  const { role, schedule } = desk.config;
  const { startMs } = windowOf(schedule, timeMs);
  const task = taskOf(header, instance.config.name, schedule.aggregationPeriodMs);
  const { capacity } = desk.arithmetic.lineOf(header.bins);
  const isStrict = desk.config.peer === 'prio-server';
  const blocks = createShareBlocks({ task, role, batchUuid, windowStartMs: startMs, capacity });
  for await (const packets of packetLists(records.dataSharePacket, opened, countBytes)) {
    for (const packet of packets) {
      if (isStrict) refuseOverflow(packet, batchUuid);
      const block = blocks.add(packet);
      if (block !== undefined) yield block;
    }
  }
  const last = blocks.rest();
  if (last !== undefined) yield last;
}

/**
 * A facilitator stops at an r that is no u32: at intake it loses the batch, when it sums the whole
 * window. It sums what we have validated, so a batch that stops it must get no validation of ours.
 */
function refuseOverflow({ rPit }: DataSharePacket, batchUuid: string): void {
  if (!Number.isNaN(rPit)) return;
  throw new EnpaError(
    'malformed-packet',
    `batch ${batchUuid}: r_pit: expected an unsigned 32-bit number`,
  );
}

function acceptedIds(reportIds: Uint8Array, codes: Uint8Array): Uint8Array[] {
  const ids: Uint8Array[] = [];
  codes.forEach((code, i) => {
    if (code === 0) ids.push(reportIds.slice(16 * i, 16 * i + 16));
  });
  return ids;
}

function markRepeated(
  codes: Uint8Array,
  reportIds: Uint8Array,
  repeated: readonly Uint8Array[],
): void {
  if (repeated.length === 0) return;
  const known = new Set(repeated.map(uuidText));
  codes.forEach((code, i) => {
    if (code !== 0) return;
    if (known.has(uuidText(reportIds.subarray(16 * i, 16 * i + 16)))) codes[i] = REPLAYED;
  });
}

function tellRefused(desk: Desk, job: IntakeJob, codes: Uint8Array): void {
  const counts = new Map<number, number>();
  for (const code of codes) if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  for (const [code, count] of counts) {
    const reason = reasonOf(code);
    desk.metrics.packetsRefused(job.aggregation, reason, count);
    const { aggregation, batchUuid: batch } = job;
    desk.log('warn', 'packets-refused', { aggregation, batch, reason, count });
  }
}

/** Writes what is noted: packets, header, signature; or all in one. Twice it is the same. */
async function writeValidation(desk: Desk, instance: InstanceDesk, row: BatchRow): Promise<void> {
  const { config, signer, state, reach } = desk;
  const names = validationNames(row, config.role);
  const store = instance.peerValidations;
  const form = { sync: syncOf(names.packets) };
  const writer = createContainerWriter(records.validityPacket, form);
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    let isBegun = false;
    for await (const { said } of state.chunks(row)) {
      const packets = validityPackets(said);
      if (packets.length === 0) continue;
      if (!isBegun) yield writer.head();
      isBegun = true;
      yield writer.block(packets);
    }
  };
  const header = (packetFileDigest: Uint8Array) => ({
    batchUuid: row.batchUuid,
    ...decodeParameters(row.parameters),
    packetFileDigest,
  });
  const headerForm = { sync: syncOf(names.header) };
  if (config.singleObjectValidations) {
    const all: Uint8Array[] = [];
    for await (const piece of pieces()) all.push(piece);
    const packets = new Uint8Array(Buffer.concat(all));
    const fields = header(sha256(packets));
    const batch = { header: fields, packets };
    const sealed = sealSingle(records.validityHeader, batch, signer, headerForm);
    await store.put(names.signature, sealed);
    reach('intake.signature-written');
    return;
  }
  const hash = createDigest();
  let size = 0;
  for await (const piece of pieces()) {
    hash.update(piece);
    size += piece.length;
  }
  const digest = hash.finish();
  // A bucket has no objects of zero bytes: readers take a missing one for no packets.
  if (size > 0) await putSamePieces(store, names.packets, pieces, digest);
  reach('intake.packets-written');
  const sealed = sealHeader(records.validityHeader, header(digest), signer, headerForm);
  await putSame(store, names.header, sealed.header);
  reach('intake.header-written');
  // One by another key of ours, from before a rotation, is as good.
  await store.put(names.signature, sealed.signature);
  reach('intake.signature-written');
}
