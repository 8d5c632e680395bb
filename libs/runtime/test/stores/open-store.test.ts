/** Which URLs are stores, and what is said of those that are not. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createS3Store, openStore } from '../../src/stores/index.ts';
import { createAddresses } from '../../src/stores/s3/address.ts';
import { text, utf8 } from './contract.ts';

const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

test('a path is a folder', async () => {
  const root = mkdtempSync(join(tmpdir(), 'priolab-open-'));
  const steps: string[] = [];
  const store = openStore(root, {}, { onStep: (step) => void steps.push(step) });
  expect(await store.put('k', utf8('x'))).toBe(true);
  expect(text(await openStore(`${root}/`, {}).get('k'))).toBe('x');
  expect(steps).toContain('store.linked');
  rmSync(root, { recursive: true });
});

test.each([
  ['gs://bucket', /expected a folder's path or s3:\/\/region\/bucket.*, got gs:\/\/\.\.\.$/],
  ['file:///tmp', /expected a folder's path/],
  ['s3://bucket', /s3:\/\/region\/bucket/],
  ['s3://', /s3:\/\/region\/bucket/],
  ['s3://region//x', /s3:\/\/region\/bucket/],
  ['', /got nothing/],
  ['s3://Region/bucket', /S3 region/],
  ['s3://region/B', /S3 bucket/],
  ['s3://region/bucket/../x', /S3 prefix/],
  ['s3://region/bucket//x', /S3 prefix/],
])('%j is refused', (url, message) => {
  expect(() => openStore(url, keys)).toThrow(message);
  expect(() => openStore(url, keys)).toThrow(
    expect.objectContaining({ code: 'store-settings' }) as Error,
  );
});

test('credentials are needed, and never told', () => {
  expect(() => openStore('s3://us-east-1/bucket', {})).toThrow(/AWS_ACCESS_KEY_ID/);
  const bad = { ...keys, AWS_SECRET_ACCESS_KEY: 'pass word\n' };
  expect(() => openStore('s3://us-east-1/bucket', bad)).toThrow(/^S3 secretAccessKey: expected/);
  const url = 'http://user:password@127.0.0.1:1';
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) {
    expect(() => openStore('s3://us-east-1/bucket', { ...keys, [name]: url })).toThrow(
      /^S3 endpoint: expected no user/,
    );
  }
  expect(() =>
    createS3Store({
      region: 'us-east-1',
      bucket: 'bucket',
      partBytes: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }),
  ).toThrow(/part size/);
});

test('addresses by the host or the path', () => {
  const region = 'eu-west-3';
  const odd = "a b/c+d/(e)'é%2e";
  const encoded = 'a%20b/c%2Bd/%28e%29%27%C3%A9%252e';
  const virtual = createAddresses({ region, bucket: 'bucket' });
  expect(virtual(odd)).toBe(`https://bucket.s3.eu-west-3.amazonaws.com/${encoded}`);
  expect(virtual('', { prefix: 'a/ &' })).toBe(
    'https://bucket.s3.eu-west-3.amazonaws.com/?prefix=a%2F%20%26',
  );
  const dotted = createAddresses({ region, bucket: 'my.bucket' });
  expect(dotted('k')).toBe('https://s3.eu-west-3.amazonaws.com/my.bucket/k');
  const own = createAddresses({ region, bucket: 'bucket', endpoint: 'http://host:9000/s3/' });
  expect(own(odd)).toBe(`http://host:9000/s3/bucket/${encoded}`);
  expect(own('', { uploads: '' })).toBe('http://host:9000/s3/bucket?uploads=');
  const endpoint = 'https://r2.example';
  const both = createAddresses({ region, bucket: 'bucket', endpoint, addressing: 'virtual-host' });
  expect(both('k')).toBe('https://bucket.r2.example/k');
});
