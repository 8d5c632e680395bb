/**
 * What a run needs from whoever can start programs. The harness knows no program: it lays out what
 * a processor needs, and says when to start and when to stop.
 */

import type { ProcessorRole } from '@priolab/roles';

export interface ProcessorProcesses {
  /**
   * Starts a processor.
   * @throws UsageError where it ends before it serves, with what it said
   */
  start(role: ProcessorRole, configFile: string): Promise<RunningProcessor>;
  pause(ms: number): Promise<void>;
}

export interface RunningProcessor {
  /** Why and with what last words it ended by itself; undefined while it runs. */
  ended(): string | undefined;
  /** How many tasks it said it had done or put aside, each counted once. */
  settledCount(): number;
  /** The last things that it complained of. */
  complaints(): readonly string[];
  /** Asks it to stop, and ends it if it does not. Twice is as good as once. */
  stop(): Promise<void>;
}

/** How a run with processes is to be done, beside what its scenario says. */
export interface ProcessesOptions {
  readonly processes: ProcessorProcesses;
  /** For keys, configurations, states and buckets; made anew, and removed unless the run fails. */
  readonly folder: string;
  /** Leave folder and buckets where they are. */
  readonly keep?: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long to wait while nothing gets done: 60 s. */
  readonly patienceMs?: number;
  readonly onWaiting?: (state: Waiting) => void;
}

/** How far the processes are, once all batches are written. */
export interface Waiting {
  readonly sumsDone: number;
  readonly sumCount: number;
  readonly elapsedMs: number;
}
