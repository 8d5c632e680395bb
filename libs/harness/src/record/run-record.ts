/**
 * What a run leaves behind: `summary.json`, versioned and plain. Reporters and expectations read
 * this and nothing else. Everything under `identity`, `fidelity`, `fates`, `cells` and `tally` is a
 * function of (scenario, seed); everything under `cost` and `environment` is not (but for
 * `cost.work`), and is left out of the digest. A field that is added keeps the version; one that
 * changes does not.
 */

import type { Reason } from '@priolab/roles';
import type { PeakSource } from '@priolab/runtime';

import type { FidelityRecord } from '../fidelity.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RecheckRecord } from '../run/recheck.ts';
import type { Stage } from '../run/stages.ts';
import type { Work } from '../run/work.ts';
import type { SeriesRecord } from './series-record.ts';
import type { SimulationRecord } from './simulation-record.ts';
import type { WireRecord } from './wire-record.ts';

export const RECORD_SCHEMA = 'priolab-run/1';

export type Verdict = 'pass' | 'fail' | 'vacuous' | 'invalid';

/**
 * What a statistical verdict rests on: the values of a parameter that the test does not rule out.
 * It is the test turned round, so that `due` lies outside if and only if the test fails.
 */
export interface IntervalRecord {
  /** The parameter: `share of bits flipped`. Of several the one that fails, if any does. */
  readonly of: string;
  /** What it is counted in: `reports`; left out where it is a share. */
  readonly unit?: string;
  /** Both belong to it. `high` is left out where the test looks for too much alone. */
  readonly low: number;
  readonly high?: number;
  /** Confidence, at least: 0.999999. */
  readonly level: number;
  /** What the parameter is where nothing is wrong. */
  readonly due: number;
}

/** A stretch of simulated time: milliseconds since the Unix epoch. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What came of one thing that the scenario expects. */
export interface ExpectationOutcome {
  readonly id: string;
  readonly verdict: Verdict;
  /** One line: what was found. */
  readonly observed: string;
  /** One line: what was asked. */
  readonly limit: string;
  /** How many reports, cells or values stand behind it. */
  readonly n: number;
  /** For statistics: level, and the smallest effect that n would show. */
  readonly power?: { readonly alpha: number; readonly detectable: string };
  /** The size that was judged, in the unit of `limit` or, where there is one, of `interval`. */
  readonly value?: number;
  /** For statistics. Within it or not, what is exact may be wrong besides. */
  readonly interval?: IntervalRecord;
  /**
   * When something must have happened to be judged: on the wall clock the days whose reports the
   * run is about, in simulated time the run from its start to its end; of `live`, where faults
   * heal, from then on; of a fault, while it may strike. Left out of what is measured of the
   * machine, of a run on the wall clock that was cut short, and of a fault whose time never came.
   */
  readonly window?: TimeWindow;
}

/** One state, vendor, metric and window: what was published, and the truth. */
export interface CellRecord {
  readonly state: string;
  readonly vendor: string;
  readonly metric: string;
  readonly windowStartMs: number;
  /** Why nothing was published, where the combiner held the pair. */
  readonly held?: { readonly reason: string; readonly detail: string };
  /** Reports in each processor's sum, and refused by each. */
  readonly counts: {
    readonly leader: number;
    readonly helper: number;
    readonly leaderRejected: number;
    readonly helperRejected: number;
  };
  readonly batchCount: number;
  /** Totals as published (noisy); absent where held. */
  readonly totals?: readonly number[];
  /** The authority's de-biased estimates and their standard error. */
  readonly estimates?: readonly number[];
  readonly standardError?: number;
  /** The simulator's own integers over the accepted reports. */
  readonly truth: {
    readonly count: number;
    readonly noisy: readonly number[];
    readonly honestCount: number;
    readonly honestNoisy: readonly number[];
    readonly honestClean: readonly number[];
  };
}

export interface FateCount {
  readonly outcome: string;
  readonly hop: string;
  readonly reason: string;
  readonly count: number;
}

