/**
 * A task: the parameters that every party must agree on before reports can be added up. In ENPA it
 * is one *instance* (locality and ingestor) and one aggregation name with its header fields.
 * Source: ENPA section 6.1 (header fields), 1.1 (instances).
 */

import { sha256 } from '@priolab/crypto';
import { prio2Shape } from '@priolab/prio';
import type { Prio2Shape } from '@priolab/prio';

import type { Metric } from './metrics/metric.ts';
import { flipThreshold } from './randomness/flip-threshold.ts';

/** Size in bytes of a task's identifier on the wire. */
export const TASK_ID_SIZE = 16;

export type Vendor = 'apple' | 'google';

export interface Task {
  /** First 16 bytes of SHA-256 over every field below. */
  readonly id: Uint8Array;
  readonly metric: Metric;
  /** Locality, for example `us-ca`. */
  readonly state: string;
  readonly vendor: Vendor;
  /** Local differential privacy of one report: each bit is flipped with 1 / (e^epsilon + 1). */
  readonly epsilon: number;
  /** A bit is flipped iff a uniform 32-bit word is below this. */
  readonly flipThreshold: number;
  /** Aggregation window; windows start at multiples of it (Unix epoch, UTC). */
  readonly windowMs: number;
  readonly shape: Prio2Shape;
}

export interface TaskParameters {
  readonly metric: Metric;
  readonly state: string;
  readonly vendor: Vendor;
  readonly epsilon: number;
  readonly windowMs: number;
}

export function createTask(parameters: TaskParameters): Task {
  const { metric, state, vendor, epsilon, windowMs } = parameters;
  const shape = prio2Shape(metric.bins);
  const text = JSON.stringify([
    'priolab task v1',
    state,
    vendor,
    metric.id,
    metric.bins,
    epsilon,
    windowMs,
    shape.modulus,
  ]);
  const id = sha256(new TextEncoder().encode(text)).slice(0, TASK_ID_SIZE);
  return Object.freeze({ ...parameters, id, shape, flipThreshold: flipThreshold(epsilon) });
}
