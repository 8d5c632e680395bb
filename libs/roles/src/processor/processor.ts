/**
 * One data share processor: opens its shares, checks every proof together with its peer, adds up
 * what both accept. The leader (ENPA: PHA server, first server) holds explicit shares, the helper
 * (facilitator, second server) seeds. Neither ever sees the other's shares.
 * Source: ENPA sections 5 and 6.5.
 *
 * Not copied from the 2021 system: a bad report is refused alone, never its batch; an r that is a
 * root of unity is refused; reports refused are not counted as clients.
 */

import { SEAL_OVERHEAD, toHex } from '@priolab/crypto';
import type { CryptoBackend, PrivateKey, Strided } from '@priolab/crypto';
import { FIELD_MODULUS, referencePrio2 } from '@priolab/prio';
import type { Prio2, Prio2Shape } from '@priolab/prio';

import { REPORT_ID_SIZE } from '../blocks.ts';
import type { AggregateShare, BareBatch, BatchHead, ProcessorRole } from '../blocks.ts';
import type { ShareBatch, VerifierShareBlock } from '../blocks.ts';
import { ProtocolAbort } from '../protocol-abort.ts';
import { reasonCode } from '../reasons.ts';
import { createReplayGuard } from '../ingestor/replay-guard.ts';

const DECRYPT_FAILED = reasonCode('decrypt-failed');
const NONCANONICAL = reasonCode('noncanonical-share');
const UNSAFE = reasonCode('unsafe-query-randomness');
const DUPLICATE_ID = reasonCode('duplicate-report-id');
const PEER_REFUSED = reasonCode('peer-refused');
const PROOF_INVALID = reasonCode('proof-invalid');
/** Codes that the peer gives to the report as such and not to its own share of it. */
const OF_THE_PAIR: ReadonlySet<number> = new Set([DUPLICATE_ID, reasonCode('peer-missing')]);
/** In a status array of its own: nothing to do here. */
const SKIP = 255;

export interface Processor {
  readonly role: ProcessorRole;
  /**
   * Opens (where it was sealed) and evaluates a batch; the block is for the peer, valid until the
   * next batch. A batch not aggregated by then is dropped, and may be given again.
   * @throws ProtocolAbort `batch-form` where the batch's lists or sizes are not those of the task,
   *   `batch-repeated` where its id is in a sum that was not taken yet
   */
  verifyInit(batch: ShareBatch | BareBatch): VerifierShareBlock;
  /**
   * Decides about the batch of the last `verifyInit`, given the peer's message about it.
   * @returns a reason code for each report; 0: accepted
   * @throws ProtocolAbort `peer-batch`, `peer-reports` or `peer-values`; the batch stays undecided
   */
  verifyNext(peer: VerifierShareBlock): Uint8Array;
  /** Adds the reports that `verifyNext` accepted to the sum of their task and window. */
  aggregate(): void;
  /**
   * The sum (bins elements) over those reports of the last `verifyInit` whose `status` is 0, for a
   * service that keeps what was said and decides later: it must have decided before it publishes.
   * @throws RangeError where one of them could not be evaluated: it has no share here
   */
  sumWhere(status: Uint8Array): Uint32Array;
  /**
   * The sums so far; the processor starts again from nothing and forgets their batches. Whoever
   * adds up sums of one window that were taken apart must compare their batch ids (the combiner
   * does).
   */
  takeAggregateShares(): AggregateShare[];
}

export interface ProcessorOptions {
  readonly role: ProcessorRole;
  readonly backend: CryptoBackend;
  /** The key of a processor that has one for good. */
  readonly privateKey?: PrivateKey;
  /**
   * Keys in use while keys change, asked for at each batch: where one does not open a share the
   * next is tried (ENPA section 4 "Key forms"). With none, no share is opened.
   */
  readonly furtherKeys?: () => readonly PrivateKey[];
  readonly prio2: Prio2;
  /** Largest batch, in reports. */
  readonly capacity: number;
  /** `evaluate`: answers at roots of unity as well, as the server of 2021 did (ENPA 5.3). */
  readonly unsafePoints?: 'refuse' | 'evaluate';
}

