/** Opens what the configuration names: buckets, manifests, state, clock. */

import type { Clock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import { openStore } from '@priolab/runtime/stores';
import { clockOf, createLog } from '@priolab/service';
import type { Log } from '@priolab/service';

import type { PortalConfig } from '../config.ts';
import type { Assets } from '../api/page.ts';
import { createPortalService } from '../service.ts';
import type { PortalService } from '../service.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { readTrust } from './trust.ts';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
}

export interface OpenedPortal {
  readonly portal: PortalService;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Reads the processors' manifests again. */
  renewTrust(): Promise<void>;
}

/** All of it. @throws UsageError, TransportError, ManifestError */
export async function openPortal(
  config: PortalConfig,
  { environment, writeLog, assets }: Surroundings & { readonly assets: Assets },
): Promise<OpenedPortal> {
  const clock = clockOf(config.clockFile);
  const log = createLog(clock, writeLog);
  const metrics = createMetrics();
  const { leader, helper } = config.sums;
  const nowMs = clock.nowMs();
  const trust = {
    leader: await readTrust(leader.manifests, { role: 'leader', log }, nowMs),
    helper: await readTrust(helper.manifests, { role: 'helper', log }, nowMs),
  };
  const sources = {
    leader: { store: openStore(leader.bucket, environment), verifier: trust.leader.verifier },
    helper: { store: openStore(helper.bucket, environment), verifier: trust.helper.verifier },
  };
  const { policy, limits, providerVersions, recheckMs } = config;
  const portal = await createPortalService({
    clock,
    database: await openDatabase(config.state),
    log,
    sources,
    policy,
    limits,
    providerVersions,
    recheckMs,
    assets,
    onAnswer: (answer) => metrics.answered(answer),
  });
  return {
    portal,
    clock,
    log,
    metrics,
    async renewTrust() {
      for (const one of [trust.leader, trust.helper]) await one.renew(clock.nowMs());
    },
  };
}

/** Only the state, for commands: buckets and manifests need not be there. */
export async function openState(
  config: PortalConfig,
  { writeLog }: Pick<Surroundings, 'writeLog'>,
): Promise<PortalService> {
  const clock = clockOf(config.clockFile);
  return createPortalService({
    clock,
    database: await openDatabase(config.state),
    log: createLog(clock, writeLog),
    policy: config.policy,
  });
}
