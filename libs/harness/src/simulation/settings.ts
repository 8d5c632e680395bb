/**
 * What the parties of a simulated deployment are set to, in numbers: durations in milliseconds,
 * counted from the start of the run's first day where they are points in time.
 */

import type { RetryPolicy } from '@priolab/nodes';

export interface SimulationSettings {
  readonly replicas: number;
  readonly batchEveryMs: number;
  readonly batchSize: number;
  /** Uploads are taken this long after they were made, and this far ahead of their time. */
  readonly ageMsMax: number;
  readonly skewMsMax: number;
  readonly uploadsPerKeyMax: number;
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
  readonly minBatch: number;
  readonly legacy: ReadonlySet<string>;
  /** How long the run goes on after its last day, for what is under way to come to its end. */
  readonly drainMs: number;
}

/** One fault that a scenario asks for. */
export interface NemesisItem {
  readonly id: string;
  readonly at?: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Probability for each occasion. */
  readonly p: number;
  /** Most times that it strikes. */
  readonly dose: number;
  /** Fewest times that it must have struck. */
  readonly fires: number;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Index of the composite that it is a part of. */
  readonly partOf?: number | undefined;
}