export function createProcessor(options: ProcessorOptions): Processor {
  const { role, backend, privateKey, furtherKeys, prio2, capacity } = options;
  const { shape } = prio2;
  const shares = new Uint32Array(capacity * shape.proofLen);
  const plainSize = role === 'leader' ? shape.leaderShareSize : shape.helperShareSize;
  const plain = { bytes: new Uint8Array(capacity * plainSize), offset: 0, stride: plainSize };
  const values = new Uint32Array(capacity * 3);
  const ownStatus = new Uint8Array(capacity);
  const status = new Uint8Array(capacity);
  const ids = createReplayGuard(capacity);
  const sums = createSums();
  let current: VerifierShareBlock | undefined;
  let batch: BatchHead | undefined;
  let decided = false;

  const open = ({ count, sealed, sealedSize }: ShareBatch): Strided => {
    const failure = DECRYPT_FAILED;
    const block = { count, sealed, sealedSize, plaintexts: plain, failure };
    const keys = [...(privateKey === undefined ? [] : [privateKey]), ...(furtherKeys?.() ?? [])];
    const failed = ownStatus.subarray(0, count);
    const [first, ...others] = keys;
    if (first !== undefined) backend.open({ ...block, privateKey: first, status: ownStatus });
    else for (let i = 0; i < count; i++) failed[i] ||= failure;
    for (const key of others) {
      if (!failed.includes(failure)) break;
      // What was opened, or refused for another reason, is left alone.
      const again = failed.map((code) => (code === failure ? 0 : SKIP));
      backend.open({ ...block, privateKey: key, status: again });
      for (let i = 0; i < count; i++) if (failed[i] === failure && again[i] === 0) failed[i] = 0;
    }
    return plain;
  };

  const unpackShares = (count: number, items: Strided): void => {
    if (role === 'leader') prio2.decodeShares(count, items, shares, ownStatus, NONCANONICAL);
    else prio2.expandBlock(backend, count, items, shares, ownStatus);
  };

  return {
    role,

    verifyInit(next) {
      // Nothing of the batch before may be summed any more, whatever becomes of this one.
      batch = undefined;
      current = undefined;
      decided = false;
      const { count, reportIds } = next;
      if (count > capacity) throw new RangeError(`batch of ${count}, capacity ${capacity}`);
      checkBatch(next, shape, plainSize);
      sums.checkNew(next.batchId);
      ownStatus.fill(0, 0, count);
      ids.clear();
      for (let i = 0; i < count; i++) {
        if (!ids.add(reportIds, i * REPORT_ID_SIZE)) ownStatus[i] = DUPLICATE_ID;
      }
      unpackShares(count, 'sealed' in next ? open(next) : next.shares);
      prio2.verifyInit({
        role,
        count,
        shares,
        queryRandomness: next.queryRandomness,
        verifierShares: values,
        status: ownStatus,
        failure: UNSAFE,
      });
      if (options.unsafePoints === 'evaluate') {
        const block = { role, shape, count, shares, values, status: ownStatus };
        evaluateUnsafe(block, next.queryRandomness);
      }
      // Of what is refused nothing is said: what stands there is of an earlier batch.
      for (let i = 0; i < count; i++) if (ownStatus[i] !== 0) values.fill(0, 3 * i, 3 * i + 3);
      batch = next;
      current = { batchId: next.batchId, count, reportIds, values, status: ownStatus };
      return current;
    },

    verifyNext(peer) {
      if (current === undefined) throw new Error('verifyNext before verifyInit');
      decided = false;
      checkPeer(current, peer);
      const { count } = current;
      for (let i = 0; i < count; i++) {
        const code = peer.status[i]!;
        const refused = code === 0 || OF_THE_PAIR.has(code) ? code : PEER_REFUSED;
        status[i] = ownStatus[i] === 0 ? refused : ownStatus[i]!;
      }
      prio2.decideBlock(count, values, peer.values, status, PROOF_INVALID);
      decided = true;
      return status.subarray(0, count);
    },

    aggregate() {
      // Without a decision `status` would be that of an earlier batch: unproved reports accepted.
      if (batch === undefined || current === undefined || !decided) {
        throw new Error('aggregate before verifyNext');
      }
      const { count } = current;
      const into = sums.enter(batch);
      prio2.aggregateBlock(count, shares, status, into.sum);
      let accepted = 0;
      for (let i = 0; i < count; i++) if (status[i] === 0) accepted++;
      into.count += accepted;
      into.rejectedCount += count - accepted;
      batch = current = undefined;
    },

    sumWhere(chosen) {
      if (current === undefined) throw new Error('sumWhere before verifyInit');
      checkLength('status codes', current.count, chosen.length);
      // What stands in its place is of an earlier batch.
      const odd = chosen.findIndex((code, i) => code === 0 && ownStatus[i] !== 0);
      if (odd !== -1) throw new RangeError(`report ${odd}: expected one that was evaluated`);
      const sum = new Uint32Array(shape.dimension);
      prio2.aggregateBlock(chosen.length, shares, chosen, sum);
      return sum;
    },

    takeAggregateShares: () => sums.take(),
  };
}

