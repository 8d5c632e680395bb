/**
 * Cost of one processor as a service, from the batch in its bucket to the validation in the peer's
 * (files, SQLite, everything synced), beside the arithmetic alone on the same reports. CPU time: on
 * the wall a service also waits for the disk.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ShareBatch } from '@priolab/roles';
import { records } from '@priolab/roles/enpa';

import { readConfig } from '../src/config.ts';
import { shareBlocks, takeIn } from '../src/service/intake.ts';
import type { IntakeJob } from '../src/service/intake.ts';
import { openBatch } from '../src/service/objects.ts';
import { openDesk } from '../src/service/open.ts';
import type { OpenedDesk } from '../src/service/open.ts';
import { batchNames } from '../src/service/places.ts';
import { INSTANCE, createDeployment } from '../test/deployment.ts';
import type { Deployment } from '../test/deployment.ts';
import { writeLargeBatch } from './large-batch.ts';

interface BenchRow {
  readonly name: string;
  readonly sizes: { readonly smoke: number; readonly full: number };
  prepare(size: number): () => number | Promise<number>;
}

const ARITHMETIC = ['service', 'simulation'] as const;
const WIDTHS = [5, 1344];

async function setUp(
  bins: number,
  packets: number,
  arithmetic: (typeof ARITHMETIC)[number],
): Promise<{ readonly deployment: Deployment; readonly job: IntakeJob }> {
  const folder = mkdtempSync(join(tmpdir(), 'priolab-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const deployment = await createDeployment(folder, { settings: { arithmetic } });
  const job = await writeLargeBatch(deployment, { role: 'leader', bins, packets });
  return { deployment, job };
}

async function withDesk<T>(
  deployment: Deployment,
  work: (opened: OpenedDesk) => Promise<T>,
): Promise<T> {
  const config = readConfig(deployment.config('leader'));
  const opened = await openDesk(config, { environment: {}, writeLog: () => {} });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Takes a batch in that no state knows yet. */
async function takeInAnew(deployment: Deployment, job: IntakeJob): Promise<number> {
  for (const ending of ['', '-wal', '-shm']) {
    rmSync(deployment.path(`leader-state.db${ending}`), { force: true });
  }
  return withDesk(deployment, async ({ desk }) => {
    await takeIn(desk, desk.instances.get(INSTANCE)!, job, async () => {});
    const row = await desk.state.batch({ instance: INSTANCE, ...job });
    return row!.reportCount;
  });
}

/** The same blocks, in memory: copies, as each is valid until the next one only. */
function readBlocks(deployment: Deployment, job: IntakeJob) {
  return withDesk(deployment, async ({ desk }) => {
    const instance = desk.instances.get(INSTANCE)!;
    const { ingestor } = instance.trust;
    const names = batchNames(job);
    const opened = await openBatch(instance.ingestion, records.ingestionHeader, names, ingestor);
    const batches: ShareBatch[] = [];
    const counted = { ...job, countBytes: () => {} };
    for await (const { batch } of shareBlocks(desk, instance, counted, opened!)) {
      const { bytes, ...layout } = batch.sealed;
      const queryRandomness = batch.queryRandomness.slice();
      const reportIds = batch.reportIds.slice();
      batches.push({
        ...batch,
        queryRandomness,
        reportIds,
        sealed: { bytes: bytes.slice(0, batch.count * layout.stride), ...layout },
      });
    }
    const { processor } = desk.arithmetic.lineOf(opened!.header.bins);
    return { batches, processor };
  });
}

export const rows: readonly BenchRow[] = WIDTHS.flatMap((bins) =>
  ARITHMETIC.flatMap((arithmetic): BenchRow[] => {
    const full = bins > 1000 ? 2048 : 8192;
    const sizes = { smoke: 20, full };
    const name = (what: string): string => `service: ${what}, ${bins} bins, ${arithmetic}`;
    return [
      {
        name: name('intake'),
        sizes,
        prepare(size) {
          const ready = setUp(bins, size, arithmetic);
          return async () => {
            const { deployment, job } = await ready;
            rmSync(deployment.path('buckets/helper-validations'), { recursive: true });
            const { mkdirSync } = await import('node:fs');
            mkdirSync(deployment.path('buckets/helper-validations'));
            return takeInAnew(deployment, job);
          };
        },
      },
      {
        name: name('the same in memory'),
        sizes,
        prepare(size) {
          const ready = setUp(bins, size, arithmetic).then(({ deployment, job }) =>
            readBlocks(deployment, job),
          );
          return async () => {
            const { batches, processor } = await ready;
            let count = 0;
            for (const batch of batches) {
              const { status } = processor.verifyInit(batch);
              processor.sumWhere(status.subarray(0, batch.count));
              count += batch.count;
            }
            return count;
          };
        },
      },
    ];
  }),
);
