/**
 * How the deployment is set up that runs in simulated time: replicas, batches, leases, network,
 * keys, the smallest batch that is published, and behaviours of the past that are switched on.
 */

import { z } from 'zod';

import { legacyIds } from '../legacy/catalogue.ts';
import { duration } from './durations.ts';

const ingestion = z.strictObject({
  /** Replicas of each vendor's ingestion server. */
  replicas: z.int().min(1).max(8).default(2),
  batchEvery: duration({ min: '1s' }).default('1h'),
  /** Reports in one batch, at most. */
  batchSize: z.int().min(1).max(512).default(256),
});

const processors = z.strictObject({
  /** Workers of each processor. */
  workers: z.int().min(1).max(8).default(2),
  /** How long a task belongs to the worker that took it. */
  lease: duration({ min: '1s' }).default('10m'),
  /** How often a processor looks for new batches. */
  scanEvery: duration({ min: '1s' }).default('10m'),
  /** How long after its end a window waits for late batches. */
  grace: duration({ min: '0s' }).default('4h'),
  /** How long stored objects are kept. */
  keepFor: duration({ min: '1h' }).default('7d'),
});

const network = z.strictObject({
  latency: duration({ min: '0s' }).default('50ms'),
  /** Up to how much more, drawn evenly. */
  jitter: duration({ min: '0s' }).default('20ms'),
  /** How long a sender waits for an answer. */
  timeout: duration().default('10s'),
  retry: z
    .strictObject({
      first: duration().default('30s'),
      factor: z.number().min(1).max(10).default(2),
      /** Longest pause between two attempts. */
      atMost: duration().default('1h'),
      attempts: z.int().min(1).max(100).default(20),
    })
    .prefault({}),
});

const keys = z.strictObject({
  /** How often processors replace their keys; false: never. */
  rotateEvery: z.union([duration({ min: '1m' }), z.literal(false)]).default(false),
  /** How long the old key is still accepted. */
  overlap: duration({ min: '0s' }).default('1d'),
});

export const servicesSchema = z.strictObject({
  ingestion: ingestion.prefault({}),
  processors: processors.prefault({}),
  network: network.prefault({}),
  keys: keys.prefault({}),
  /** Contributions below which nothing is published. */
  minBatch: z.int().min(1).max(1e9).default(1),
  /** Behaviours of 2021 (`legacy/catalogue.ts`), off by default. */
  legacy: z.array(z.enum(legacyIds)).default([]),
});

export type Services = z.output<typeof servicesSchema>;