function checkLength(what: string, expected: number, got: number): void {
  if (got !== expected) throw new RangeError(`${what}: expected ${expected}, got ${got}`);
}

/** One by one and by the book: the kernels know no value there. */
function evaluateUnsafe(
  block: {
    readonly role: ProcessorRole;
    readonly shape: Prio2Shape;
    readonly count: number;
    readonly shares: Uint32Array;
    readonly values: Uint32Array;
    readonly status: Uint8Array;
  },
  points: Uint32Array,
): void {
  const { role, shape, count, shares, values, status } = block;
  const { proofLen, dimension } = shape;
  for (let i = 0; i < count; i++) {
    if (status[i] !== UNSAFE || points[i]! >= FIELD_MODULUS) continue;
    const share = Array.from(shares.subarray(i * proofLen, (i + 1) * proofLen), BigInt);
    const r = BigInt(points[i]!);
    const said = referencePrio2.verifyInit(share, { role, dimension, r });
    values.set(said.map(Number), 3 * i);
    status[i] = 0;
  }
}

/** A sealed share of another size would be opened over a part of an earlier report's share. */
function checkBatch(batch: ShareBatch | BareBatch, shape: Prio2Shape, plainSize: number): void {
  const { task, batchId, count, reportIds, queryRandomness } = batch;
  const refuse = (what: string, expected: number, got: number): void => {
    if (expected === got) return;
    const where = `batch ${toHex(batchId)}: ${what}`;
    throw new ProtocolAbort('batch-form', `${where}: expected ${expected}, got ${got}`);
  };
  refuse('bins', shape.dimension, task.shape.dimension);
  if ('sealed' in batch) {
    refuse('bytes of a sealed share', plainSize + SEAL_OVERHEAD, batch.sealedSize);
  } else refuse('bytes of a share', plainSize, batch.shares.stride);
  refuse('bytes of report ids', count * REPORT_ID_SIZE, reportIds.length);
  refuse('points r', count, queryRandomness.length);
}

/** The peer must speak of the same reports in the same order, in field elements. */
function checkPeer(own: VerifierShareBlock, peer: VerifierShareBlock): void {
  if (own.count !== peer.count || !sameBytes(own.batchId, peer.batchId)) {
    const expected = `batch ${toHex(own.batchId)} of ${own.count}`;
    throw new ProtocolAbort('peer-batch', `expected ${expected}, got ${toHex(peer.batchId)}`);
  }
  if (!sameBytes(own.reportIds, peer.reportIds)) {
    throw new ProtocolAbort('peer-reports', `batch ${toHex(own.batchId)}: other report ids`);
  }
  for (let i = 0; i < peer.count * 3; i++) {
    // So written, an element that is not there is refused too.
    if (!(peer.values[i]! < FIELD_MODULUS)) {
      throw new ProtocolAbort('peer-values', `verifier share element ${i} is not below p`);
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

type MutableSum = { -readonly [K in keyof AggregateShare]: AggregateShare[K] } & {
  batchIds: string[];
};

/**
 * Running sums by task and window, in order of first use. A batch id is 16 random bytes and names
 * one batch of one window for ever: the second with that id is a batch delivered again (ENPA
 * section 6.7 step 2: a lost marker starts a task twice) or an ingestor that counts reports double.
 * Grows by one id a batch of an open window.
 */
function createSums(): {
  /** @throws ProtocolAbort `batch-repeated` */
  checkNew(batchId: Uint8Array): void;
  /** The sum that the batch belongs to, with the batch entered in its list. */
  enter(batch: BatchHead): MutableSum;
  take(): AggregateShare[];
} {
  let sums = new Map<string, MutableSum>();
  const entered = new Set<string>();
  return {
    checkNew(batchId) {
      const id = toHex(batchId);
      if (!entered.has(id)) return;
      throw new ProtocolAbort('batch-repeated', `batch ${id}: expected a new id, is in a sum`);
    },
    enter({ task, windowStartMs, batchId }) {
      const key = `${toHex(task.id)}/${windowStartMs}`;
      let sum = sums.get(key);
      if (sum === undefined) {
        const empty = { count: 0, rejectedCount: 0, batchIds: [] };
        sum = { task, windowStartMs, sum: new Uint32Array(task.shape.dimension), ...empty };
        sums.set(key, sum);
      }
      const id = toHex(batchId);
      entered.add(id);
      sum.batchIds.push(id);
      return sum;
    },
    take() {
      const taken = [...sums.values()];
      sums = new Map();
      entered.clear();
      return taken;
    },
  };
}
