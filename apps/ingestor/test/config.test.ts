/** The configuration: what is read, what is refused, and how that is told. */

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { UsageError } from '@priolab/service';

import { readConfig } from '../src/config.ts';
import { readParts } from '../src/program/open.ts';
import { createDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { createPhones } from './phones.ts';

type Json = Record<string, unknown>;

const tasks = {
  apple: createPhones({ vendor: 'apple' }).task,
  google: createPhones({ vendor: 'google' }).task,
};
let folder: string;
let deployments: Record<'apple' | 'google', Deployment>;
let valid: Record<'apple' | 'google', Json>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-ingestor-config-'));
  const deploy = (vendor: 'apple' | 'google'): Deployment =>
    createDeployment(join(folder, vendor), { vendor, tasks: [tasks[vendor]] });
  deployments = { apple: deploy('apple'), google: deploy('google') };
  const json = (vendor: 'apple' | 'google'): Json =>
    JSON.parse(readFileSync(deployments[vendor].config('valid.json'), 'utf8')) as Json;
  valid = { apple: json('apple'), google: json('google') };
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(vendor: 'apple' | 'google', change: Json) {
  const file = join(folder, vendor, 'config.json');
  writeFileSync(file, JSON.stringify({ ...valid[vendor], ...change }));
  return readConfig(file);
}

function problem(vendor: 'apple' | 'google', change: Json): string {
  try {
    const config = read(vendor, change);
    readParts(config, {});
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  return 'none';
}

const locality = (change: Json): Json => ({
  localities: {
    'us-wa': { ...(valid.apple['localities'] as Record<string, Json>)['us-wa'], ...change },
  },
});
const aggregation = (id: string, change: Json): Json =>
  locality({ aggregations: { [id]: { bins: 4, epsilon: 64, windowSeconds: 28_800, ...change } } });

describe('what is read', () => {
  test.each(['apple', 'google'] as const)('%s: tasks are those of the phones', (vendor) => {
    const config = read(vendor, {});
    expect(config.tasks).toEqual([tasks[vendor]]);
    expect(config.localities[0]).toMatchObject({ name: 'us-wa', project: 'enpa-us-wa' });
    expect(config.state).toBe(`sqlite:${join(folder, vendor, 'state.db')}`);
    expect(readParts(config, {}).android === undefined).toBe(vendor === 'apple');
  });

  test('a metric of the catalogue has its own meaning', () => {
    const id = 'PeriodicExposureNotification-v1';
    const { tasks: found } = read('apple', aggregation(id, { bins: 5 }));
    expect(found[0]!.metric).toMatchObject({ id, bins: 5, layout: 'one-hot' });
  });

  test('limits and batches in seconds', () => {
    const config = read('apple', {
      limits: { ageSeconds: 7200, uploadsPerKey: 5 },
      batches: { everySeconds: 3, reportsMin: 10 },
    });
    expect(config.batchEveryMs).toBe(3000);
    expect(config.limits).toMatchObject({
      ageMsMax: 7_200_000,
      uploadsPerKeyMax: 5,
      batchReportsMin: 10,
    });
  });
});

describe('what is refused', () => {
  test.each<[string, () => Json, string]>([
    ['an unknown key', () => ({ secrets: 1 }), 'secrets: got an unknown key'],
    ['another format', () => ({ format: 2 }), 'format: got 2, allowed: 1'],
    ['another vendor', () => ({ vendor: 'x' }), 'vendor: got "x", allowed: apple, google'],
    ['no authority', () => ({ authorityKey: undefined }), 'authorityKey: got nothing'],
    ['documents at apple', () => ({ android: {} }), 'android: got an object, allowed: nothing'],
    ['no task', () => locality({ aggregations: {} }), 'at least one member'],
    ['a name that climbs', () => aggregation('..', {}), 'got another name'],
    ['a name with a slash', () => aggregation('a/b', {}), 'got another name'],
    [
      'other bins than the catalogue',
      () => aggregation('histogramMetric-v2', {}),
      '1344 for histogramMetric-v2',
    ],
    [
      'a window that divides no day',
      () => aggregation('x', { windowSeconds: 25_200 }),
      'a divisor of the day',
    ],
    ['a project of apple', () => locality({ project: 'x' }), 'projects are of google'],
    [
      'everybody as a proxy',
      () => ({ listen: { port: 1, trustedProxies: ['0.0.0.0/0'] } }),
      'listen.trustedProxies[0]: got "0.0.0.0/0", allowed: an address, or a range',
    ],
    ['a port', () => ({ listen: { port: 70_000 } }), 'listen.port: got 70000'],
    [
      'a password in a wrong URL',
      () => ({ state: 'mysql://me:hunter2@x' }),
      'sqlite:PATH or postgres://',
    ],
    ['a file that is not there', () => ({ secret: 'keys/none' }), 'ENOENT'],
    [
      'a secret that is none',
      () => ({ secret: 'keys/ingestor.signing-key' }),
      'expected 32 bytes in base64',
    ],
    [
      'a key that is none',
      () => ({ authorityKey: 'keys/android-roots.pem' }),
      'expected a public key',
    ],
  ])('%s', (_name, change, message) => {
    const text = problem('apple', change());
    expect(text).toContain(message);
    expect(text).not.toContain('hunter2');
  });

  test.each<[string, Json, string]>([
    [
      'no one to trust',
      { android: undefined, authorityKey: undefined },
      'android, authorityKey or both',
    ],
    [
      'roots that are none',
      {
        android: {
          packageName: 'a.b',
          roots: ['keys/authority.pub'],
          apkDigests: ['00'.repeat(32)],
        },
      },
      'expected certificates in PEM',
    ],
    [
      'a digest',
      { android: { packageName: 'a.b', roots: ['x'], apkDigests: ['zz'] } },
      '64 lower-case hex digits',
    ],
  ])('of google: %s', (_name, change, message) => {
    expect(problem('google', change)).toContain(message);
  });

  test('a secret that others can read', () => {
    const file = join(folder, 'apple', 'keys/ingestor.secret');
    chmodSync(file, 0o640);
    expect(problem('apple', {})).toContain('expected mode 600, got 640');
    chmodSync(file, 0o600);
    expect(problem('apple', {})).toBe('none');
  });
});
