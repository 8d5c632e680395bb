/**
 * Lays out what both vendors' ingestors need before they are started: keys, certificates and a
 * configuration each. Source: `apps/ingestor/src/config.ts` (configuration).
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createBackend, encodePublicKey, encodeSigningKey, toHex } from '@priolab/crypto';
import type { SeedBranch } from '@priolab/crypto';
import type { Vendor } from '@priolab/roles';
import { writeSecretFile } from '@priolab/runtime';

import { APK_DIGEST, PACKAGE_NAME, androidAuthority } from '../deployment/documents.ts';
import { ingestionBucket, ingestorSigningKey, instanceOf } from '../deployment/places.ts';
import { packetKeyId, signingKeyId } from '../deployment/places.ts';
import type { Buckets } from '../deployment/places.ts';
import type { UploadForm } from '../deployment/shard-uploads.ts';
import { tasksOf } from '../deployment/tasks.ts';
import type { PopulationPlan } from '../population/plan.ts';
import { branches } from '../run/settings.ts';
import { scalarOf } from '../run/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { StateUrls } from './settings.ts';

const BATCH_REPORTS = 1000;
/** Batches are cut when they are full; what is left, when no more comes. */
const HOLD_S = 30 * 86_400;
const CUT_EVERY_S = 0.5;
/** More than a run has: its adversaries are to be refused for what they do, not for how often. */
const MANY = 2 ** 31;

interface Options {
  readonly scenario: Scenario;
  readonly plan: PopulationPlan;
  readonly seedTree: SeedBranch;
  readonly folder: string;
  readonly buckets: Buckets;
  readonly stateUrls: StateUrls;
  readonly google: UploadForm;
  readonly clockFile: string;
}

/** @returns the configuration files */
export function layOutIngestors(
  options: Options,
): Readonly<Record<'apple-ingestor' | 'google-ingestor', string>> {
  return {
    'apple-ingestor': layOut('apple', options),
    'google-ingestor': layOut('google', options),
  };
}

function layOut(vendor: Vendor, options: Options): string {
  const { seedTree, folder } = options;
  const secret = branches.ingestor(seedTree, vendor).child('deployed').export();
  const signing = encodeSigningKey(ingestorSigningKey(seedTree, vendor));
  writeSecretFile(join(folder, `${vendor}.secret`), Buffer.from(secret).toString('base64'));
  writeSecretFile(join(folder, `${vendor}.signing-key`), signing);
  const file = join(folder, `${vendor}-ingestor.json`);
  const text = JSON.stringify(configOf(vendor, options), null, 2);
  // The URL of a database may hold a password.
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  return file;
}

function configOf(vendor: Vendor, options: Options): object {
  const { scenario, stateUrls, clockFile } = options;
  return {
    format: 1,
    vendor,
    localities: localitiesOf(vendor, options),
    signingKey: { id: signingKeyId(vendor), file: `${vendor}.signing-key` },
    packetKeyIds: { leader: packetKeyId('leader'), helper: packetKeyId('helper') },
    secret: `${vendor}.secret`,
    ...trustOf(vendor, options),
    state: stateUrls[`${vendor}-ingestor`],
    listen: { port: 0 },
    batches: {
      everySeconds: CUT_EVERY_S,
      reportsMax: BATCH_REPORTS,
      reportsMin: BATCH_REPORTS,
      holdSeconds: HOLD_S,
    },
    limits: { failuresPerAddress: MANY },
    clockFile,
    arithmetic: scenario.crypto.backend,
  };
}

function localitiesOf(vendor: Vendor, { scenario, plan, buckets }: Options): object {
  const tasks = tasksOf(scenario, plan).filter((task) => task.vendor === vendor);
  const states = [...new Set(tasks.map(({ state }) => state))];
  const locality = (state: string): object => {
    const own = tasks.filter((task) => task.state === state);
    const instance = instanceOf(state, vendor);
    const aggregations = own.map(({ metric, epsilon, windowMs }) => {
      return [metric.id, { bins: metric.bins, epsilon, windowSeconds: windowMs / 1000 }];
    });
    return {
      buckets: {
        leader: ingestionBucket(buckets, 'leader', instance),
        helper: ingestionBucket(buckets, 'helper', instance),
      },
      aggregations: Object.fromEntries(aggregations) as object,
    };
  };
  return Object.fromEntries(states.map((state) => [state, locality(state)]));
}

/** Whom an ingestor believes: the authority that certifies devices, in either form. */
function trustOf(vendor: Vendor, { scenario, seedTree, folder, google }: Options): object {
  const backend = createBackend(scenario.crypto.backend);
  if (vendor === 'google' && google === 'document') {
    const { root } = androidAuthority(scenario, seedTree, backend);
    writeFileSync(join(folder, 'android-root.pem'), pemOf(root));
    return {
      android: {
        packageName: PACKAGE_NAME,
        roots: ['android-root.pem'],
        apkDigests: [toHex(APK_DIGEST)],
        leafDates: 'check',
      },
    };
  }
  const scalar = scalarOf(branches.authority(seedTree, vendor));
  const file = `${vendor}-authority.key`;
  const publicKey = encodePublicKey(backend.privateKey(scalar).publicKey);
  writeFileSync(join(folder, file), `${publicKey}\n`);
  return { authorityKey: file };
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
