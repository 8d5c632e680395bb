/**
 * The oracles' eyes on one shard: follows each report from its upload to both verdicts, writes its
 * fate, adds up the truth, and counts what must never happen. It changes nothing.
 *
 * A failure: a fate that neither honesty nor the report's deed explains, a report counted twice, a
 * disagreement of the processors, an unsafe point, a repeated random value. Not a failure: a
 * refused cheat, an accepted multi-hot vector (Prio2 does not prove weight), a forged proof that
 * escapes within the soundness bound. Nothing here depends on time or on the order of shards.
 */

import { FIELD_MODULUS, isSafeQueryRandomness } from '@priolab/prio';
import { DAY_MS, createReplayGuard, reasonCode, reasonOf, uploadLayout } from '@priolab/roles';
import type { Intake, ReplayGuard, ReportBlock, SealedBlock, UploadBlock } from '@priolab/roles';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { Deeds } from '../adversary/tampering.ts';
import type { Observer } from '../pipeline.ts';
import type { Shard } from '../population/plan.ts';
import { FATE_SIZE, fateCode } from '../record/fate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { emptyTally, emptyTruth } from './shard-result.ts';
import type { Tally, Truth } from './shard-result.ts';

const PEER_REFUSED = reasonCode('peer-refused');
const ACCEPTED = fateCode('accepted', 'combiner', 0);
/** Of one device in 64, random values are also compared across shards. */
const FINGERPRINT_EVERY = 64;
const EXAMPLES = 5;

export interface ShardObserver extends Observer {
  /** The next block: its first report's position in the shard, true bits, and who cheats. */
  expect(block: { metricSlot: number; firstReport: number; bits: Uint32Array; deeds: Deeds }): void;
  /** Compares every fate of the block with what it should be. */
  close(): void;
  readonly fates: Uint8Array;
  readonly tally: Tally;
  readonly wrongFateExamples: number[];
  readonly fingerprints: number[];
  /** By `metricSlot/windowStartMs`. */
  readonly truths: Map<string, Truth>;
}

export function createShardObserver(
  scenario: Scenario,
  shard: Shard,
  capacity: number,
): ShardObserver {
  const fates = new Uint8Array(shard.reportCount * FATE_SIZE);
  const tally = emptyTally(scenario.adversaries.length);
  const truths = new Map<string, Truth>();
  const wrongFateExamples: number[] = [];
  const fingerprints: number[] = [];
  const seen = createReplayGuard(shard.reportCount * 4);
  const deedsOf = scenario.adversaries.map(({ id }) => catalogue[id]);
  const acceptedTimes = new Uint8Array(capacity);
  let latest = { metricSlot: -1, startMs: -1, truth: emptyTruth(0) };
  let block: Parameters<ShardObserver['expect']>[0];
  let report: ReportBlock;
  let uploads: UploadBlock;

  /** The report that an upload belongs to: copies come after the block's own uploads. */
  const reportSlotOf = (uploadSlot: number): number =>
    uploadSlot < report.count ? uploadSlot : block.deeds.copies[uploadSlot - report.count]!;

  const write = (uploadSlot: number, code: number): void => {
    if (uploadSlot >= report.count) {
      tally.copyFates.set(code, (tally.copyFates.get(code) ?? 0) + 1);
      return;
    }
    const at = (block.firstReport + uploadSlot) * FATE_SIZE;
    fates[at] = code & 0xff;
    fates[at + 1] = code >>> 8;
  };

  /** By the report's own time, not by the ingestor's window; mostly that of the one before. */
  const truthOf = (reportSlot: number): Truth => {
    const { windowMs } = report.task;
    const createdMs = report.day * DAY_MS + report.timesMs[reportSlot]!;
    const startMs = createdMs - (createdMs % windowMs);
    if (latest.startMs === startMs && latest.metricSlot === block.metricSlot) return latest.truth;
    const key = `${block.metricSlot}/${startMs}`;
    let truth = truths.get(key);
    if (truth === undefined) {
      truth = emptyTruth(report.task.metric.bins);
      truths.set(key, truth);
    }
    latest = { metricSlot: block.metricSlot, startMs, truth };
    return truth;
  };

  return {
    fates,
    tally,
    wrongFateExamples,
    fingerprints,
    truths,

    expect(next) {
      block = next;
    },

    uploaded(reportBlock, sealed, uploadBlock) {
      report = reportBlock;
      uploads = uploadBlock;
      acceptedTimes.fill(0, 0, report.count);
      tally.uploads += uploads.count;
      tally.copies += block.deeds.copies.length;
      noteFreshValues({ sealed, uploads, deeds: block.deeds, seen, tally, fingerprints });
    },

    takenIn({ status }: Intake) {
      for (let slot = 0; slot < uploads.count; slot++) {
        const refused = status[slot]! !== 0;
        if (refused) write(slot, fateCode('rejected', 'ingestor', status[slot]!));
      }
    },

    verified(batch, _messages, verdicts) {
      const { count, queryRandomness } = batch.leader;
      const { rootCount } = report.task.shape;
      for (let k = 0; k < count; k++) {
        tally.points++;
        if (!isSafeQueryRandomness(queryRandomness[k]!, rootCount)) tally.unsafePoints++;
        const uploadSlot = batch.uploadSlots[k]!;
        const reportSlot = reportSlotOf(uploadSlot);
        const leader = verdicts.leader[k]!;
        const helper = verdicts.helper[k]!;
        if ((leader === 0) !== (helper === 0)) tally.disagreements++;
        if (leader === 0 || helper === 0) acceptedTimes[reportSlot]!++;
        if (leader === 0 && helper === 0) {
          write(uploadSlot, ACCEPTED);
          const deed = block.deeds.bySlot[reportSlot]!;
          const isInvented = deed !== 0 && deedsOf[deed - 1]!.inventsValue;
          addReport(truthOf(reportSlot), report, isInvented ? undefined : block.bits, reportSlot);
        } else write(uploadSlot, refusal(leader, helper));
      }
    },

    close() {
      for (let slot = 0; slot < report.count; slot++) {
        if (acceptedTimes[slot]! > 1) tally.doubled++;
        const at = (block.firstReport + slot) * FATE_SIZE;
        const code = fates[at]! | (fates[at + 1]! << 8);
        const deed = block.deeds.bySlot[slot]!;
        const { fits, escaped } = judge(deed === 0 ? undefined : deedsOf[deed - 1], code);
        if (deed !== 0) {
          tally.deeds[deed - 1]!++;
          if (escaped) tally.escapes[deed - 1]!++;
          if (deedsOf[deed - 1]!.soundness) {
            tally.soundnessTrials++;
            tally.escapeBound += (2 * report.task.shape.rootCount) / FIELD_MODULUS;
          }
        }
        if (fits) continue;
        tally.wrongFates++;
        if (wrongFateExamples.length < EXAMPLES) {
          wrongFateExamples.push(shard.firstReport + block.firstReport + slot);
        }
      }
    },
  };
}

