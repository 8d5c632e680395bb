/**
 * Two processors in a folder: buckets, keys, manifests and configurations, as operators would have
 * them, with keys from a seed. For tests.
 */

import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  KeyPair,
  createSeedTree,
  encodeKeyPair,
  encodeSigningKey,
  fillScalars,
  publicKeyToPem,
} from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import type { ProcessorRole } from '@priolab/roles';
import {
  writeIngestorManifest,
  writePortalManifest,
  writeProcessorManifest,
} from '@priolab/roles/manifest';

import { generateSample } from '../src/sample.ts';

export const INSTANCE = 'us-wa-apple';
export const ROLES = ['leader', 'helper'] as const;
export const INGESTOR_KEY_ID = 'ingestor-1';

export interface Deployment {
  readonly folder: string;
  readonly clockFile: string;
  config(role: ProcessorRole): string;
  path(name: string): string;
  setClock(time: string): void;
}

export interface DeploymentOptions {
  /** More members of both configurations. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly state?: (role: ProcessorRole) => string;
  /** Where a bucket is; left out: a folder. */
  readonly bucket?: (name: string) => string;
}

export async function createDeployment(
  folder: string,
  options: DeploymentOptions = {},
): Promise<Deployment> {
  const path = (name: string): string => join(folder, name);
  for (const name of ['buckets', 'keys', 'manifests']) mkdirSync(path(name), { recursive: true });
  const bucket = (name: string): string => {
    if (options.bucket !== undefined) return options.bucket(name);
    mkdirSync(path(`buckets/${name}`), { recursive: true });
    return path(`buckets/${name}`);
  };
  const secret = (name: string, text: string): string => {
    writeFileSync(path(`keys/${name}`), `${text}\n`, { mode: 0o600 });
    chmodSync(path(`keys/${name}`), 0o600);
    return path(`keys/${name}`);
  };
  const ingestorKey = keyOf('ingestor');
  secret('ingestor.signing-key', encodeSigningKey(ingestorKey));
  const clockFile = path('clock');
  const manifest = (name: string, text: string): string => {
    writeFileSync(path(`manifests/${name}`), text);
    return path(`manifests/${name}`);
  };
  manifest('ingestor.json', writeIngestorManifest({
    format: 1,
    serverIdentity: { gcpServiceAccountEmail: 'ingestor@example.org' },
    batchSigningPublicKeys: new Map([[INGESTOR_KEY_ID, signingKey(ingestorKey)]]),
  })); // prettier-ignore
  manifest('portal.json', writePortalManifest({
    format: 1,
    facilitatorSumPartBucket: bucket('helper-sums'),
    phaSumPartBucket: bucket('leader-sums'),
  })); // prettier-ignore
  for (const role of ROLES) {
    const peer = role === 'leader' ? 'helper' : 'leader';
    const packetKey = keyOf(`${role} packet`);
    const batchKey = keyOf(`${role} signing`);
    const csr = createCsr({ keyPair: packetKey, commonName: `${role}.example.org` });
    manifest(`${role}.json`, writeProcessorManifest({
      format: 1,
      ingestionBucket: bucket(`${role}-ingestion`),
      peerValidationBucket: bucket(`${role}-validations`),
      batchSigningPublicKeys: new Map([[`${role}-signing-1`, signingKey(batchKey)]]),
      packetEncryptionKeys: new Map([[`${role}-packet-1`, { certificateSigningRequest: csr }]]),
    })); // prettier-ignore
    const config = {
      format: 1,
      role,
      instances: {
        [INSTANCE]: {
          ingestion: bucket(`${role}-ingestion`),
          validations: bucket(`${role}-validations`),
          ingestorManifest: 'manifests/ingestor.json',
          peerManifest: `manifests/${peer}.json`,
        },
      },
      portalManifest: 'manifests/portal.json',
      signingKey: {
        id: `${role}-signing-1`,
        file: secret(`${role}.signing-key`, encodeSigningKey(batchKey)),
      },
      packetKeys: [secret(`${role}.packet-key`, encodeKeyPair(packetKey))],
      state: options.state?.(role) ?? `sqlite:${role}-state.db`,
      schedule: { scanEverySeconds: 0.1, graceSeconds: 3600, ...SCHEDULE },
      clockFile,
      ...options.settings,
    };
    writeFileSync(path(`${role}.json`), JSON.stringify(config, undefined, 2));
  }
  const setClock = (time: string): void => {
    // At once: a processor that reads at that moment must not see half of it.
    writeFileSync(`${clockFile}.new`, `${time}\n`);
    renameSync(`${clockFile}.new`, clockFile);
  };
  setClock('2021-12-01T08:30:00Z');
  return { folder, clockFile, path, setClock, config: (role) => path(`${role}.json`) };
}

const SCHEDULE = { aggregationPeriodSeconds: 8 * 3600 };

/** The key pair of that name, always the same: `leader packet`, `helper signing`, `ingestor`. */
/** One batch of the deterministic sample in both ingestion buckets. @param date of its name */
export async function ingestSample(
  { path }: Pick<Deployment, 'path'>,
  sample: Readonly<Record<'aggregation' | 'batch' | 'date' | 'bins' | 'packets', string>>,
): Promise<void> {
  await generateSample({
    options: {
      ...sample,
      'leader-bucket': path('buckets/leader-ingestion'),
      'leader-key': path('keys/leader.packet-key'),
      'helper-bucket': path('buckets/helper-ingestion'),
      'helper-key': path('keys/helper.packet-key'),
      'signing-key-id': INGESTOR_KEY_ID,
      'signing-key': path('keys/ingestor.signing-key'),
    },
    positionals: [],
    environment: {},
    writeLog: () => {},
    signal: new AbortController().signal,
  });
}

export function keyOf(name: string): KeyPair {
  const scalar = new Uint8Array(32);
  const packed = { bytes: scalar, offset: 0, stride: 32 };
  fillScalars(createSeedTree('processor tests').child(name), new Uint32Array(1), 1, packed);
  return new KeyPair(scalar);
}

/** As a manifest has it. */
export function signingKey({ publicKey }: KeyPair, expiration = '') {
  return { publicKey: publicKeyToPem(publicKey), expiration };
}
