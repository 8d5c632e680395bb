/**
 * What a worker reports of one shard: structured-cloneable, and of a size that depends on metrics
 * and windows, not on devices, but for two bytes of fate and twelve of id a report, and the random
 * values of one device in 64.
 */

import type { AggregateShare, ProcessorRole } from '@priolab/roles';

import type { DeployedShard } from '../deployment/outbox.ts';
import type { ConsentTally } from './consent-view.ts';

/** An aggregate share without its task, which the main thread knows. */
export type PartialSum = Omit<AggregateShare, 'task' | 'windowStartMs'>;

/** One metric and window of the shard's cell: both processors' sums, and the truth beside them. */
export interface CellSum {
  readonly metricSlot: number;
  readonly windowStartMs: number;
  readonly processors: Readonly<Record<ProcessorRole, PartialSum>>;
  readonly truth: Truth;
}

/** The simulator's own count over the reports that both processors accepted. Integers. */
export interface Truth {
  count: number;
  /** bins: what the accepted reports really hold, noise included. */
  readonly noisy: Float64Array;
  honestCount: number;
  /** bins: the honest ones among them, with and without noise. */
  readonly honestNoisy: Float64Array;
  readonly honestClean: Float64Array;
  /** Bits of honest accepted reports that the noise flipped, of how many. */
  flippedBits: number;
  noisedBits: number;
}

/** Tallies for the oracles. All are counts. */
export interface Tally {
  /** Uploads that reached an ingestor, copies included. */
  uploads: number;
  copies: number;
  /** Copies by what became of them: fate code -> count. */
  readonly copyFates: Map<number, number>;
  /** Reports with a deed, by index in the scenario's adversaries. */
  readonly deeds: Float64Array;
  /** Of these, reports in both sums though they should not be. */
  readonly escapes: Float64Array;
  /**
   * Upper bound on the expected escapes among those that only the proof check stops: sum of 2n/p.
   */
  escapeBound: number;
  soundnessTrials: number;
  /** Reports whose fate is not the one its deed (or honesty) calls for. */
  wrongFates: number;
  /** Reports that one processor accepted and the other did not. */
  disagreements: number;
  /** Copies whose fate is not the one that their sender's deed calls for. */
  wrongCopies: number;
  /** Reports accepted more than once. */
  doubled: number;
  /** Points r handed to the processors, and those in the unsafe set. */
  points: number;
  unsafePoints: number;
  /** Values that must never repeat (see `fresh-values.ts`), and repetitions found. */
  freshValues: number;
  repeatedValues: number;
  crossChecked: number;
  crossCheckMismatches: number;
}

/** Reports seen to go with all of the protocol, and as bare shares. */
export interface ReportsByRung {
  readonly full: number;
  readonly sharesOnly: number;
}

export interface ShardResult {
  readonly index: number;
  readonly firstReport: number;
  /** Two bytes a report. */
  readonly fates: Uint8Array;
  readonly sums: readonly CellSum[];
  readonly tally: Tally;
  /** Where the scenario says who may send. */
  readonly consent?: ConsentTally;
  readonly reportsByRung: ReportsByRung;
  /** A few reports with a wrong fate, for the message. */
  readonly wrongFateExamples: readonly number[];
  /** Fingerprints, three words each, of values that must never repeat: one device in 64. */
  readonly sampledValues: Uint32Array;
  /** Fingerprints of the ids of accepted reports, one a report however often it was accepted. */
  readonly acceptedIds: Uint32Array;
  /** Milliseconds by stage. */
  readonly stagesMs: Float64Array;
  /** Operations by stage and kind, see `StageTimer`. */
  readonly work: Float64Array;
  /** Where uploads really travel: these, all of them, whatever the size that makes. */
  readonly deployed?: DeployedShard;
}

export function emptyTally(adversaryCount: number): Tally {
  return {
    uploads: 0,
    copies: 0,
    copyFates: new Map(),
    deeds: new Float64Array(adversaryCount),
    escapes: new Float64Array(adversaryCount),
    escapeBound: 0,
    soundnessTrials: 0,
    wrongFates: 0,
    wrongCopies: 0,
    disagreements: 0,
    doubled: 0,
    points: 0,
    unsafePoints: 0,
    freshValues: 0,
    repeatedValues: 0,
    crossChecked: 0,
    crossCheckMismatches: 0,
  };
}

/** Adds `from` into `into`. */
export function addTally(into: Tally, from: Tally): void {
  for (const key of Object.keys(from) as (keyof Tally)[]) {
    const value = from[key];
    if (typeof value === 'number') (into[key] as number) += value;
    else if (value instanceof Float64Array) {
      value.forEach((count, i) => ((into[key] as Float64Array)[i]! += count));
    } else addCounts(into.copyFates, value);
  }
}

export function addCounts<K>(into: Map<K, number>, from: ReadonlyMap<K, number>): void {
  for (const [key, count] of from) into.set(key, (into.get(key) ?? 0) + count);
}

export function emptyTruth(bins: number): Truth {
  return {
    count: 0,
    noisy: new Float64Array(bins),
    honestCount: 0,
    honestNoisy: new Float64Array(bins),
    honestClean: new Float64Array(bins),
    flippedBits: 0,
    noisedBits: 0,
  };
}

export function addTruth(into: Truth, from: Truth): void {
  into.count += from.count;
  into.honestCount += from.honestCount;
  into.flippedBits += from.flippedBits;
  into.noisedBits += from.noisedBits;
  for (const name of ['noisy', 'honestNoisy', 'honestClean'] as const) {
    from[name].forEach((value, bin) => (into[name][bin]! += value));
  }
}