/** The party that found the fault names it; "the peer refused" is only the other's echo. */
function refusal(leader: number, helper: number): number {
  const leaderFound = leader !== 0 && leader !== PEER_REFUSED;
  return leaderFound
    ? fateCode('rejected', 'leader', leader)
    : fateCode('rejected', 'helper', helper === 0 ? leader : helper);
}

/** Does a fate fit the deed? A cheat that only soundness stops may escape: counted, not wrong. */
function judge(
  deed: (typeof catalogue)[keyof typeof catalogue] | undefined,
  code: number,
): { fits: boolean; escaped: boolean } {
  const accepted = code === ACCEPTED;
  // A report that was sent twice is itself honest: the copy is what gets refused.
  const honest = deed === undefined || deed.id === 'dev.retry_same';
  if (honest || deed.refusedAs.length === 0) return { fits: accepted, escaped: false };
  if (accepted) return { fits: deed.soundness, escaped: true };
  return { fits: code !== 0 && deed.refusedAs.includes(reasonOf(code >>> 8)), escaped: false };
}

/** Adds one accepted report to the truth; `bits` are undefined where its sender invented them. */
function addReport(
  truth: Truth,
  report: ReportBlock,
  bits: Uint32Array | undefined,
  slot: number,
): void {
  const { dimension, proofLen } = report.task.shape;
  const proofAt = slot * proofLen;
  truth.count++;
  for (let bin = 0; bin < dimension; bin++) truth.noisy[bin]! += report.proofs[proofAt + bin]!;
  if (bits === undefined) return;
  truth.honestCount++;
  truth.noisedBits += dimension;
  for (let bin = 0; bin < dimension; bin++) {
    const clean = bits[slot * dimension + bin]!;
    const noisy = report.proofs[proofAt + bin]!;
    truth.honestClean[bin]! += clean;
    truth.honestNoisy[bin]! += noisy;
    if (clean !== noisy) truth.flippedBits++;
  }
}

/**
 * Every seed, ephemeral key and nonce of honest reports must be new. 16 bytes of each go into one
 * set, so that a path used twice shows wherever the two uses are.
 */
function noteFreshValues(options: {
  sealed: SealedBlock;
  uploads: UploadBlock;
  deeds: Deeds;
  seen: ReplayGuard;
  tally: Tally;
  fingerprints: number[];
}): void {
  const { sealed, uploads, deeds, seen, tally, fingerprints } = options;
  const { report, leader, helper } = sealed;
  const { signatureAt } = uploadLayout(report.task.shape);
  const note = (bytes: Uint8Array, at: number, sampled: boolean): void => {
    tally.freshValues++;
    if (!seen.add(bytes, at)) tally.repeatedValues++;
    if (sampled) fingerprints.push(fingerprint(bytes, at));
  };
  for (let slot = 0; slot < report.count; slot++) {
    if (deeds.bySlot[slot] !== 0) continue;
    const sampled = report.devices[slot]! % FINGERPRINT_EVERY === 0;
    note(leader.bytes, leader.offset + slot * leader.stride + 1, sampled);
    note(helper.bytes, helper.offset + slot * helper.stride + 1, sampled);
    const seeds = report.helperShares;
    note(seeds.bytes, seeds.offset + slot * seeds.stride, sampled);
    note(uploads.bytes, uploads.offsets[slot]! + signatureAt, sampled);
  }
}

/** 53 bits of the value. */
function fingerprint(bytes: Uint8Array, at: number): number {
  let value = bytes[at]! & 31;
  for (let k = 1; k < 7; k++) value = value * 256 + bytes[at + k]!;
  return value;
}