/** Planned reports of one state that ended in one way; a run's rows add up to its `fates`. */
export interface StateFateCount extends FateCount {
  readonly state: string;
}

export interface AdversaryRecord {
  readonly id: string;
  readonly about: string;
  /** Reports it was done to, and those in the sums though they should not be. */
  readonly fired: number;
  readonly escaped: number;
}

/** Bits of honest reports that were to be flipped now and then, and those that were. */
export interface NoiseRecord {
  readonly epsilon: number;
  readonly flippedBits: number;
  readonly noisedBits: number;
}

/** Who sent what where `population.enabled` or `population.consent` say who may. All are counts. */
export interface ConsentRecord {
  /** Reports sent, in simulated time each attempt of a phone; and those that must not have been. */
  readonly sent: number;
  readonly whileDisabled: number;
  readonly afterWithdrawal: number;
  /** Days of states on which ENPA was not enabled: in all; batches and published totals of them. */
  readonly disabledStateDays: number;
  readonly disabledBatches: number;
  readonly disabledTotals: number;
  /** Days of phones that take part and were without consent for a part of it at least. */
  readonly withdrawnPhoneDays: number;
  /** In simulated time: reports that phones stopped sending, and uploads refused by servers. */
  readonly sending?: { readonly stopped: number; readonly refusedAsWrongTask: number };
  readonly examples: readonly string[];
}

/** Integer tallies of the oracles, over the whole run. */
export interface TallyRecord {
  readonly uploads: number;
  readonly copies: number;
  readonly escapeBound: number;
  readonly soundnessTrials: number;
  readonly soundnessEscapes: number;
  readonly otherEscapes: number;
  /** Reports that faults made break the rules, beside those of adversaries; in simulated time. */
  readonly forgedByFaults?: number;
  readonly wrongFates: number;
  readonly wrongFateExamples: readonly number[];
  readonly disagreements: number;
  readonly wrongCopies: number;
  /** Reports accepted more than once, and ids accepted for more than one report. */
  readonly doubled: number;
  readonly points: number;
  readonly unsafePoints: number;
  readonly freshValues: number;
  readonly repeatedValues: number;
  readonly flippedBits: number;
  readonly noisedBits: number;
  /** The same by epsilon, where overrides give cells epsilons of their own. */
  readonly noiseByEpsilon?: readonly NoiseRecord[];
  readonly crossChecked: number;
  readonly crossCheckMismatches: number;
}

export interface CostRecord {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Reports that were really run. */
  readonly reportsPerSecond: number;
  /**
   * Worker milliseconds in each stage, summed over workers. A stage that was not timed is left out:
   * in simulated time all are (older records say 0).
   */
  readonly stagesMs: Readonly<Partial<Record<Stage, number>>>;
  /** Operations of the protocol in each stage, exactly; those of cross-checks are left out. */
  readonly work: Readonly<Record<Stage, Readonly<Work>>>;
  /** One P-256 variable-base multiplication, timed in this run before and after, microseconds. */
  readonly calibrationUs: { readonly before: number; readonly after: number };
  /** The process's largest resident set in this run, workers included. */
  readonly peakRssBytes: number;
  /** `samples`: looked at now and then, since the kernel's mark holds earlier runs' peaks too. */
  readonly peakRssSource: PeakSource;
}

export interface EnvironmentRecord {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly workers: number;
  readonly commit: string;
  readonly startedAt: string;
}

