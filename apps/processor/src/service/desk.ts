/**
 * All that a processor has at hand while it works: its stores, keys, state and settings. Made once
 * at the start; steps get it as their first argument and keep nothing of their own.
 */

import { createBackend, createServiceBackend } from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';
import { createPrio2 } from '@priolab/prio';
import { createProcessor, createTask } from '@priolab/roles';
import type { Metric, Processor, ProcessorRole, Task } from '@priolab/roles';
import { EnpaError } from '@priolab/roles/enpa';
import type { BatchSigner, BatchVerifier } from '@priolab/roles/enpa';
import type { Clock } from '@priolab/runtime';
import type { DurableQueue } from '@priolab/runtime/database';
import type { StreamingStore } from '@priolab/runtime/stores';
import type { Log } from '@priolab/service';

import type { InstanceConfig, ProcessorConfig } from '../config.ts';
import type { Metrics } from './metrics.ts';
import { createSealedSums } from './sealed-sums.ts';
import type { SealedSums } from './sealed-sums.ts';
import type { ProcessorState } from './state.ts';
import type { Reach } from './steps.ts';

export interface Desk {
  readonly config: ProcessorConfig;
  /** By which windows begin and end. In a rehearsal it may stand still, or run ahead. */
  readonly clock: Clock;
  /** By which leases end and tasks wait: always the machine's. */
  readonly machineClock: Clock;
  readonly state: ProcessorState;
  readonly queue: DurableQueue;
  readonly signer: BatchSigner;
  readonly instances: ReadonlyMap<string, InstanceDesk>;
  /** Where our sum parts go. */
  readonly portal: StreamingStore;
  readonly arithmetic: Arithmetic;
  /** Reads the manifests again, unless that was done a moment ago. */
  readonly renewTrust: () => Promise<void>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly reach: Reach;
}

export interface InstanceDesk {
  readonly config: InstanceConfig;
  readonly ingestion: StreamingStore;
  /** What the peer writes for us. */
  readonly validations: StreamingStore;
  /** Where the peer reads what we write. */
  readonly peerValidations: StreamingStore;
  /** Ids of intake tasks that the last look at an aggregation has found or added. */
  readonly scheduled: Map<string, ReadonlySet<string>>;
  /** Keys by the manifests that were read last. */
  readonly trust: { readonly ingestor: BatchVerifier; readonly peer: BatchVerifier };
}

/** What a batch's header says that all batches of a sum must have in common. */
export interface Parameters {
  readonly name: string;
  readonly bins: number;
  readonly epsilon: number;
  readonly prime: number;
  readonly numberOfServers: number;
  readonly hammingWeight: number | null;
}

export interface Line {
  readonly processor: Processor;
  /** Packets in a block. */
  readonly capacity: number;
  /** Whether sums of blocks are noted: small blocks would take more room than they save work. */
  readonly keepsSum: boolean;
}

export interface Arithmetic {
  /** What vectors of `bins` need. */
  lineOf(bins: number): Line;
  readonly sums: SealedSums;
}

/** Field elements of one array of a block, at most: a block does not grow with the bins. */
const BLOCK_ELEMENTS = 2 ** 19;
const BLOCK_PACKETS = 512;
const SUMMED_BLOCK_MIN = 64;
/** Arenas that are kept; a deployment has a dozen widths. */
const LINES_MAX = 16;

export function createArithmetic(options: {
  readonly role: ProcessorRole;
  readonly keys: readonly KeyPair[];
  readonly kind: ProcessorConfig['arithmetic'];
  readonly evaluatesUnsafePoints: boolean;
}): Arithmetic {
  const { role, keys, kind, evaluatesUnsafePoints } = options;
  const backend = kind === 'service' ? createServiceBackend('node') : createBackend('wasm');
  const privateKeys = keys.map(({ scalar }) => backend.privateKey(scalar));
  const lines = new Map<number, Line>();
  return {
    sums: createSealedSums(backend, keys),
    lineOf(bins) {
      const known = lines.get(bins);
      if (known !== undefined) return known;
      const prio2 = createPrio2(bins);
      const fitting = Math.floor(BLOCK_ELEMENTS / prio2.shape.proofLen);
      const capacity = Math.max(1, Math.min(BLOCK_PACKETS, fitting));
      const processor = createProcessor({
        role,
        backend,
        furtherKeys: () => privateKeys,
        prio2,
        capacity,
        unsafePoints: evaluatesUnsafePoints ? 'evaluate' : 'refuse',
      });
      if (lines.size === LINES_MAX) lines.delete(lines.keys().next().value!);
      const line = { processor, capacity, keepsSum: capacity >= SUMMED_BLOCK_MIN };
      lines.set(bins, line);
      return line;
    },
  };
}

/** The same for two headers iff they may be added up. */
export function encodeParameters(header: Parameters): string {
  const { name, bins, epsilon, prime, numberOfServers, hammingWeight } = header;
  return JSON.stringify([name, bins, epsilon, prime, numberOfServers, hammingWeight]);
}

export function decodeParameters(text: string): Parameters {
  const [name, bins, epsilon, prime, numberOfServers, hammingWeight] = JSON.parse(text) as [
    string, number, number, number, number, number | null,
  ]; // prettier-ignore
  return { name, bins, epsilon, prime, numberOfServers, hammingWeight };
}

/** The task that the arithmetic asks for. @throws EnpaError `wrong-value` */
export function taskOf(parameters: Parameters, instance: string, windowMs: number): Task {
  const { name, bins, epsilon } = parameters;
  const meaning = `What batches of ${name} hold.`;
  const cadence = 'daily';
  const metric: Metric = { id: name, bins, layout: 'k-hot', cadence, maxOnes: bins, meaning };
  try {
    return createTask({ metric, state: instance, vendor: 'apple', epsilon, windowMs });
  } catch (error) {
    throw new EnpaError('wrong-value', `header of ${name}: ${(error as Error).message}`);
  }
}
