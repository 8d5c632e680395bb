/**
 * The store in S3 on a server that others wrote, which ignores conditions (so that
 * writers at once are another file's) and signatures but for who signed.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createS3Store, openStore } from '../../../src/stores/index.ts';
import { chunks, keepsTheContract, pattern, readAll, text, utf8 } from '../contract.ts';

interface Server {
  run(): Promise<{ port: number }>;
  close(): Promise<void>;
}
const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => Server;

const directory = mkdtempSync(join(tmpdir(), 'priolab-s3-'));
const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
let server: Server;
let endpoint = '';
let stores = 0;

beforeAll(async () => {
  const configureBuckets = [{ name: 'bucket' }];
  const options = { port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets };
  server = new S3rver(options);
  endpoint = `http://127.0.0.1:${(await server.run()).port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const settings = () => ({ region: 'us-east-1', bucket: 'bucket', endpoint, credentials });
const freshStore = () =>
  createS3Store({ ...settings(), prefix: `store ${++stores}`, conditionalPut: 'check-first' });

describe('in S3, looked for first', () =>
  keepsTheContract({ open: freshStore, isRemote: true, isAtomic: false }));

test('an object of several parts is written and read', async () => {
  const store = createS3Store({ ...settings(), prefix: 'parts', conditionalPut: 'check-first' });
  const bytes = pattern(17_000_000);
  const parts = [bytes.subarray(0, 9_000_000), bytes.subarray(9_000_000)];
  expect(await store.write('k', chunks(...parts))).toBe(true);
  expect(Buffer.compare((await readAll(store, 'k'))!.bytes, bytes)).toBe(0);
  expect(await store.write('k', chunks(utf8('other')))).toBe(false);
  expect(await store.stat('k')).toMatchObject({ size: 17_000_000 });
  const broken = new Error('the source broke');
  await expect(store.write('other', chunks(bytes, broken))).rejects.toBe(broken);
  expect(await store.list('')).toEqual(['k']);
});

test('a store is opened by its URL and the environment', async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_S3: endpoint,
  };
  const how = { conditionalPut: 'check-first' } as const;
  const store = openStore('s3://us-east-1/bucket/by/url', environment, how);
  expect(await store.put('k', utf8('x'))).toBe(true);
  const whole = openStore('s3://us-east-1/bucket', environment, how);
  expect(await whole.list('by/')).toEqual(['by/url/k']);
  expect(text(await whole.get('by/url/k'))).toBe('x');
});

test('a wrong key and a bucket that is not there are errors, without the key', async () => {
  const wrong = { accessKeyId: 'SOMEBODY', secretAccessKey: 'not-the-right-one' };
  const store = createS3Store({ ...settings(), credentials: wrong });
  const refused = { code: 'refused', retryable: false, definite: true };
  const calls = [() => store.put('k', utf8('x')), () => store.get('k'), () => store.list('')];
  for (const call of calls) {
    const error = await call().then(
      () => undefined,
      (problem: unknown) => problem,
    );
    expect(error).toMatchObject(refused);
    expect(JSON.stringify([String(error), error])).not.toMatch(/not-the-right-one|Signature=/);
  }
  const elsewhere = createS3Store({ ...settings(), bucket: 'nowhere' });
  const missing = { code: 'not-found', retryable: false, definite: true };
  await expect(elsewhere.get('k')).rejects.toMatchObject(missing);
  await expect(elsewhere.put('k', utf8('x'))).rejects.toMatchObject(missing);
  await expect(elsewhere.list('')).rejects.toMatchObject(missing);
});
