/**
 * What a run in simulated time adds to the run record: faults and what they did, what became of
 * windows and tasks, and the digest of everything that happened. Plain data, part of the digest.
 */

import type { Hop } from './fate.ts';
import type { Verdict } from './run-record.ts';

/** One fault of the scenario. */
export interface FaultRecord {
  readonly id: string;
  readonly at?: string;
  /** How often it struck, and how often it must at least. */
  readonly fired: number;
  readonly fires: number;
  /** Reports that it may have touched, by what became of them. */
  readonly fates: Readonly<Record<string, number>>;
  /** Batches and windows that it struck and that were refused or held, by the reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Reports that it touched and that ended otherwise than it allows. */
  readonly unexpected: number;
  /** Sizes of its effect, by name: what a known limit amounts to. */
  readonly measured: Readonly<Record<string, number>>;
}

export interface WrongFate {
  readonly report: number;
  readonly fate: string;
  readonly allowed: readonly string[];
}

/** Reports of one state that stopped at one place. */
export interface UnexplainedCount {
  readonly state: string;
  readonly hop: Hop;
  /** As strikes name it: `pending`, `not-sent`. */
  readonly fate: string;
  readonly count: number;
}

export interface SimulationRecord {
  /** Milliseconds since the Unix epoch, simulated. */
  readonly startMs: number;
  readonly daysEndMs: number;
  readonly endMs: number;
  readonly eventCount: number;
  /**
   * Events of the parties and strikes of faults: the digest of all of them in order, and the first
   * four bytes of the chain after each (or each so many), in hex.
   */
  readonly journal: {
    readonly count: number;
    readonly digest: string;
    readonly marks: readonly string[];
  };
  /** A moment from which randomness was drawn anew, and under which name. */
  readonly fork?: { readonly atMs: number; readonly name: string };
  readonly faults: readonly FaultRecord[];
  /**
   * In the order of time. What phones planned ahead stands where it shows: when they first send
   * something of it.
   */
  readonly faultLog: readonly {
    readonly timeMs: number;
    readonly id: string;
    readonly what: string;
    readonly reports: number;
  }[];
  readonly reports: {
    readonly struck: number;
    /** Not struck by any fault, and those of them that were not accepted. */
    readonly untouched: number;
    readonly untouchedLost: number;
    readonly wrong: number;
    readonly wrongExamples: readonly WrongFate[];
    /**
     * Those of the wrong that came to no end though no fault that struck them allows that; left out
     * where there are none, and where the run was interrupted.
     */
    readonly unexplained?: readonly UnexplainedCount[];
  };
  readonly windows: {
    /** Windows for which at least one report was sent. */
    readonly due: number;
    readonly published: number;
    readonly publishedTwice: number;
    readonly held: number;
    readonly suppressed: number;
    /** Neither published, held nor suppressed, though a fault may be the reason (`excused`). */
    readonly open: number;
    readonly excused: number;
    /** Tasks left of windows that are excused; there where there are any. */
    readonly excusedTasks?: number;
    /** Settled later after healing than `liveness` allows; there where a scenario asks. */
    readonly late?: number;
    readonly examples: readonly string[];
  };
  readonly openTasks: { readonly leader: number; readonly helper: number };
  /** Objects written again: with other bytes than before, of all. */
  readonly rewrites: { readonly changed: number; readonly count: number };
  /** Proofs of honest phones with a blind of zero. */
  readonly zeroBlinds: number;
  /** Phones counted for a task and day, and those of them counted more than once. */
  readonly identities: { readonly counted: number; readonly twice: number };
  /** Uploads that servers took in, and those of them that bear a time too old or too new. */
  readonly stale: { readonly count: number; readonly of: number };
  /** Secrets looked for, bytes searched, those found, and where the first of them are. */
  readonly leaks: {
    readonly secrets: number;
    readonly bytes: number;
    /** Bytes of removed objects and of the journal beyond what is kept of them. */
    readonly unsearched: number;
    readonly found: number;
    readonly places?: readonly string[];
  };
  /** Names of events -> how often. */
  readonly events: Readonly<Record<string, number>>;
  /** For each feature of a processor's view: reports, counts[feature][bit]. */
  readonly views: readonly {
    readonly role: string;
    readonly feature: string;
    readonly counts: readonly [readonly [number, number], readonly [number, number]];
  }[];
  /** Second runs, one for each state, in which all other states got other measurements. */
  readonly tenant?: {
    readonly states?: number;
    /** Windows of the state that was left as it was, in all those runs, and how many differ. */
    readonly windows: number;
    readonly changed: number;
    /** States of the latter. */
    readonly changedOf?: readonly string[];
    /** Windows of the other states that came out otherwise, as they should. */
    readonly othersChanged: number;
  };
  /**
   * Fault -> oracle -> its verdict in a second run in which that fault was left out; there for
   * oracles that are said to have noticed it.
   */
  readonly without?: Readonly<Record<string, Readonly<Record<string, Verdict>>>>;
  /** A second run of the same scenario, where `det` asks for it. */
  readonly rerun?: { readonly digest: string; readonly firstDifference?: number };
}
