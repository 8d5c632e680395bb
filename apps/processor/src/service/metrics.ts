/**
 * Counters and gauges under the names that dashboards and alerts of 2021 know, and some of ours for
 * what those could not see. Left out is `sample_generator_mismatched_sum_count`, of a worker that
 * we don't have: `generate-sample` is a command, and prints its sums. Source: ENPA section 6.9.
 */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { TaskKind } from './worker.ts';

interface Found {
  readonly ready: number;
  readonly incomplete: number;
}

export interface Metrics {
  text(): Promise<string>;
  /** @param counts of all batches that are looked at; `ofWindow`: of the window that ended last */
  ingestionsFound(
    aggregation: string,
    counts: Found & { scheduled: number; skipped: number; ofWindow: Found },
  ): void;
  /** Of the peer, in the window that was over last. */
  validationsFound(aggregation: string, counts: Found): void;
  /** Batches of a window about which both have spoken. */
  batchesOfWindow(aggregation: string, count: number): void;
  aggregationScheduled(aggregation: string, isNew: boolean): void;
  taskStarted(kind: TaskKind, aggregation: string): void;
  taskFinished(kind: TaskKind, aggregation: string, status: 'success' | 'error' | 'rejected'): void;
  packetsPerIngestionBatch(aggregation: string, count: number): void;
  ingestionPacketsProcessed(aggregation: string, count: number): void;
  intakeBytes(aggregation: string, count: number): void;
  aggregateBytes(aggregation: string, count: number): void;
  packetsPerBatch(aggregation: string, count: number): void;
  packetsPerSumPart(aggregation: string, count: number): void;
  invalidIngestionBatch(aggregation: string, part: 'header' | 'packet_file'): void;
  invalidPeerBatch(aggregation: string, part: 'header' | 'packet_file'): void;
  packetsRefused(aggregation: string, reason: string, count: number): void;
  peerMissing(aggregation: string): void;
  scanned(result: { readonly nowMs: number; readonly tookMs: number; readonly ok: boolean }): void;
  apiLatency(service: string, endpoint: string, status: string, ms: number): void;
  tasks(counts: Readonly<Record<string, number>>): void;
}

const BY_AGGREGATION = ['aggregation_id'];
const LATENCY_BUCKETS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 45_000];
const PACKET_BUCKETS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = BY_AGGREGATION) =>
    new Gauge({ name, help, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[] = BY_AGGREGATION) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, labelNames: BY_AGGREGATION, buckets: PACKET_BUCKETS, registers });
  const manager = createManagerMetrics(gauge, counter);
  const started = {
    intake: counter('facilitator_intake_tasks_started', 'Intake tasks begun'),
    aggregate: counter('facilitator_aggregate_tasks_started', 'Aggregation tasks begun'),
  };
  const withStatus = [...BY_AGGREGATION, 'status'];
  const finished = {
    intake: counter('facilitator_intake_tasks_finished', 'Intake tasks ended', withStatus),
    aggregate: counter('facilitator_aggregate_tasks_finished', 'Aggregations ended', withStatus),
  };
  const withReason = [...BY_AGGREGATION, 'reason'];
  const perIngestion = histogram(
    'facilitator_intake_packets_per_ingestion_batch',
    'Packets of an ingestion batch',
  );
  const perBatch = histogram('facilitator_aggregate_packets_per_batch', 'Packets of a batch');
  const perSum = histogram('facilitator_aggregate_packets_per_sum_part', 'Clients of a sum part');
  const processed = counter('facilitator_intake_ingestion_packets_processed', 'Packets taken in');
  const bytes = counter('facilitator_intake_bytes_processed', 'Bytes of packets taken in');
  const bytesAgain = counter(
    'facilitator_aggregate_bytes_processed',
    'Bytes of the peer’s packets, and of packets opened again',
  );
  const summed = counter('facilitator_aggregate_packets_processed', 'Packets aggregated');
  const badIngestion = counter(
    'facilitator_invalid_ingestion_validation_batches',
    'Ingestion batches with a bad signature or digest',
    withReason,
  );
  const badPeer = counter(
    'facilitator_invalid_peer_validation_batches',
    'Validations of the peer that can not be used',
    withReason,
  );
  const refused = counter('priolab_packets_refused', 'Packets refused alone', withReason);
  const peerMissing = counter('priolab_peer_missing', 'Looks at windows whose peer is overdue');
  const tasks = gauge('priolab_tasks', 'Tasks by state', ['state']);
  const latency = new Histogram({
    name: 'facilitator_api_latency_ms',
    help: 'Time that a call to a store took',
    labelNames: ['service', 'endpoint', 'status'],
    buckets: LATENCY_BUCKETS_MS,
    registers,
  });
  return {
    ...manager,
    text: () => registry.metrics(),
    taskStarted: (kind, aggregation_id) => started[kind].inc({ aggregation_id }),
    taskFinished: (kind, aggregation_id, status) => finished[kind].inc({ aggregation_id, status }),
    packetsPerIngestionBatch: (aggregation_id, count) =>
      perIngestion.observe({ aggregation_id }, count),
    ingestionPacketsProcessed: (aggregation_id, count) => processed.inc({ aggregation_id }, count),
    intakeBytes: (aggregation_id, count) => bytes.inc({ aggregation_id }, count),
    aggregateBytes: (aggregation_id, count) => bytesAgain.inc({ aggregation_id }, count),
    packetsPerBatch(aggregation_id, count) {
      perBatch.observe({ aggregation_id }, count);
      summed.inc({ aggregation_id }, count);
    },
    packetsPerSumPart: (aggregation_id, count) => perSum.observe({ aggregation_id }, count),
    invalidIngestionBatch: (aggregation_id, reason) => badIngestion.inc({ aggregation_id, reason }),
    invalidPeerBatch: (aggregation_id, reason) => badPeer.inc({ aggregation_id, reason }),
    packetsRefused: (aggregation_id, reason, n) => refused.inc({ aggregation_id, reason }, n),
    peerMissing: (aggregation_id) => peerMissing.inc({ aggregation_id }),
    apiLatency: (service, endpoint, status, ms) =>
      latency.observe({ service, endpoint, status }, ms),
    tasks(counts) {
      for (const [state, count] of Object.entries(counts)) tasks.set({ state }, count);
    },
  };
}

