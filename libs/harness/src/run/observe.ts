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
import type { Prio2Shape } from '@priolab/prio';
import { DAY_MS, REPORT_ID_SIZE, reasonCode, reasonOf } from '@priolab/roles';
import type { Reason, ReportBlock } from '@priolab/roles';

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import type { Adversary } from '../adversary/catalogue.ts';
import type { Deeds } from '../adversary/tampering.ts';
import type { Observer } from '../pipeline.ts';
import type { Shard } from '../population/plan.ts';
import { FATE_SIZE, fateCode } from '../record/fate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { emptyConsentTally, lookAtSending } from './consent-view.ts';
import type { ConsentTally, ConsentView } from './consent-view.ts';
import { createFingerprintList, readFingerprint } from './fingerprint-set.ts';
import type { FingerprintList } from './fingerprint-set.ts';
import { createFreshValues } from './fresh-values.ts';
import type { FreshValues } from './fresh-values.ts';
import { emptyTally } from './shard-result.ts';
import { firstDay } from './settings.ts';
import type { ReportsByRung, Tally, Truth } from './shard-result.ts';
import { createTruths } from './truths.ts';

const PEER_REFUSED = reasonCode('peer-refused');
const ACCEPTED = fateCode('accepted', 'combiner', 0);
const EXAMPLES = 5;

/** Whoever must know more of a block than passes between the parties. */
export interface BlockEyes {
  /**
   * The next block: true bits, who cheats, and the position in the shard of its first report, from
   * which `copies` of the deeds count too.
   */
  expect(block: { metricSlot: number; firstReport: number; bits: Uint32Array; deeds: Deeds }): void;
}

export interface ShardObserver extends Observer, BlockEyes {
  /** Compares every fate of the block with what it should be. */
  close(): void;
  readonly fates: Uint8Array;
  readonly tally: Tally;
  /** Where the scenario says who may send. */
  readonly consent?: ConsentTally;
  readonly reportsByRung: ReportsByRung;
  readonly wrongFateExamples: number[];
  /** Random values of sampled devices, and the ids of the reports that a processor accepted. */
  readonly sampledValues: FingerprintList;
  readonly acceptedIds: FingerprintList;
  /** By `metricSlot/windowStartMs`. */
  readonly truths: Map<string, Truth>;
}

/** What observers work with: sized once for the largest shard, used by one after the other. */
export interface ObserverArena {
  readonly freshValues: FreshValues;
  readonly acceptances: Acceptances;
  readonly consent: ConsentView | undefined;
}

export function createObserverArena(shardReports: number, consent?: ConsentView): ObserverArena {
  return {
    consent,
    freshValues: createFreshValues(shardReports),
    acceptances: createAcceptances(shardReports),
  };
}

/** Follows one shard. What it hands out of the arena is valid until the next observer is made. */
export function createShardObserver(
  scenario: Scenario,
  shard: Shard,
  { freshValues, acceptances, consent }: ObserverArena,
): ShardObserver {
  const { reportCount } = shard;
  const fates = new Uint8Array(reportCount * FATE_SIZE);
  const tally = emptyTally(scenario.adversaries.length);
  const sendings = consent === undefined ? undefined : watchSendings(scenario, shard, consent);
  const truths = createTruths();
  const reportsByRung = { full: 0, sharesOnly: 0 };
  const wrongFateExamples: number[] = [];
  const deedsOf = scenario.adversaries.map(({ id }) => catalogue[id]);
  // By position in the shard: a copy in a later block still finds its report's deed.
  const deedAt = new Uint8Array(reportCount);
  let block: Parameters<ShardObserver['expect']>[0];
  let report: ReportBlock;
  freshValues.begin(tally);
  acceptances.begin(tally);

  const begin = (next: ReportBlock): void => {
    report = next;
    sendings?.look(report);
    deedAt.set(block.deeds.bySlot.subarray(0, report.count), block.firstReport);
  };

  /** Position in the shard of the report of an upload: copies come after the block's own. */
  const positionOf = (uploadSlot: number): number => {
    const copy = uploadSlot - report.count;
    return block.firstReport + (copy < 0 ? uploadSlot : block.deeds.copies[copy]!);
  };

  const isHonest = (slot: number): boolean => {
    const deed = block.deeds.bySlot[slot]!;
    return deed === 0 || deedsOf[deed - 1]!.resends !== undefined;
  };

  const write = (uploadSlot: number, code: number): void => {
    const position = positionOf(uploadSlot);
    if (uploadSlot >= report.count) return countCopy(tally, deedsOf[deedAt[position]! - 1]!, code);
    fates[position * FATE_SIZE] = code & 0xff;
    fates[position * FATE_SIZE + 1] = code >>> 8;
  };

  return {
    fates,
    tally,
    ...(sendings === undefined ? {} : { consent: sendings.tally }),
    reportsByRung,
    wrongFateExamples,
    sampledValues: freshValues.sampled,
    acceptedIds: acceptances.ids,
    truths: truths.byWindow,
    expect: (next) => void (block = next),

    uploaded(reportBlock, sealed, uploads) {
      begin(reportBlock);
      reportsByRung.full += report.count;
      tally.uploads += uploads.count;
      tally.copies += block.deeds.copies.length;
      freshValues.note(sealed, uploads, isHonest);
    },

    handedOver(reportBlock) {
      begin(reportBlock);
      reportsByRung.sharesOnly += report.count;
      freshValues.noteBare(report, isHonest);
    },

    takenIn({ status }) {
      for (let slot = 0; slot < status.length; slot++) {
        if (status[slot] !== 0) write(slot, fateCode('rejected', 'ingestor', status[slot]!));
      }
    },

    verified(batch, _messages, verdicts) {
      const { count, queryRandomness } = batch.leader;
      const { rootCount } = report.task.shape;
      for (let k = 0; k < count; k++) {
        tally.points++;
        if (!isSafeQueryRandomness(queryRandomness[k]!, rootCount)) tally.unsafePoints++;
        const uploadSlot = batch.uploadSlots[k]!;
        const position = positionOf(uploadSlot);
        const leader = verdicts.leader[k]!;
        const helper = verdicts.helper[k]!;
        if ((leader === 0) !== (helper === 0)) tally.disagreements++;
        const first =
          (leader === 0 || helper === 0) && acceptances.add(position, batch.leader.reportIds, k);
        if (leader !== 0 || helper !== 0) write(uploadSlot, refusal(leader, helper));
        else {
          write(uploadSlot, ACCEPTED);
          const slot = position - block.firstReport;
          // A report counts once; what is summed again, or late, has no place in the truth.
          if (!first || slot >= report.count) continue;
          const deed = deedsOf[block.deeds.bySlot[slot]! - 1];
          // A value that its sender invented has no true bits.
          const { metricSlot, bits } = block;
          truths.add(report, metricSlot, deed?.inventsValue ? undefined : bits, slot);
        }
      }
    },

    close() {
      for (let slot = 0; slot < report.count; slot++) {
        const at = (block.firstReport + slot) * FATE_SIZE;
        const code = fates[at]! | (fates[at + 1]! << 8);
        const deed = block.deeds.bySlot[slot]!;
        if (deed === 0 && code === ACCEPTED) continue;
        const { fits, escaped } = judge(deed === 0 ? undefined : deedsOf[deed - 1], code);
        if (deed !== 0) countDeed(tally, deed - 1, escaped);
        if (deed !== 0 && deedsOf[deed - 1]!.soundness) countTrial(tally, report.task.shape);
        if (fits) continue;
        tally.wrongFates++;
        if (wrongFateExamples.length < EXAMPLES) {
          wrongFateExamples.push(shard.firstReport + block.firstReport + slot);
        }
      }
    },
  };
}

