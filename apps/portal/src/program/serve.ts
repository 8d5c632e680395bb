/** The portal until it is told to stop: answers authorities, and looks for sums again and again. */

import { setTimeout as pause } from 'node:timers/promises';

import { monotonicMs } from '@priolab/runtime';
import { serveHttp } from '@priolab/runtime/http';
import type { HttpServer } from '@priolab/runtime/http';
import { explain, fileError, serveOperators } from '@priolab/service';
import type { Health, OperatorServer } from '@priolab/service';

import type { Assets } from '../api/page.ts';
import type { PortalConfig } from '../config.ts';
import type { ScanReport } from '../scan/scan.ts';
import { openPortal } from './open.ts';
import type { OpenedPortal, Surroundings } from './open.ts';

/** Without a sign of life for that long a service is ill. */
const STALLED_MS = 600_000;
/** Requests at work beside streams of events. */
const REQUESTS_MAX = 256;

/** Resolves when `signal` is aborted and what was begun is done. */
export async function serve(
  config: PortalConfig,
  options: Surroundings & { readonly signal: AbortSignal; readonly assets: Assets },
): Promise<void> {
  const opened = await openPortal(config, options);
  const { portal, log } = opened;
  const closers: (() => Promise<void>)[] = [];
  const life = createLife(config);
  try {
    const server = await listen(config, opened);
    closers.push(() => server.close());
    const operators = await listenForOperators(config, opened, life.health);
    if (operators !== undefined) closers.push(() => operators.close());
    log('info', 'serving', { url: server.url, operators: operators?.url });
    await look(config, opened, { signal: options.signal, life });
  } finally {
    for (const close of closers) await close();
    await portal.close();
    log('info', 'stopped');
  }
}

async function listenForOperators(
  { operators }: PortalConfig,
  { portal, metrics }: OpenedPortal,
  health: () => Health,
): Promise<OperatorServer | undefined> {
  if (operators === undefined) return undefined;
  return serveOperators({
    ...operators,
    health,
    metrics: () => {
      metrics.listeners(portal.listenerCount());
      return metrics.text();
    },
  });
}

async function listen(config: PortalConfig, { portal, log }: OpenedPortal): Promise<HttpServer> {
  const requestsMax = REQUESTS_MAX + config.limits.listenersMax;
  const { host, port } = config.listen;
  try {
    return await serveHttp(portal.http, {
      ...config.listen,
      requestsMax,
      connectionsMax: 2 * requestsMax,
      // Also for a proxy that is not named: all listeners, and half of what else there is.
      connectionsPerAddressMax: config.limits.listenersMax + REQUESTS_MAX / 2,
      onError: (error) => log('error', 'answer-failed', explain(error)),
    });
  } catch (error) {
    const allowed = 'an address of this machine and a port that is free';
    throw fileError(`listen ${host}:${port}`, allowed, error);
  }
}

/** When the loop was last seen to go on. */
interface Life {
  scanned(report: ScanReport | undefined): void;
  readonly health: () => Health;
}

function createLife({ scanEveryMs }: PortalConfig): Life {
  let scannedMs = monotonicMs();
  let hasScanned = false;
  let failedScans = 0;
  let last: ScanReport | undefined;
  const limitMs = Math.max(STALLED_MS, 3 * scanEveryMs);
  return {
    scanned(report) {
      scannedMs = monotonicMs();
      failedScans = report === undefined ? failedScans + 1 : 0;
      hasScanned ||= report !== undefined;
      last = report ?? last;
    },
    health() {
      const sinceScanMs = Math.round(monotonicMs() - scannedMs);
      const isStalled = sinceScanMs > limitMs;
      const problem = isStalled ? `nothing has gone on for ${limitMs / 1000} s` : undefined;
      // Not ready while state or buckets can't be used; a restart would not help, so not ill.
      const isReady = hasScanned && failedScans === 0;
      const { waiting = 0, unreadable = 0 } = last ?? {};
      return { isReady, problem, fields: { sinceScanMs, failedScans, waiting, unreadable } };
    },
  };
}

async function look(
  config: PortalConfig,
  { portal, clock, log, metrics, renewTrust }: OpenedPortal,
  { signal, life }: { readonly signal: AbortSignal; readonly life: Life },
): Promise<void> {
  let renewedMs = monotonicMs();
  while (!signal.aborted) {
    const startMs = monotonicMs();
    let report: ScanReport | undefined;
    try {
      if (startMs - renewedMs >= config.manifestsEveryMs) {
        renewedMs = startMs;
        await renewTrust();
        const forgotten = await portal.audit.forget(clock.nowMs() - config.auditKeepMs);
        if (forgotten > 0) log('info', 'audit-forgotten', { rows: forgotten });
      }
      report = await portal.scan();
    } catch (error) {
      log('error', 'scan-failed', explain(error));
    }
    life.scanned(report);
    metrics.scanned({ nowMs: clock.nowMs(), tookMs: monotonicMs() - startMs }, report);
    await pause(config.scanEveryMs, undefined, { signal }).catch(() => {});
  }
}
