/**
 * What a malicious ingestion server works with: the two halves of a batch, taken apart by report
 * and put together anew. Halves are copies: the ingestor's own are views of its arena.
 */

import { toHex } from '@priolab/crypto';
import { REPORT_ID_SIZE } from '@priolab/roles';
import type { BatchPair, ProcessorRole, ShareBatch, Task, Vendor } from '@priolab/roles';

import { isSourceAt } from '../../faults/places.ts';
import type { FaultContext } from '../fault.ts';

/** One report of a half. */
export interface Place {
  readonly of: ShareBatch;
  readonly slot: number;
}

export interface BatchPlace {
  readonly vendor: Vendor;
  readonly task: Task;
  readonly day: number;
}

export function placesOf(of: ShareBatch): Place[] {
  return Array.from({ length: of.count }, (_, slot) => ({ of, slot }));
}

/** A half like `like` that holds these reports. */
export function assemble(like: ShareBatch, places: readonly Place[]): ShareBatch {
  const { sealedSize } = like;
  const count = places.length;
  const reportIds = new Uint8Array(count * REPORT_ID_SIZE);
  const queryRandomness = new Uint32Array(count);
  const bytes = new Uint8Array(count * sealedSize);
  places.forEach(({ of, slot }, i) => {
    reportIds.set(idOf(of, slot), i * REPORT_ID_SIZE);
    queryRandomness[i] = of.queryRandomness[slot]!;
    bytes.set(sealedOf(of, slot).subarray(0, sealedSize), i * sealedSize);
  });
  const sealed = { bytes, offset: 0, stride: sealedSize };
  return { ...like, batchId: like.batchId.slice(), count, reportIds, queryRandomness, sealed };
}

export function copyOf(half: ShareBatch): ShareBatch {
  return assemble(half, placesOf(half));
}

export function sealedOf({ sealed, sealedSize }: ShareBatch, slot: number): Uint8Array {
  const at = sealed.offset + slot * sealed.stride;
  return sealed.bytes.subarray(at, at + sealedSize);
}

function idOf({ reportIds }: ShareBatch, slot: number): Uint8Array {
  return reportIds.subarray(slot * REPORT_ID_SIZE, (slot + 1) * REPORT_ID_SIZE);
}

export function idHex(half: ShareBatch, slot: number): string {
  return toHex(idOf(half, slot));
}

/** The numbers of reports, as the simulator knows them. */
export function reportsIn({ book }: FaultContext, half: ShareBatch, slots: readonly number[]) {
  return slots.flatMap((slot) => book.reportOf(idHex(half, slot)) ?? []);
}

/** Slots of the reports that the fault chooses, each by its own coin. */
export function chosenSlots(context: FaultContext, half: ShareBatch): number[] {
  return placesOf(half)
    .map(({ slot }) => slot)
    .filter((slot) => context.chooses(idHex(half, slot)));
}

/** @param slots of that half; of both: of the leader's, and the helper's with the same ids */
export function without(pair: BatchPair, side: 'leader' | 'helper' | 'both', slots: number[]) {
  const { leader, helper, uploadSlots } = pair;
  const gone = new Set(slots);
  const of = side === 'helper' ? helper : leader;
  const ids = new Set(slots.map((slot) => idHex(of, slot)));
  const keep = (half: ShareBatch): ShareBatch =>
    assemble(
      half,
      placesOf(half).filter(({ slot }) => !ids.has(idHex(half, slot))),
    );
  return {
    leader: side === 'helper' ? leader : keep(leader),
    helper: side === 'leader' ? helper : keep(helper),
    uploadSlots: side === 'both' ? uploadSlots.filter((_, i) => !gone.has(i)) : uploadSlots,
  };
}

/**
 * One side does not get these reports of a batch: it misses them, and says so. What the other half
 * has not either, as another fault took it out before, nobody ever sees.
 */
export function strikeMissing(
  context: FaultContext,
  what: string,
  { pair, side, slots }: { pair: BatchPair; side: ProcessorRole; slots: readonly number[] },
): void {
  const half = pair[side];
  const other = pair[side === 'leader' ? 'helper' : 'leader'];
  const held = new Set(placesOf(other).map(({ slot }) => idHex(other, slot)));
  const gone = slots.filter((slot) => !held.has(idHex(half, slot)));
  const reports = reportsIn(context, half, slots);
  context.strike({ what, reports, allowed: ['peer-missing'] });
  for (const report of reportsIn(context, half, gone)) context.alsoAllow(report, ['lost']);
}

export function withHalf(pair: BatchPair, role: ProcessorRole, half: ShareBatch): BatchPair {
  return role === 'leader' ? { ...pair, leader: half } : { ...pair, helper: half };
}

/** Changes the batches of the vendors (or the vendor, or state) that the fault is at. */
export function onBatches(
  context: FaultContext,
  /** Made anew for each day and task, so that it may keep what it needs from one to the next. */
  create: (place: BatchPlace) => (pair: BatchPair) => readonly BatchPair[],
): void {
  context.hooks.ingestor.push((inner, place) => {
    if (!isSourceAt(context.item.place, place.task)) return inner;
    const change = create(place);
    return {
      openPartition: (index) => inner.openPartition(index),
      receive(task, day, uploads) {
        const { status, batches } = inner.receive(task, day, uploads);
        return { status, batches: batches.flatMap(change) };
      },
    };
  });
}
