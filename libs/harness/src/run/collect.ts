/**
 * Adds up shard results, in shard order, into what the run record needs. Memory grows with cells,
 * metrics and windows, by one batch id for each batch and processor, and by 15 bytes for each
 * report of the largest day (`acceptedIds`, one set that each day begins anew).
 */

import { sha256, toHex } from '@priolab/crypto';
import { merge } from '@priolab/prio';
import type { AggregateShare, ProcessorRole, Task } from '@priolab/roles';

import type { PopulationPlan } from '../population/plan.ts';
import type { Cell } from '../population/population-settings.ts';
import { FATE_SIZE } from '../record/fate.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { addConsentTally, emptyConsentTally } from './consent-view.ts';
import type { ConsentTally } from './consent-view.ts';
import { FINGERPRINT_WORDS, createFingerprintSet } from './fingerprint-set.ts';
import type { FingerprintSet } from './fingerprint-set.ts';
import { FRESH_VALUES, SAMPLE_EVERY } from './fresh-values.ts';
import { metricsOf, taskOf } from './settings.ts';
import { addCounts, addTally, addTruth, emptyTally, emptyTruth } from './shard-result.ts';
import type {
  CellSum,
  PartialSum,
  ReportsByRung,
  ShardResult,
  Tally,
  Truth,
} from './shard-result.ts';
import { STAGES } from './stages.ts';
import { WORK_KINDS } from './work.ts';

/** One state, vendor, metric and window over all shards. */
export interface CollectedCell {
  readonly cell: Cell;
  readonly task: Task;
  readonly windowStartMs: number;
  readonly shares: Readonly<Record<ProcessorRole, AggregateShare>>;
  readonly truth: Truth;
}

export interface Collector {
  add(result: ShardResult): void;
  readonly cells: readonly CollectedCell[];
  readonly tally: Tally;
  /** Empty where the scenario says nothing of who may send. */
  readonly consent: ConsentTally;
  /** Fate code -> number of planned reports. */
  readonly fateCounts: ReadonlyMap<number, number>;
  /** The same by state. */
  readonly fateCountsByState: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly wrongFateExamples: readonly number[];
  readonly stagesMs: Float64Array;
  /** Operations by stage and kind, see `StageTimer`. */
  readonly work: Float64Array;
  readonly reportCount: number;
  readonly reportsByRung: ReportsByRung;
  /** Digest of all fates so far, in order. */
  fateDigest(): string;
}

type MutableShare = {
  task: Task;
  windowStartMs: number;
  sum: Uint32Array;
  count: number;
  rejectedCount: number;
  batchIds: string[];
};
type MutableCell = Omit<CollectedCell, 'shares'> & { shares: Record<ProcessorRole, MutableShare> };

const EXAMPLES = 5;
/** Sampled values kept for comparison across shards, at most: 2^20 of them take 15 MiB. */
const SAMPLE_LIMIT = 2 ** 20;

