/**
 * Opens what the configuration names, checks that it fits together, and lays it on the desk.
 * Whatever is wrong is told before any work begins: a wrong key would otherwise show as a trickle
 * of packets that don't open (ENPA 9.2 no. 31).
 */

import type { KeyPair } from '@priolab/crypto';
import { createBatchSigner, createServiceSigner } from '@priolab/roles/enpa';
import type { BatchSigner } from '@priolab/roles/enpa';
import { monotonicMs, wallClock } from '@priolab/runtime';
import type { Clock } from '@priolab/runtime';
import { createDurableQueue, openDatabase } from '@priolab/runtime/database';
import { openStore } from '@priolab/runtime/stores';
import type { OpenStoreOptions, StreamingStore } from '@priolab/runtime/stores';
import { clockOf, createLog, readPacketKey, readSigningKey } from '@priolab/service';
import type { Log } from '@priolab/service';

import type { ProcessorConfig } from '../config.ts';
import { createArithmetic } from './desk.ts';
import type { Desk, InstanceDesk } from './desk.ts';
import { createMetrics } from './metrics.ts';
import { openState } from './state.ts';
import { createSteps } from './steps.ts';
import type { Reach } from './steps.ts';
import { timed } from './timed-store.ts';
import { checkOwnManifest, readPortalBucket, readTrust } from './trust.ts';

export interface OpenedDesk {
  readonly desk: Desk;
  /** Reads the manifests again. */
  renewTrust(): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(
  config: ProcessorConfig,
  options: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly writeLog: (line: string) => void;
  },
): Promise<OpenedDesk> {
  const clock = clockOf(config.clockFile);
  const log = createLog(clock, options.writeLog);
  const metrics = createMetrics();
  const reach = createSteps(options.environment);
  const signingKey = readSigningKey(config.signingKey.file);
  const keys = config.packetKeys.map(readPacketKey);
  const open = (place: string): StreamingStore =>
    timed(openStore(place, options.environment, storeOptions(options.environment, reach)), metrics);
  const own = {
    packetKeys: keys,
    signingKeys: new Map([[config.signingKey.id, signingKey]]),
    nowMs: clock.nowMs(),
  };
  const { instances, renewals } = await openInstances(config, { open, log, clock, own });
  const portal = open(await readPortalBucket(config.portalManifest, config.role));
  const database = await openDatabase(config.state);
  const { leaseMs, attemptsMax } = config.schedule;
  const desk: Desk = {
    config,
    clock,
    machineClock: wallClock,
    state: await openState(database),
    queue: await createDurableQueue(database, { leaseMs, attemptsMax }),
    signer: signerOf(config, signingKey),
    instances,
    portal,
    arithmetic: createArithmetic({
      role: config.role,
      keys,
      kind: config.arithmetic,
      evaluatesUnsafePoints: config.legacy.has('evaluate-unsafe-points'),
    }),
    renewTrust: renewing(config, () => renewAll(renewals, clock)),
    log,
    metrics,
    reach,
  };
  return {
    desk,
    renewTrust: () => renewAll(renewals, clock),
    close: () => database.close(),
  };
}

function signerOf({ arithmetic, signingKey }: ProcessorConfig, keyPair: KeyPair): BatchSigner {
  const create = arithmetic === 'service' ? createServiceSigner : createBatchSigner;
  return create({ keyId: signingKey.id, keyPair });
}

type Renew = (nowMs: number) => Promise<void>;

async function renewAll(renewals: readonly Renew[], clock: Clock): Promise<void> {
  for (const renew of renewals) await renew(clock.nowMs());
}

/** Whoever sends what nobody signed must not have us fetch manifests all the time. */
function renewing({ schedule }: ProcessorConfig, renew: () => Promise<void>): () => Promise<void> {
  let renewedMs = -Infinity;
  return async () => {
    if (monotonicMs() - renewedMs < schedule.scanEveryMs) return;
    renewedMs = monotonicMs();
    await renew();
  };
}

/** Servers for tests ignore the condition of a put; real ones don't (`libs/runtime/README.md`). */
const CONDITION_VARIABLE = 'PRIOLAB_S3_CONDITIONAL_PUT';

function storeOptions(
  environment: Readonly<Record<string, string | undefined>>,
  reach: Reach,
): OpenStoreOptions {
  const isChecked = environment[CONDITION_VARIABLE] === 'check-first';
  return { onStep: reach, conditionalPut: isChecked ? 'check-first' : 'native' };
}

type OwnKeys = Parameters<typeof checkOwnManifest>[1];

async function openInstances(
  config: ProcessorConfig,
  parts: {
    readonly open: (place: string) => StreamingStore;
    readonly log: Log;
    readonly clock: Clock;
    readonly own: OwnKeys;
  },
) {
  const { open, log, clock, own } = parts;
  const trustsExpired = config.legacy.has('trust-expired-keys');
  const instances = new Map<string, InstanceDesk>();
  const renewals: Renew[] = [];
  for (const one of config.instances) {
    if (one.ownManifest !== undefined) await checkOwnManifest(one.ownManifest, own, log);
    const reading = { log, trustsExpired };
    const { trust, peerBucket, renew } = await readTrust(one, reading, clock.nowMs());
    renewals.push(renew);
    instances.set(one.name, {
      config: one,
      ingestion: open(one.ingestion),
      validations: open(one.validations),
      peerValidations: open(peerBucket),
      scheduled: new Map(),
      trust,
    });
  }
  return { instances, renewals };
}
