/**
 * Lays out what the programs of a run need before they are started: key files, manifests, buckets,
 * a configuration each and the clocks that they go by. Everything follows from the scenario but the
 * places. Source: ENPA section 6.6 (manifests); `apps/processor/src/config.ts` (configuration).
 */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeKeyPair, encodeSigningKey, publicKeyToPem } from '@priolab/crypto';
import type { KeyPair, SeedBranch } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import { DAY_MS } from '@priolab/roles';
import type { ProcessorRole, Vendor } from '@priolab/roles';
import {
  writeIngestorManifest,
  writePortalManifest,
  writeProcessorManifest,
} from '@priolab/roles/manifest';
import { writeSecretFile } from '@priolab/runtime';

import type { PopulationPlan } from '../population/plan.ts';
import { firstDay, windowMs } from '../run/settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { isServiceLegacy } from '../scenario/deployment-schema.ts';
import {
  ROLES,
  ingestionBucket,
  ingestorSigningKey,
  instanceOf,
  packetKey,
  packetKeyId,
  processorSigningKey,
  signingKeyId,
  sumBucket,
  validationBucket,
} from '../deployment/places.ts';
import type { Buckets } from '../deployment/places.ts';
import type { UploadForm } from '../deployment/shard-uploads.ts';
import { layOutIngestors } from './prepare-ingestors.ts';
import { layOutPortal } from './prepare-portal.ts';
import type { Program, StateUrls } from './settings.ts';

export interface Laid {
  readonly configFiles: Readonly<Record<Program, string>>;
  readonly instances: readonly string[];
  /** Moves the ingestors' clock. */
  setTime(timeMs: number): void;
  /** The processors' time goes on to where every window of the run is to be summed. */
  endWindows(): void;
}

const VENDORS: readonly Vendor[] = ['apple', 'google'];
const MINUTE_MS = 60_000;
const PROCESSOR_CLOCK = 'clock';
const INGESTOR_CLOCK = 'ingestor-clock';
/** In the clock of the run, which stands still while its processes wait for each other. */
const PATIENCE_DAYS = 300;
const EMAIL = 'simulated@priolab.invalid';

export function layOut(options: {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly seedTree: SeedBranch;
  readonly folder: string;
  readonly buckets: Buckets;
  /** Of each program, a URL as `openDatabase` takes it. */
  readonly stateUrls: StateUrls;
  readonly google: UploadForm;
}): Laid {
  const { scenario, plan, seedTree, folder, buckets, stateUrls } = options;
  const instances = plan.cells.map(({ state, vendor }) => {
    return { name: instanceOf(state.id, vendor), vendor };
  });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  mkdirSync(folder, { recursive: true });
  makeFolders(buckets, instances);
  for (const vendor of VENDORS) {
    write(`${vendor}-manifest.json`, ingestorManifest(seedTree, vendor));
  }
  const sums = {
    phaSumPartBucket: sumBucket(buckets, 'leader'),
    facilitatorSumPartBucket: sumBucket(buckets, 'helper'),
  };
  write('portal-manifest.json', writePortalManifest({ format: 1, ...sums }));
  for (const role of ROLES) {
    const packet = packetKey(seedTree, role);
    const signing = processorSigningKey(seedTree, role);
    writeSecretFile(join(folder, `${role}.packet-key`), encodeKeyPair(packet));
    writeSecretFile(join(folder, `${role}.signing-key`), encodeSigningKey(signing));
    for (const { name } of instances) {
      const text = processorManifest({ role, instance: name, buckets, packet, signing });
      write(`${role}-${name}-manifest.json`, text);
    }
    const config = configOf(role, scenario, { buckets, instances, stateUrls });
    // The URL of a database may hold a password.
    const text = `${JSON.stringify(config, null, 2)}\n`;
    writeFileSync(join(folder, `${role}.json`), text, { mode: 0o600 });
  }
  const clock = clockOf(scenario);
  const tell = (file: string, timeMs: number): void => {
    // Whoever reads it meanwhile finds the one time or the other.
    write(`${file}.new`, `${new Date(timeMs).toISOString()}\n`);
    renameSync(join(folder, `${file}.new`), join(folder, file));
  };
  tell(PROCESSOR_CLOCK, clock.duringMs);
  tell(INGESTOR_CLOCK, firstDay(scenario) * DAY_MS);
  const ingestors = layOutIngestors({ ...options, clockFile: INGESTOR_CLOCK });
  const portal = layOutPortal({
    ...options,
    instance: instances[0]!.name,
    clockFile: PROCESSOR_CLOCK,
  });
  const processorConfig = (role: ProcessorRole): string => join(folder, `${role}.json`);
  return {
    configFiles: {
      leader: processorConfig('leader'),
      helper: processorConfig('helper'),
      ...ingestors,
      portal,
    },
    instances: instances.map(({ name }) => name),
    setTime: (timeMs) => tell(INGESTOR_CLOCK, timeMs),
    endWindows: () => tell(PROCESSOR_CLOCK, clock.afterMs),
  };
}