export function createCollector(scenario: Scenario, plan: PopulationPlan): Collector {
  const metrics = metricsOf(scenario);
  const cells = new Map<string, MutableCell>();
  const tally = emptyTally(scenario.adversaries.length);
  const consent = emptyConsentTally();
  const fateCounts = new Map<number, number>();
  const fateCountsByState = new Map<string, Map<number, number>>();
  const wrongFateExamples: number[] = [];
  const stagesMs = new Float64Array(STAGES.length);
  const expectedSample = (2 * FRESH_VALUES * plan.reportCount) / SAMPLE_EVERY + 1024;
  const samples = createFingerprintSet(Math.min(SAMPLE_LIMIT, Math.ceil(expectedSample)));
  const accepted = createDayIds(plan);
  const work = new Float64Array(STAGES.length * WORK_KINDS.length);
  const reportsByRung = { full: 0, sharesOnly: 0 };
  let fateDigest = new Uint8Array(32);
  let reportCount = 0;

  const cellOf = (result: ShardResult, { metricSlot, windowStartMs }: CellSum): MutableCell => {
    const { cell } = plan.shard(result.index);
    const key = `${cell.index}/${metricSlot}/${windowStartMs}`;
    const known = cells.get(key);
    if (known !== undefined) return known;
    const metric = metrics[metricSlot]!;
    const task = taskOf(scenario, metric, cell.state.id, cell.vendor);
    const shares = { leader: share(task, windowStartMs), helper: share(task, windowStartMs) };
    const created = { cell, task, windowStartMs, shares, truth: emptyTruth(metric.bins) };
    cells.set(key, created);
    return created;
  };

  return {
    tally,
    consent,
    fateCounts,
    fateCountsByState,
    wrongFateExamples,
    stagesMs,
    work,
    reportsByRung,
    get cells() {
      return [...cells.values()];
    },
    get reportCount() {
      return reportCount;
    },
    fateDigest: () => toHex(fateDigest),

    add(result) {
      for (const sum of result.sums) {
        const into = cellOf(result, sum);
        for (const role of ['leader', 'helper'] as const) {
          addPart(into.shares[role], sum.processors[role]);
        }
        addTruth(into.truth, sum.truth);
      }
      addTally(tally, result.tally);
      if (result.consent !== undefined) addConsentTally(consent, result.consent);
      tally.repeatedValues += countRepeats(samples, result.sampledValues);
      const { cell, day } = plan.shard(result.index);
      tally.doubled += countRepeats(accepted.open(day), result.acceptedIds);
      const fates = countFates(result.fates);
      addCounts(fateCounts, fates);
      const ofState = fateCountsByState.get(cell.state.id) ?? new Map<number, number>();
      fateCountsByState.set(cell.state.id, ofState);
      addCounts(ofState, fates);
      const room = EXAMPLES - wrongFateExamples.length;
      wrongFateExamples.push(...result.wrongFateExamples.slice(0, room));
      result.stagesMs.forEach((ms, stage) => (stagesMs[stage]! += ms));
      result.work.forEach((count, i) => (work[i]! += count));
      fateDigest = sha256(Buffer.concat([fateDigest, result.fates])).slice();
      reportsByRung.full += result.reportsByRung.full;
      reportsByRung.sharesOnly += result.reportsByRung.sharesOnly;
      reportCount += result.fates.length / FATE_SIZE;
    },
  };
}

/** Adds fingerprints; how many of them were there already? */
function countRepeats(set: FingerprintSet, words: Uint32Array): number {
  let repeats = 0;
  for (let at = 0; at < words.length; at += FINGERPRINT_WORDS) {
    if (!set.add(words, at)) repeats++;
  }
  return repeats;
}

/**
 * Ids of the accepted reports of one day: shards come in order of days, and the one set is sized to
 * the reports that were planned for the largest. So an id accepted twice on a day is seen whatever
 * the shards. One that comes back on another day is seen where it comes back: in the shard's own
 * observer, which follows the copies it knows of, and, for one device in 64, as a repeated value.
 */
function createDayIds(plan: PopulationPlan): { open(day: number): FingerprintSet } {
  const { table } = plan.transfer;
  const countOf = new Map<number, number>();
  table.day.forEach((day, index) => {
    countOf.set(day, (countOf.get(day) ?? 0) + table.reportCount[index]!);
  });
  const ids = createFingerprintSet(Math.max(0, ...countOf.values()));
  let openDay = -1;
  return {
    open(day) {
      if (day !== openDay) ids.clear();
      openDay = day;
      return ids;
    },
  };
}

function share(task: Task, windowStartMs: number): MutableShare {
  const sum = new Uint32Array(task.shape.dimension);
  return { task, windowStartMs, sum, count: 0, rejectedCount: 0, batchIds: [] };
}

function addPart(into: MutableShare, part: PartialSum): void {
  merge(into.sum, part.sum);
  into.count += part.count;
  into.rejectedCount += part.rejectedCount;
  into.batchIds.push(...part.batchIds);
}

function countFates(fates: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < fates.length; at += FATE_SIZE) {
    const code = fates[at]! | (fates[at + 1]! << 8);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}
