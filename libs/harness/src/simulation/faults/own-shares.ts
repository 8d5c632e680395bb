/**
 * What a processor can do with its own key and its own mail, whether it is meant to or not: read
 * its shares of every report, and what its peer has told it. Nothing here is beyond one party.
 */

import { toHex } from '@priolab/crypto';
import type { Strided } from '@priolab/crypto';
import { PACKETS, endings, peerOf, storeNames } from '@priolab/nodes';
import { createPrio2 } from '@priolab/prio';
import type { Prio2 } from '@priolab/prio';
import { REPORT_ID_SIZE, reportIdsOf } from '@priolab/roles';
import type { ProcessorRole, ShareBatch } from '@priolab/roles';

import type { FaultContext } from '../fault.ts';

const VALIDITY_SIZE = REPORT_ID_SIZE + 13;

/** Shares of a batch's reports, in its order. */
export interface OwnShares {
  readonly prio2: Prio2;
  /** count x proofLen. */
  readonly shares: Uint32Array;
  /** 0: there is a share; else it can't be opened or read. */
  readonly status: Uint8Array;
}

const arithmetic = new Map<number, Prio2>();

function prio2Of(bins: number): Prio2 {
  const known = arithmetic.get(bins) ?? createPrio2(bins);
  arithmetic.set(bins, known);
  return known;
}

export function openShares(
  { parties }: FaultContext,
  role: ProcessorRole,
  { task, count, sealed, sealedSize }: ShareBatch,
): OwnShares {
  const { backend, rings } = parties;
  const prio2 = prio2Of(task.metric.bins);
  const { leaderShareSize, helperShareSize, proofLen } = prio2.shape;
  const stride = role === 'leader' ? leaderShareSize : helperShareSize;
  const plaintexts: Strided = { bytes: new Uint8Array(count * stride), offset: 0, stride };
  const status = new Uint8Array(count).fill(1);
  for (const { key: privateKey } of rings[role]) {
    // Those that another key has opened are skipped.
    const attempt = status.map((code) => (code === 0 ? 2 : 0));
    const block = { count, sealed, sealedSize, plaintexts, failure: 1 };
    backend.open({ ...block, privateKey, status: attempt });
    attempt.forEach((code, i) => (status[i] = code === 1 ? 1 : 0));
  }
  const shares = new Uint32Array(count * proofLen);
  if (role === 'leader') prio2.decodeShares(count, plaintexts, shares, status, 1);
  else prio2.expandBlock(backend, count, plaintexts, shares, status);
  return { prio2, shares, status };
}

/** The message that an honest processor makes of its shares. */
function honestWord(role: ProcessorRole, batch: ShareBatch, own: OwnShares): Uint32Array {
  const verifierShares = new Uint32Array(batch.count * 3);
  own.prio2.verifyInit({
    role,
    count: batch.count,
    shares: own.shares,
    queryRandomness: batch.queryRandomness,
    verifierShares,
    status: own.status.slice(),
    failure: 1,
  });
  return verifierShares;
}

/** What was said of one report. */
export interface Word {
  readonly status: number;
  /** f, g, h at r. */
  readonly values: readonly [number, number, number];
}

/** What `from` has written to its peer about a batch, by report id; undefined: nothing yet. */
export function wordOf(
  { stores }: FaultContext,
  from: ProcessorRole,
  batchId: string,
): ReadonlyMap<string, Word> | undefined {
  const { objects } = stores.inside(storeNames.validity(peerOf(from)));
  const ending = `/${batchId}${endings.validity(from)}${PACKETS}`;
  const key = [...objects.keys()].find((one) => one.endsWith(ending));
  const bytes = key === undefined ? undefined : objects.get(key)?.bytes;
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = new Map<string, Word>();
  for (let at = 0; at + VALIDITY_SIZE <= bytes.length; at += VALIDITY_SIZE) {
    const value = (k: number): number => view.getUint32(at + REPORT_ID_SIZE + 1 + 4 * k);
    words.set(toHex(bytes.subarray(at, at + REPORT_ID_SIZE)), {
      status: bytes[at + REPORT_ID_SIZE]!,
      values: [value(0), value(1), value(2)],
    });
  }
  return words;
}

/**
 * An audit: a processor's signed messages are held against what an honest one makes of the same
 * shares, which takes the audited one's key. Returns ids of reports of which it said otherwise.
 */
export function auditWords(
  context: FaultContext,
  role: ProcessorRole,
  batches: Iterable<ShareBatch>,
): Set<string> {
  const odd = new Set<string>();
  for (const batch of batches) {
    const own = openShares(context, role, batch);
    const honest = honestWord(role, batch, own);
    const said = wordOf(context, role, toHex(batch.batchId));
    reportIdsOf(batch).forEach((id, i) => {
      const word = said?.get(id);
      if (word === undefined) return;
      const isRefused = word.status !== 0;
      const differs = word.values.some((value, k) => value !== honest[3 * i + k]);
      if (own.status[i] === 0 && (isRefused || differs)) odd.add(id);
    });
  }
  return odd;
}
