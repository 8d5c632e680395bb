/**
 * Random values that must never occur twice: of each honest report both ephemeral keys, the
 * helper's seed, the signature's nonce point, the report id and the pair of blinds f0, g0. All of a
 * shard are compared with each other, whatever their kind; of one device in 64 they are also handed
 * on, to be compared across shards. A path of the seed tree used twice shows wherever its uses are.
 * Of a report without transport there are the seed, the id and the blinds.
 *
 * A pair of blinds has 64 bits, all else 96 or more: among N reports in shards of m, two pairs
 * collide by chance with probability below N m / 2^65 within shards (a billion reports, shards of
 * 6,700: 2e-7) and (N / 64)^2 / 2^65 across (a million: 7e-12).
 */

import { REPORT_ID_AT, REPORT_ID_SIZE, uploadLayout } from '@priolab/roles';
import type { ReportBlock, SealedBlock, UploadBlock } from '@priolab/roles';

import { createFingerprintList, createFingerprintSet, readFingerprint } from './fingerprint-set.ts';
import type { FingerprintList } from './fingerprint-set.ts';
import type { Tally } from './shard-result.ts';

/** Values of one report. */
export const FRESH_VALUES = 6;
/** Of one device in so many, values are also compared across shards. */
export const SAMPLE_EVERY = 64;
/** Third word of a pair of blinds: keeps it apart from values that begin like it. */
const BLINDS = 0x0f090b11;

export interface FreshValues {
  /** Forgets everything: another shard, whose findings go into `tally`. */
  begin(tally: Tally): void;
  /** Looks at the honest reports of a block that was just uploaded. */
  note(sealed: SealedBlock, uploads: UploadBlock, isHonest: (slot: number) => boolean): void;
  /** The same for a block that goes without transport. */
  noteBare(report: ReportBlock, isHonest: (slot: number) => boolean): void;
  readonly sampled: FingerprintList;
}

/** @param capacity reports of the largest shard */
export function createFreshValues(capacity: number): FreshValues {
  const seen = createFingerprintSet(capacity * FRESH_VALUES);
  const sampled = createFingerprintList(FRESH_VALUES * Math.ceil(capacity / SAMPLE_EVERY));
  const words = new Uint32Array(3);
  let isSampled = false;
  let tally: Tally;

  const enter = (): void => {
    tally.freshValues++;
    if (!seen.add(words, 0)) tally.repeatedValues++;
    if (isSampled) sampled.push(words, 0);
  };
  const note = (bytes: Uint8Array, at: number): void => {
    readFingerprint(bytes, at, words);
    enter();
  };
  const noteSeedAndBlinds = (report: ReportBlock, slot: number): void => {
    const { proofLen, dimension } = report.task.shape;
    const seeds = report.helperShares;
    note(seeds.bytes, seeds.offset + slot * seeds.stride);
    const blindsAt = slot * proofLen + dimension;
    words[0] = report.proofs[blindsAt]!;
    words[1] = report.proofs[blindsAt + 1]!;
    words[2] = BLINDS;
    enter();
  };

  return {
    sampled,
    begin(next) {
      tally = next;
      seen.clear();
      sampled.clear();
    },
    note({ report, leader, helper }, uploads, isHonest) {
      const { signatureAt } = uploadLayout(report.task.shape);
      for (let slot = 0; slot < report.count; slot++) {
        if (!isHonest(slot)) continue;
        isSampled = report.devices[slot]! % SAMPLE_EVERY === 0;
        // A point's first byte is its form; x follows.
        note(leader.bytes, leader.offset + slot * leader.stride + 1);
        note(helper.bytes, helper.offset + slot * helper.stride + 1);
        const uploadAt = uploads.offsets[slot]!;
        note(uploads.bytes, uploadAt + REPORT_ID_AT);
        note(uploads.bytes, uploadAt + signatureAt);
        noteSeedAndBlinds(report, slot);
      }
    },
    noteBare(report, isHonest) {
      for (let slot = 0; slot < report.count; slot++) {
        if (!isHonest(slot)) continue;
        isSampled = report.devices[slot]! % SAMPLE_EVERY === 0;
        note(report.reportIds, slot * REPORT_ID_SIZE);
        noteSeedAndBlinds(report, slot);
      }
    },
  };
}
