/**
 * What the parties of a simulated deployment are set to, in numbers: durations in milliseconds,
 * counted from the start of the run's first day where they are points in time.
 */

import type { RetryPolicy } from '@priolab/nodes';
import type { Task } from '@priolab/roles';

import type { Scenario } from '../scenario/scenario.ts';

export interface SimulationSettings {
  readonly replicas: number;
  /** How often batches of a task are cut; the longest of all tasks. */
  readonly batchEveryMs: (task: Task) => number;
  readonly batchEveryMsMax: number;
  readonly batchSize: number;
  /** Uploads are taken this long after they were made, and this far ahead of their time. */
  readonly ageMsMax: number;
  readonly skewMsMax: number;
  readonly uploadsPerKeyMax: number;
  /** Connections that an upload server holds at once, and how long one may say nothing. */
  readonly connectionsMax: number;
  readonly idleMsMax: number;
  readonly workers: number;
  readonly leaseMs: number;
  readonly scanEveryMs: number;
  readonly graceMs: number;
  readonly peerPatienceMs: number;
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy & { readonly attemptsMax: number };
  /** 0: keys stay. */
  readonly rotateEveryMs: number;
  readonly overlapMs: number;
  /** Raw data is deleted, and can be, this long after its window or day. */
  readonly keepForMs: number;
  /** Accepted reports below which a task's window is not published. */
  readonly minBatch: (task: Task) => number;
  /** Whether a task's authority has enabled ENPA on a day since the Unix epoch. */
  readonly isEnabled: (task: Task, day: number) => boolean;
  readonly legacy: ReadonlySet<string>;
  /** Healing: when, who comes back, and how soon all must drain. */
  readonly heal?: HealSettings | undefined;
  /** How long the run goes on after its last day, for what is under way to come to its end. */
  readonly drainMs: number;
}

export interface HealSettings {
  /** Since the run's start. */
  readonly atMs: number;
  /** Names of nodes, or parts of names; undefined: all. */
  readonly core: readonly string[] | undefined;
  /** After healing, or after a window is due, whichever is later; undefined: any time. */
  readonly withinMs: number | undefined;
}

/** One fault that a scenario asks for. */
export interface NemesisItem {
  readonly id: string;
  /** As the scenario says it. */
  readonly at?: string | undefined;
  /** Where it strikes: `at`, or the catalogue's default. */
  readonly place: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** What it holds up, or has taken down, comes back then; never before `untilMs`. */
  readonly healsAtMs: number;
  /** It begins once this has happened so often: an event, or a fault that has struck. */
  readonly when?: { readonly event: string; readonly atLeast: number } | undefined;
  /** Probability for each occasion. */
  readonly p: number;
  /** Most times that it strikes. */
  readonly dose: number;
  /** Fewest times that it must have struck. */
  readonly fires: number;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Index of the composite fault that it is a part of: what it strikes, that one has struck. */
  readonly partOf?: number | undefined;
}

/** A scenario's fault, or a part of one that is made of faults. */
export type FaultOrPart = Scenario['nemesis'][number] & { readonly partOf?: number };

/** A scenario with the parts of its composite faults after its own. */
export type Expanded = Omit<Scenario, 'nemesis'> & { nemesis: FaultOrPart[] };