export interface RunRecord {
  readonly schema: typeof RECORD_SCHEMA;
  readonly identity: {
    readonly id: string;
    readonly seed: string;
    readonly scenarioDigest: string;
    /** SHA-256 over everything that the run's results consist of: equal for equal results. */
    readonly resultDigest: string;
    readonly backend: string;
    readonly fidelity: string;
  };
  /** How much of the protocol was computed, for how many of the reports that have a fate. */
  readonly fidelity: FidelityRecord;
  readonly scenario: Scenario;
  readonly interrupted: boolean;
  readonly population: {
    readonly phones: number;
    /** Devices that sent something, by day, summed. */
    readonly deviceDays: number;
    /** Reports planned. */
    readonly reports: number;
    readonly states: number;
    readonly days: number;
    readonly shards: number;
  };
  /** Every planned report, by what became of it. */
  readonly fates: readonly FateCount[];
  /** The same by state, for who asks where: no part of the digest, as `fates` is. */
  readonly fatesByState?: readonly StateFateCount[];
  /** Copies of uploads, by what became of them. */
  readonly copyFates: readonly FateCount[];
  readonly cells: readonly CellRecord[];
  readonly adversaries: readonly AdversaryRecord[];
  readonly tally: TallyRecord;
  /** There where the scenario says who may send. */
  readonly consent?: ConsentRecord;
  /** A slice of a run on the wall clock that was done again, where `det` asks for it. */
  readonly recheck?: RecheckRecord;
  /** Where uploads really travelled: what came of that. */
  readonly deployment?: DeploymentRecord;
  /** What only runs in simulated time have. */
  readonly simulation?: SimulationRecord;
  readonly cost: CostRecord;
  /** Sizes of messages, by the build that made the run; left out of records of older versions. */
  readonly wire?: readonly WireRecord[];
  /** Left out of records of older versions. */
  readonly series?: SeriesRecord;
  readonly environment: EnvironmentRecord;
}

/** Uploads that were sent, by their last answers. */
export interface UploadsRecord {
  readonly sent: number;
  readonly stored: number;
  /** Told to be there already: copies, and what was sent again because an answer was lost. */
  readonly storedBefore: number;
  /** By reason. */
  readonly refused: Readonly<Partial<Record<Reason, number>>>;
  /** Given up. */
  readonly unanswered: number;
  /** Times that the same bytes were sent again. */
  readonly retries: number;
}

/**
 * A run whose uploads travelled over HTTP to ingestors, whose batches were summed apart from the
 * run's own processors, and whose totals were read from a portal. Its cells hold these; the parties
 * in memory, which worked on the same uploads, are what they are held against.
 */
export interface DeploymentRecord {
  readonly kind: 'msw' | 'http' | 'processes';
  /** Of processes: where batches are, and where the programs keep their state. */
  readonly buckets?: string;
  readonly state?: string;
  /** What Google's devices sent. */
  readonly googleForm: 'document' | 'plain';
  /** One for each state and vendor. */
  readonly instances: number;
  readonly uploads: UploadsRecord;
  /** Batches that the ingestors wrote, the reports in them, and those that processors refused. */
  readonly batches: number;
  readonly reports: number;
  readonly refused: number;
  /** Windows that the portal should show, and those of which it had both sums. */
  readonly windows: number;
  readonly combined: number;
  readonly missing: readonly string[];
  /** Why waiting for the sums ended without all of them. */
  readonly ended?: string;
  /**
   * Bins, clients of a window, reports that processors refused, batches that not all parties have,
   * reports that got lost or were doubled, and answers of ingestors, in which it and memory differ.
   */
  readonly deviations: {
    readonly totals: number;
    readonly clients: number;
    readonly refused: number;
    readonly batches: number;
    readonly reports: number;
    readonly answers: number;
    readonly examples: readonly string[];
  };
}

/** A fault that the protocol can't prevent, and how far it went: shown with every run. */
export interface LimitRecord {
  readonly id: string;
  readonly at?: string;
  readonly about: string;
  readonly fired: number;
  /** Sizes of its effect, by name. */
  readonly measured: Readonly<Record<string, number>>;
}

/** A record with its verdict: what `summary.json` holds. */
export interface RunSummary extends RunRecord {
  /** Known limits that faults of the run showed; only in simulated time. */
  readonly limits?: readonly LimitRecord[];
  readonly expectations: readonly ExpectationOutcome[];
  readonly verdict: Verdict | 'interrupted';
  readonly exitCode: number;
}