type Make<T> = (name: string, help: string, labelNames?: string[]) => T;

type ManagerMetric =
  'ingestionsFound' | 'validationsFound' | 'batchesOfWindow' | 'aggregationScheduled' | 'scanned';

/** Those of workflow-manager. */
function createManagerMetrics(
  gauge: Make<Gauge>,
  counter: Make<Counter>,
): Pick<Metrics, ManagerMetric> {
  const prefix = 'workflow_manager_';
  const found = gauge(`${prefix}ingestions_found`, 'Complete ingestion batches in the window');
  const incomplete = gauge(`${prefix}incomplete_ingestions_found`, 'Batches not complete');
  const ofWindow = gauge(
    `${prefix}aggregate_ingestions_found`,
    'Complete ingestion batches in the aggregation window',
  );
  const incompleteOfWindow = gauge(
    `${prefix}aggregate_incomplete_ingestions_found`,
    'Batches not complete in the aggregation window',
  );
  const validations = gauge(
    `${prefix}peer_validations_found`,
    'Validations of the peer in the aggregation window',
  );
  const incompleteValidations = gauge(
    `${prefix}incomplete_peer_validations_found`,
    'Validations of the peer without a signature',
  );
  const batches = gauge(
    `${prefix}number_of_batches_in_aggregation`,
    'Batches of the last window that both have spoken of',
  );
  const intakes = counter(`${prefix}intake_tasks_scheduled`, 'Intake tasks added');
  const skipped = counter(
    `${prefix}intake_tasks_skipped_due_to_marker`,
    'Intake tasks that were added before',
  );
  const sums = counter(`${prefix}aggregation_tasks_scheduled`, 'Aggregation tasks added');
  const sumsSkipped = counter(
    `${prefix}aggregation_tasks_skipped_due_to_marker`,
    'Aggregation tasks that were added before',
  );
  // A gauge without labels shows 0 from its making on: these are made when there is a value, as an
  // alert on either time must not see a zero (ENPA 9.2 no. 40).
  const times = new Map<string, Gauge>();
  const setTime = (name: string, help: string, seconds: number): void => {
    const known = times.get(name) ?? gauge(`${prefix}${name}`, help, []);
    times.set(name, known);
    known.set(seconds);
  };
  return {
    ingestionsFound(aggregation_id, counts) {
      found.set({ aggregation_id }, counts.ready);
      incomplete.set({ aggregation_id }, counts.incomplete);
      intakes.inc({ aggregation_id }, counts.scheduled);
      skipped.inc({ aggregation_id }, counts.skipped);
      ofWindow.set({ aggregation_id }, counts.ofWindow.ready);
      incompleteOfWindow.set({ aggregation_id }, counts.ofWindow.incomplete);
    },
    validationsFound(aggregation_id, counts) {
      validations.set({ aggregation_id }, counts.ready);
      incompleteValidations.set({ aggregation_id }, counts.incomplete);
    },
    batchesOfWindow: (aggregation_id, count) => batches.set({ aggregation_id }, count),
    aggregationScheduled: (aggregation_id, isNew) =>
      (isNew ? sums : sumsSkipped).inc({ aggregation_id }),
    scanned({ nowMs, tookMs, ok }) {
      if (ok) setTime('last_success_seconds', 'Time of the last good scan', nowMs / 1000);
      else setTime('last_failure_seconds', 'Time of the last failed scan', nowMs / 1000);
      setTime('runtime_seconds', 'How long the last scan took', tookMs / 1000);
    },
  };
}
