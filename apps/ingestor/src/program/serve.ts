/**
 * The ingestor as a program: answers uploads and cuts batches every now and then, until it is told
 * to stop; then it finishes what it has begun.
 */

import { setTimeout as pause } from 'node:timers/promises';

import { monotonicMs } from '@priolab/runtime';
import { serveHttp } from '@priolab/runtime/http';
import type { HttpServer } from '@priolab/runtime/http';
import { explain, fileError, serveOperators } from '@priolab/service';
import type { Health } from '@priolab/service';

import type { IngestorConfig } from '../config.ts';
import { openIngestor } from './open.ts';
import type { OpenedIngestor, Surroundings } from './open.ts';

/** Without a round of batching for that long a service is ill. */
const STALLED_MS = 600_000;

/** Resolves when `signal` is aborted and what was begun is done. */
export async function serve(
  config: IngestorConfig,
  surroundings: Surroundings & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = surroundings;
  const opened = await openIngestor(config, surroundings);
  const { service, metrics, log } = opened;
  const life = createLife(config, opened);
  const { operators: address } = config;
  const operators =
    address === undefined
      ? undefined
      : await serveOperators({ ...address, health: life.health, metrics: life.metricsText });
  try {
    const server = await listen(config, opened);
    const { vendor } = config;
    log('info', 'serving', { vendor, url: server.url, operators: operators?.url });
    try {
      await cutUntil(signal, config, opened, life);
    } finally {
      // Who is under way gets an answer, who comes now is sent elsewhere; then the port is closed.
      await service.close();
      await server.close();
    }
  } finally {
    await operators?.close();
    await opened.close();
    log('info', 'stopped', { stored: metrics.totals.stored, batched: metrics.totals.batched });
  }
}

async function listen(
  config: IngestorConfig,
  { service, log }: OpenedIngestor,
): Promise<HttpServer> {
  const { host, port } = config.listen;
  const onError = (error: unknown): void => log('error', 'request-failed', explain(error));
  try {
    return await serveHttp(service.http, { ...config.listen, onError });
  } catch (error) {
    await service.close();
    const allowed = 'an address of this machine and a port that is free';
    throw fileError(`listen ${host}:${port}`, allowed, error);
  }
}

interface Life {
  rounded(pending: number | undefined): void;
  health(): Health;
  metricsText(): Promise<string>;
}

function createLife({ batchEveryMs }: IngestorConfig, { service, metrics }: OpenedIngestor): Life {
  let roundedMs = monotonicMs();
  let rounds = 0;
  let failedRounds = 0;
  let pending = 0;
  const limitMs = Math.max(STALLED_MS, 3 * batchEveryMs);
  return {
    rounded(found) {
      roundedMs = monotonicMs();
      rounds += 1;
      failedRounds = found === undefined ? failedRounds + 1 : 0;
      pending = found ?? pending;
    },
    health() {
      const sinceRoundMs = Math.round(monotonicMs() - roundedMs);
      const isStalled = sinceRoundMs > limitMs;
      const problem = isStalled ? `no batching for ${limitMs / 1000} s` : undefined;
      const waiting = service.waitingCount();
      const { stored, batched } = metrics.totals;
      // Not ready while buckets can't be written: uploads are stored all the same, so not ill.
      const isReady = rounds > 0 && failedRounds === 0;
      const fields = { sinceRoundMs, rounds, failedRounds, pending, waiting, stored, batched };
      return { isReady, problem, fields };
    },
    metricsText() {
      metrics.stand({ pending, waiting: service.waitingCount() });
      return metrics.text();
    },
  };
}

async function cutUntil(
  signal: AbortSignal,
  config: IngestorConfig,
  { service, metrics, log, clock }: OpenedIngestor,
  life: Life,
): Promise<void> {
  while (!signal.aborted) {
    let pending: number | undefined;
    try {
      await service.cut();
      pending = await service.pendingCount();
    } catch (error) {
      log('error', 'batching-failed', explain(error));
    }
    life.rounded(pending);
    metrics.cut({ nowMs: clock.nowMs(), ok: pending !== undefined });
    await pause(config.batchEveryMs, undefined, { signal }).catch(() => {});
  }
}
