/**
 * Adds a batch to a window's sum. The blocks in which every report that we could evaluate is
 * accepted have their sum noted from intake; a block in which one is not is opened again, and only
 * such a block. (The facilitator opened every share twice.)
 * Source: ENPA section 6.5 step 5, 5.4.
 */

import { setImmediate as turn } from 'node:timers/promises';

import { merge } from '@priolab/prio';
import { reasonCode } from '@priolab/roles';

import { decodeParameters } from './desk.ts';
import type { Desk, InstanceDesk } from './desk.ts';
import { shareBlocks } from './intake.ts';
import { reopenPackets } from './objects.ts';
import { batchNames } from './places.ts';
import { decodeSaid, decodeSum } from './said.ts';
import { uuidText } from './share-blocks.ts';
import type { BatchRow } from './state.ts';
import { Refused } from './task-errors.ts';

export interface Total {
  /** Undefined until the first batch. */
  sum: Uint32Array | undefined;
  /** What the sum part calls `total_individual_clients`. */
  clientCount: number;
  /** UUIDs of reports that are not in the sum. */
  readonly invalid: string[];
  readonly batches: string[];
}

const PROOF_INVALID = reasonCode('proof-invalid');
const REPLAYED = reasonCode('replayed');
const DUPLICATE_ID = reasonCode('duplicate-report-id');

export async function addBatch(
  desk: Desk,
  instance: InstanceDesk,
  parts: {
    readonly row: BatchRow;
    /** `batch report`. */
    readonly repeated: ReadonlySet<string>;
    readonly total: Total;
    readonly extend: () => Promise<void>;
  },
): Promise<void> {
  const { row, repeated, total, extend } = parts;
  const { sums } = desk.arithmetic;
  const { legacy, peer } = desk.config;
  // Where its first copy counts it is not to be called invalid; but a facilitator lists whatever we
  // are silent about, copies of other batches too, and the portal compares the lists.
  const isListed = (code: number): boolean =>
    code !== DUPLICATE_ID && (code !== REPLAYED || peer === 'prio-server');
  const countsInvalid = peer === 'prio-server' || legacy.has('count-invalid-proofs');
  /** Blocks to be opened again, with what is summed of them. */
  const again = new Map<number, Uint8Array>();
  let position = 0;
  for await (const { said, sum, verdicts } of desk.state.chunks(row)) {
    const { count, status, idOf } = decodeSaid(said);
    const codes = verdicts!.slice();
    for (let i = 0; i < count; i++) {
      const uuid = uuidText(idOf(i));
      if (codes[i] === 0 && repeated.has(`${row.batchUuid} ${uuid}`)) codes[i] = REPLAYED;
      if (codes[i] === 0 || (countsInvalid && codes[i] === PROOF_INVALID)) total.clientCount += 1;
      else if (isListed(codes[i]!)) total.invalid.push(uuid);
      if (countsInvalid && codes[i] === PROOF_INVALID) total.invalid.push(uuid);
    }
    const isWhole = codes.every((code, i) => code === 0 || status[i] !== 0);
    const opened = isWhole && sum.length > 0 ? sums.open(sum) : undefined;
    if (opened === undefined) again.set(position, codes);
    else total.sum = added(total.sum, decodeSum(opened));
    position += 1;
    await extend();
    await turn();
  }
  total.batches.push(row.batchUuid);
  if (again.size === 0) return;
  position = 0;
  const countBytes = (count: number): void => desk.metrics.aggregateBytes(row.aggregation, count);
  const names = batchNames(row);
  const packets = await reopenPackets(instance.ingestion, names, row.packetDigest);
  const opened = { header: decodeParameters(row.parameters), packets };
  for await (const block of shareBlocks(desk, instance, { ...row, countBytes }, opened)) {
    const codes = again.get(position);
    position += 1;
    if (codes === undefined) continue;
    const { processor } = desk.arithmetic.lineOf(block.batch.task.shape.dimension);
    const { status } = processor.verifyInit(block.batch);
    checkSame(row, codes, status.subarray(0, block.batch.count));
    total.sum = added(total.sum, processor.sumWhere(codes));
    await extend();
    await turn();
  }
}

/** A share that opened at intake must open again: a key may have been taken away since. */
function checkSame({ batchUuid }: BatchRow, codes: Uint8Array, status: Uint8Array): void {
  const isSame = codes.length === status.length;
  if (isSame && codes.every((code, i) => code !== 0 || status[i] === 0)) return;
  const text = `batch ${batchUuid}: expected its shares to open as at intake; is a key missing?`;
  throw new Refused('packet-decryption', text);
}

function added(sum: Uint32Array | undefined, more: Uint32Array): Uint32Array {
  if (sum === undefined) return more;
  merge(sum, more);
  return sum;
}
