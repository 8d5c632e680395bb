/**
 * On what the two processors run: folders and SQLite, or an S3 server of this process and schemas
 * in a PostgreSQL server. Each run gets empty buckets and state of its own.
 */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import type { ProcessorRole } from '@priolab/roles';
import { openDatabase } from '@priolab/runtime/database';
import { openStore } from '@priolab/runtime/stores';
import type { StreamingStore } from '@priolab/runtime/stores';

import { ROLES } from '../deployment.ts';

export type MachineKind = 'files' | 'servers';
export const MACHINE_NAMES: Readonly<Record<MachineKind, string>> = {
  files: 'files and SQLite',
  servers: 'S3 and PostgreSQL',
};
export const POSTGRES_VARIABLE = 'PRIOLAB_POSTGRES';
const BUCKETS = ROLES.flatMap((role) =>
  ['ingestion', 'validations', 'sums'].map((kind) => `${role}-${kind}`),
);
/** Where a file store keeps what is no object yet (`libs/runtime/src/stores/object-key.ts`). */
const UNFINISHED = '.priolab-unfinished';

/** Room for one run. */
export interface Room {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly scanEverySeconds: number;
  bucket(name: string): string;
  state(role: ProcessorRole): string;
  store(name: string): StreamingStore;
  /** Every object, by bucket and key. */
  objects(): Promise<Map<string, Uint8Array>>;
  /** Files in the buckets that are neither objects nor in the store's own place. */
  strays(objects: ReadonlyMap<string, Uint8Array>): string[];
  remove(): Promise<void>;
}

export interface Machine {
  readonly kind: MachineKind;
  openRoom(): Room;
  close(): Promise<void>;
}

export async function openMachine(kind: MachineKind): Promise<Machine> {
  return kind === 'files' ? openFiles() : openServers();
}

function openFiles(): Machine {
  return {
    kind: 'files',
    close: async () => {},
    openRoom() {
      const folder = mkdtempSync(join(tmpdir(), 'priolab-sweep-'));
      const bucket = (name: string): string => join(folder, 'buckets', name);
      const store = (name: string): StreamingStore => openStore(bucket(name), {});
      return {
        folder,
        environment: {},
        scanEverySeconds: 0.05,
        bucket,
        state: (role) => `sqlite:${join(folder, `${role}.db`)}`,
        store,
        objects: () => readObjects(store),
        strays: (objects) => straysIn(join(folder, 'buckets'), objects),
        remove: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

function straysIn(root: string, objects: ReadonlyMap<string, Uint8Array>): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !objects.has(path) && path.split('/')[1] !== UNFINISHED);
}

interface S3Server {
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}

async function openServers(): Promise<Machine> {
  const url = process.env[POSTGRES_VARIABLE];
  if (url === undefined) throw new Error(`${POSTGRES_VARIABLE} is not set`);
  const directory = mkdtempSync(join(tmpdir(), 'priolab-sweep-s3-'));
  // A development dependency of the stores.
  const require = createRequire(new URL('../../../../libs/runtime/package.json', import.meta.url));
  const S3rver = require('s3rver') as new (options: object) => S3Server;
  const configureBuckets = [{ name: 'bucket' }];
  const options = { port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets };
  const server = new S3rver(options);
  const { port } = await server.run();
  const environment = {
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    // This server ignores conditions; each name here has one writer.
    PRIOLAB_S3_CONDITIONAL_PUT: 'check-first',
  };
  return {
    kind: 'servers',
    openRoom: () => openServerRoom(url, { environment, files: join(directory, 'bucket') }),
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** @param server `files`: where it keeps the bucket */
function openServerRoom(
  url: string,
  server: { readonly environment: Readonly<Record<string, string>>; readonly files: string },
): Room {
  const { environment } = server;
  const folder = mkdtempSync(join(tmpdir(), 'priolab-sweep-'));
  const id = randomUUID().replaceAll('-', '').slice(0, 12);
  const bucket = (name: string): string => `s3://us-east-1/bucket/${id}/${name}`;
  const schemaOf = (role: ProcessorRole): string => `sweep_${id}_${role}`;
  const store = (name: string): StreamingStore =>
    openStore(bucket(name), environment, { conditionalPut: 'check-first' });
  return {
    folder,
    environment,
    // The S3 server is this process, and a list costs it 20 ms of its core.
    scanEverySeconds: 0.5,
    bucket,
    state(role) {
      const own = new URL(url);
      own.searchParams.set('schema', schemaOf(role));
      return own.href;
    },
    store,
    objects: () => readObjects(store),
    strays: () => [],
    async remove() {
      rmSync(folder, { recursive: true, force: true });
      // It looks at all that is there for each list.
      rmSync(join(server.files, id), { recursive: true, force: true });
      const database = await openDatabase(url);
      for (const role of ROLES) {
        await database.execute(`DROP SCHEMA IF EXISTS ${schemaOf(role)} CASCADE`);
      }
      await database.close();
    },
  };
}

async function readObjects(
  store: (name: string) => StreamingStore,
): Promise<Map<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>();
  for (const name of BUCKETS) {
    const bucket = store(name);
    for (const key of await bucket.list(''))
      objects.set(`${name}/${key}`, (await bucket.get(key))!);
  }
  return objects;
}