/** Looks at what the phones of a shard send: by the reports themselves, not by the plan. */
function watchSendings(scenario: Scenario, shard: Shard, view: ConsentView) {
  const tally = emptyConsentTally();
  tally.withdrawnPhoneDays = view.countWithdrawn(shard);
  const startDay = firstDay(scenario);
  return {
    tally,
    look({ task, day, count, devices, timesMs }: ReportBlock): void {
      for (let slot = 0; slot < count; slot++) {
        const { state, vendor } = task;
        const timeMs = (day - startDay) * DAY_MS + timesMs[slot]!;
        lookAtSending(view, tally, { state, vendor, device: devices[slot]! }, timeMs);
      }
    },
  };
}

/** Which reports of a shard were accepted, by position, whatever the block they came in. */
interface Acceptances {
  begin(tally: Tally): void;
  /** Takes note of one acceptance, under the k-th of `reportIds`. @returns is it the first? */
  add(position: number, reportIds: Uint8Array, k: number): boolean;
  readonly ids: FingerprintList;
}

function createAcceptances(capacity: number): Acceptances {
  const times = new Uint8Array(capacity);
  const ids = createFingerprintList(capacity);
  const idWords = new Uint32Array(3);
  let tally: Tally;
  return {
    ids,
    begin(next) {
      tally = next;
      times.fill(0);
      ids.clear();
    },
    add(position, reportIds, k) {
      if (times[position] === 0) {
        readFingerprint(reportIds, k * REPORT_ID_SIZE, idWords);
        ids.push(idWords, 0);
        times[position] = 1;
        return true;
      }
      if (times[position] === 1) tally.doubled++;
      times[position] = 2;
      return false;
    },
  };
}

function isRefusedAs(reasons: readonly Reason[], code: number): boolean {
  return reasons.includes(reasonOf(code >>> 8));
}

function countCopy(tally: Tally, { refusedAs }: Adversary, code: number): void {
  tally.copyFates.set(code, (tally.copyFates.get(code) ?? 0) + 1);
  if (code === ACCEPTED || !isRefusedAs(refusedAs, code)) tally.wrongCopies++;
}

/** A forgery that the proof check alone stands against. */
function countTrial(tally: Tally, { rootCount }: Prio2Shape): void {
  tally.soundnessTrials++;
  tally.escapeBound += (2 * rootCount) / FIELD_MODULUS;
}

function countDeed(tally: Tally, adversary: number, escaped: boolean): void {
  tally.deeds[adversary]!++;
  if (escaped) tally.escapes[adversary]!++;
}

/** The party that found the fault names it; "the peer refused" is only the other's echo. */
function refusal(leader: number, helper: number): number {
  const leaderFound = leader !== 0 && leader !== PEER_REFUSED;
  return leaderFound
    ? fateCode('rejected', 'leader', leader)
    : fateCode('rejected', 'helper', helper === 0 ? leader : helper);
}

/** Does a fate fit the deed? A cheat that only soundness stops may escape: counted, not wrong. */
function judge(deed: Adversary | undefined, code: number): { fits: boolean; escaped: boolean } {
  const accepted = code === ACCEPTED;
  // A report that was sent twice is itself honest: the copy is what gets refused.
  const honest = deed === undefined || deed.resends !== undefined;
  if (honest || deed.refusedAs.length === 0) return { fits: accepted, escaped: false };
  if (accepted) return { fits: deed.soundness, escaped: true };
  return { fits: code !== 0 && isRefusedAs(deed.refusedAs, code), escaped: false };
}