interface Instance {
  readonly name: string;
  readonly vendor: Vendor;
}

/** A folder that is a bucket must be there: one that is not mounted is no empty bucket. */
function makeFolders(buckets: Buckets, instances: readonly Instance[]): void {
  if (buckets.root.includes('://')) return;
  for (const role of ROLES) {
    mkdirSync(sumBucket(buckets, role), { recursive: true });
    for (const { name } of instances) {
      mkdirSync(ingestionBucket(buckets, role, name), { recursive: true });
      mkdirSync(validationBucket(buckets, role, name), { recursive: true });
    }
  }
}

function ingestorManifest(seedTree: SeedBranch, vendor: Vendor): string {
  return writeIngestorManifest({
    format: 1,
    serverIdentity: { gcpServiceAccountEmail: EMAIL },
    batchSigningPublicKeys: signingKeys(vendor, ingestorSigningKey(seedTree, vendor)),
  });
}

function processorManifest(options: {
  readonly role: ProcessorRole;
  readonly instance: string;
  readonly buckets: Buckets;
  readonly packet: KeyPair;
  readonly signing: KeyPair;
}): string {
  const { role, instance, buckets, packet, signing } = options;
  const certificateSigningRequest = createCsr({ keyPair: packet, commonName: 'priolab.invalid' });
  return writeProcessorManifest({
    format: 1,
    ingestionBucket: ingestionBucket(buckets, role, instance),
    peerValidationBucket: validationBucket(buckets, role, instance),
    batchSigningPublicKeys: signingKeys(role, signing),
    packetEncryptionKeys: new Map([[packetKeyId(role), { certificateSigningRequest }]]),
  });
}

function signingKeys(owner: ProcessorRole | Vendor, { publicKey }: KeyPair) {
  return new Map([[signingKeyId(owner), { publicKey: publicKeyToPem(publicKey), expiration: '' }]]);
}

function configOf(
  role: ProcessorRole,
  scenario: Scenario,
  parts: {
    readonly buckets: Buckets;
    readonly instances: readonly Instance[];
    readonly stateUrls: StateUrls;
  },
): object {
  const { buckets, instances, stateUrls } = parts;
  const peer = role === 'leader' ? 'helper' : 'leader';
  const seconds = (ms: number): number => ms / 1000;
  const byName = instances.map(({ name, vendor }) => [
    name,
    {
      ingestion: ingestionBucket(buckets, role, name),
      validations: validationBucket(buckets, role, name),
      ingestorManifest: `${vendor}-manifest.json`,
      peerManifest: `${peer}-${name}-manifest.json`,
    },
  ]);
  return {
    format: 1,
    role,
    instances: Object.fromEntries(byName) as object,
    portalManifest: 'portal-manifest.json',
    signingKey: { id: signingKeyId(role), file: `${role}.signing-key` },
    packetKeys: [`${role}.packet-key`],
    state: stateUrls[role],
    schedule: {
      aggregationPeriodSeconds: seconds(windowMs(scenario)),
      graceSeconds: seconds(clockOf(scenario).graceMs),
      peerPatienceSeconds: PATIENCE_DAYS * seconds(DAY_MS),
      intakeMaxAgeSeconds: PATIENCE_DAYS * seconds(DAY_MS),
      scanEverySeconds: 0.1,
    },
    legacy: scenario.services.legacy.filter(isServiceLegacy),
    clockFile: PROCESSOR_CLOCK,
    arithmetic: 'simulation',
  };
}

/**
 * Two times: one at which every batch is near enough to be taken in and no window is over, and one
 * at which all are. So nothing depends on how fast the run is.
 */
function clockOf(scenario: Scenario) {
  const startMs = firstDay(scenario) * DAY_MS;
  // What comes on the day after the last is still of this run.
  const days = scenario.population.days + 1;
  const endMs = startMs + days * DAY_MS;
  const graceMs = days * DAY_MS;
  return { duringMs: endMs - DAY_MS, graceMs, afterMs: endMs + graceMs + MINUTE_MS };
}
