/** Numbers for operators, under names of ours: the ingestion servers of 2021 published none. */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { IngestorObserver } from '../service/service.ts';

export interface Metrics {
  text(): Promise<string>;
  readonly observer: IngestorObserver;
  /** Uploads that were answered as stored, and reports in written batches, by this process. */
  readonly totals: { stored: number; batched: number };
  /** How it stands now. */
  stand(numbers: { readonly pending: number; readonly waiting: number }): void;
  cut(result: { readonly nowMs: number; readonly ok: boolean }): void;
}

const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const SECOND_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
const REPORT_BUCKETS = [1, 10, 100, 1000, 10_000, 100_000];

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const prefix = 'priolab_ingestor_';
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: prefix + name, help, registers });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: prefix + name, help, buckets, registers });
  const uploads = counter('uploads', 'Uploads by form and answer', ['form', 'answer']);
  const failed = counter('groups_failed', 'Groups that could not be stored');
  const batches = counter('batches_written', 'Batches in both buckets', [
    'instance',
    'aggregation',
  ]);
  const sizes = histogram('group_size', 'Uploads checked and stored together', GROUP_BUCKETS);
  const took = histogram('group_seconds', 'Check and commit of a group', SECOND_BUCKETS);
  const reports = histogram('batch_reports', 'Reports of a batch', REPORT_BUCKETS);
  const pending = gauge('reports_pending', 'Reports stored and not in a written batch');
  const waiting = gauge('uploads_waiting', 'Uploads without an answer');
  // Made when there is a value: an alert on a time must not see a zero (ENPA 9.2 no. 40).
  let succeeded: Gauge | undefined;
  const cutFailed = counter('cuts_failed', 'Rounds of batching that ended in an error');
  const totals = { stored: 0, batched: 0 };
  return {
    totals,
    text: () => registers[0]!.metrics(),
    observer: {
      answered(form, answer) {
        uploads.inc({ form, answer });
        if (answer === 'stored') totals.stored += 1;
      },
      grouped({ count, tookMs, error }) {
        sizes.observe(count);
        took.observe(tookMs / 1000);
        if (error !== undefined) failed.inc();
      },
      batched({ task: { state, vendor, metric }, count }) {
        batches.inc({ instance: `${state}-${vendor}`, aggregation: metric.id });
        reports.observe(count);
        totals.batched += count;
      },
    },
    stand(numbers) {
      pending.set(numbers.pending);
      waiting.set(numbers.waiting);
    },
    cut({ nowMs, ok }) {
      if (!ok) return cutFailed.inc();
      succeeded ??= gauge('last_cut_seconds', 'Time of the last good round of batching');
      succeeded.set(nowMs / 1000);
    },
  };
}
