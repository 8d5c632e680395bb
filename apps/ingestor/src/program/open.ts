/**
 * Opens what the configuration names and puts the service together. Whatever is wrong is told
 * before a port is opened.
 */

import { readFileSync } from 'node:fs';

import { createAndroidVerifier } from '@priolab/attestation';
import type { AndroidVerifier } from '@priolab/attestation';
import { CryptoError, createBackend, decodePublicKey } from '@priolab/crypto';
import { createServiceSigner } from '@priolab/roles/enpa';
import { TransportError, readSecretFile } from '@priolab/runtime';
import type { Clock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';
import { openStore } from '@priolab/runtime/stores';
import type { OpenStoreOptions, StreamingStore } from '@priolab/runtime/stores';
import { UsageError, clockOf, createLog, fileError, readSigningKey } from '@priolab/service';
import type { Log } from '@priolab/service';

import { checkHasTasks } from '../config.ts';
import type { AndroidConfig, IngestorConfig } from '../config.ts';
import { createBucketSink } from '../service/bucket-sink.ts';
import { createIngestorService } from '../service/service.ts';
import type { IngestorService } from '../service/service.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';

export interface OpenedIngestor {
  readonly service: IngestorService;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  close(): Promise<void>;
}

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
}

/** Servers for tests ignore the condition of a put; real ones don't (`libs/runtime/README.md`). */
const CONDITION_VARIABLE = 'PRIOLAB_S3_CONDITIONAL_PUT';
const SECRET_SIZE = 32;

export async function openIngestor(
  config: IngestorConfig,
  { environment, writeLog }: Surroundings,
): Promise<OpenedIngestor> {
  checkHasTasks(config);
  const clock = clockOf(config.clockFile);
  const log = createLog(clock, writeLog);
  const metrics = createMetrics();
  const { vendor, tasks, limits } = config;
  const parts = readParts(config, environment);
  const database = await openDatabase(config.state);
  try {
    const service = await createIngestorService({
      vendor,
      tasks,
      clock,
      database,
      limits,
      log,
      observer: metrics.observer,
      backend: createBackend(config.arithmetic),
      ...parts,
    });
    return { service, metrics, log, clock, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Reads keys and files, and finds the buckets. @throws UsageError, StoreSettingsError */
export function readParts(config: IngestorConfig, environment: Surroundings['environment']) {
  const { signingKey, localities, packetKeyIds, authorityKey, android } = config;
  const signer = createServiceSigner({
    keyId: signingKey.id,
    keyPair: readSigningKey(signingKey.file),
  });
  const isChecked = environment[CONDITION_VARIABLE] === 'check-first';
  const storeOptions: OpenStoreOptions = { conditionalPut: isChecked ? 'check-first' : 'native' };
  const stores = new Map<string, StreamingStore>();
  for (const { name, buckets } of localities) {
    for (const role of ['leader', 'helper'] as const) {
      const store = openStore(buckets[role], environment, storeOptions);
      stores.set(`${role} ${name}-${config.vendor}`, store);
    }
  }
  const projects = new Map(localities.map(({ name, project }) => [name, project]));
  return {
    sink: createBucketSink({
      signer,
      bucketOf: (role, instance) => stores.get(`${role} ${instance}`)!,
      ...(packetKeyIds === undefined ? {} : { encryptionKeyIds: packetKeyIds }),
    }),
    secret: readSecret(config.secret),
    projectOf: (state: string) => projects.get(state)!,
    ...(authorityKey === undefined ? {} : { authorityKey: readPublicKey(authorityKey) }),
    ...(android === undefined ? {} : { android: readVerifier(android) }),
  };
}

function readSecret(file: string): Uint8Array {
  let text: string;
  try {
    text = readSecretFile(file);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === SECRET_SIZE && bytes.toString('base64') === text) {
    return new Uint8Array(bytes);
  }
  throw new UsageError(`${file}: expected ${SECRET_SIZE} bytes in base64, got another text`);
}

function readPublicKey(file: string): Uint8Array {
  try {
    return decodePublicKey(readText(file).trim());
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new UsageError(`${file}: expected a public key in base64: ${error.message}`);
  }
}

function readVerifier(config: AndroidConfig): AndroidVerifier {
  const { packageName, apkDigests, leafDates, softwareKeys, revoked, roots } = config;
  return createAndroidVerifier({
    packageName,
    apkDigests,
    leafDates,
    softwareKeys,
    roots: roots.flatMap(readCertificates),
    ...(revoked === undefined ? {} : { revoked: readSerials(revoked) }),
  });
}

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

function readCertificates(file: string): Uint8Array[] {
  const found = [...readText(file).matchAll(PEM)];
  if (found.length === 0) throw new UsageError(`${file}: expected certificates in PEM, got none`);
  return found.map(([, base64 = '']) => new Uint8Array(Buffer.from(base64, 'base64')));
}

function readSerials(file: string): ReadonlySet<string> {
  const lines = readText(file).split(/\r?\n/);
  const serials = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const odd = serials.find((line) => !/^[0-9a-f]{1,64}$/.test(line));
  if (odd === undefined) return new Set(serials);
  throw new UsageError(`${file}: expected serial numbers in lower-case hex, got another line`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(file, 'a file that can be read', error);
  }
}
