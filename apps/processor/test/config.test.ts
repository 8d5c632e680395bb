/** The configuration: what is read, what is refused, and how that is told. ENPA section 6.7. */

import { UsageError, readManifestText, readPacketKey, readSigningKey } from '@priolab/service';

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { LEGACY, readConfig } from '../src/config.ts';
import { openDesk } from '../src/service/open.ts';
import { INSTANCE, createDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';

let folder: string;
let deployment: Deployment;
let valid: Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-config-'));
  deployment = await createDeployment(folder);
  valid = JSON.parse(readFileSync(deployment.config('leader'), 'utf8')) as typeof valid;
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(config: unknown, name = 'config.json') {
  const file = join(folder, name);
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  return readConfig(file);
}

/** The lines of what is wrong, without the file's name. */
function problems(config: unknown): string[] {
  try {
    read(config);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const lines = (error as Error).message.split('\n');
    const prefix = `${join(folder, 'config.json')}: `;
    for (const line of lines) expect(line.startsWith(prefix)).toBe(true);
    return lines.map((line) => line.slice(prefix.length));
  }
  return [];
}

const instanceOf = (change: object) => ({
  ...valid,
  instances: {
    [INSTANCE]: { ...(valid['instances'] as Record<string, object>)[INSTANCE], ...change },
  },
});

describe('a configuration that is read', () => {
  test('has paths from its own folder, and defaults for what is left out', () => {
    const { schedule, clockFile, ...rest } = valid;
    expect([schedule, clockFile]).not.toContain(undefined);
    const config = read(rest);
    expect(config.instances[0]).toMatchObject({
      name: INSTANCE,
      ingestorManifest: join(folder, 'manifests/ingestor.json'),
    });
    expect(config.instances[0]!.aggregations).toBeUndefined();
    expect(config.state).toBe(`sqlite:${join(folder, 'leader-state.db')}`);
    expect(config).toMatchObject({
      role: 'leader',
      peer: 'priolab',
      singleObjectValidations: false,
      arithmetic: 'service',
    });
    expect([config.listen, config.clockFile]).toEqual([undefined, undefined]);
    expect([...config.legacy]).toEqual([]);
    const hour = 3_600_000;
    expect(config.schedule).toEqual({
      aggregationPeriodMs: 8 * hour,
      graceMs: 4 * hour,
      peerPatienceMs: 24 * hour,
      intakeMaxAgeMs: 7 * 24 * hour,
      scanEveryMs: 60_000,
      leaseMs: 600_000,
      attemptsMax: 5,
      manifestsEveryMs: 300_000,
      keepMs: 1000 * 14 * 86_400,
    });
  });

  test('leaves URLs and absolute paths alone', () => {
    const change = { ingestion: 's3://eu-north-1/bucket/prefix', validations: '/srv/validations' };
    const [instance] = read(instanceOf(change)).instances;
    expect(instance).toMatchObject(change);
    const state = 'postgres://user@host/database';
    expect(read({ ...valid, state }).state).toBe(state);
    expect(read({ ...valid, state: 'sqlite::memory:' }).state).toBe('sqlite::memory:');
    const portalManifest = 'https://example.org/global-manifest.json';
    expect(read({ ...valid, portalManifest })).toMatchObject({ portalManifest });
  });

  test('is seen from this machine alone unless it says otherwise', () => {
    const listen = (value: object) => read({ ...valid, listen: value }).listen;
    expect(listen({ port: 9090 })).toEqual({ host: '127.0.0.1', port: 9090 });
    expect(listen({ port: 0, host: '::' })).toEqual({ host: '::', port: 0 });
  });

  test('has every behaviour of 2021 by its name', () => {
    expect([...read({ ...valid, legacy: LEGACY }).legacy]).toEqual(LEGACY);
  });
});

describe('a configuration that is refused', () => {
  const cases: [string, unknown, string][] = [
    ['format', { format: 2 }, 'format: got 2, allowed: 1'],
    ['role', { role: 'isrg' }, 'role: got "isrg", allowed: leader, helper'],
    ['no instance', { instances: {} }, 'instances: got an object, allowed: at least one member'],
    [
      'an instance’s name',
      { instances: { 'US/WA': {} } },
      'instances.US/WA: got another name, allowed: lower-case letters, digits, "-"',
    ],
    ['portalManifest', { portalManifest: '' }, 'portalManifest: got "", allowed: a path or URL'],
    [
      'state',
      { state: 'postgress://me:secret@x' },
      'state: got another text, allowed: sqlite:PATH or postgres://...',
    ],
    ['packetKeys', { packetKeys: [] }, 'packetKeys: got a list of 0, allowed: a list of 1 to 32'],
    [
      'signingKey',
      { signingKey: { id: 'ä', file: 'x' } },
      'signingKey.id: got "ä", allowed: a key identifier',
    ],
    ['peer', { peer: 'nih' }, 'peer: got "nih", allowed: priolab, prio-server'],
    ['legacy', { legacy: ['x'] }, `legacy[0]: got "x", allowed: ${LEGACY.join(', ')}`],
    [
      'a number as text',
      { listen: { port: '80' } },
      'listen.port: got "80", allowed: a whole number from 0 to 65535',
    ],
    [
      'a switch as text',
      { singleObjectValidations: 'yes' },
      'singleObjectValidations: got "yes", allowed: true or false',
    ],
    ['arithmetic', { arithmetic: 'fast' }, 'arithmetic: got "fast", allowed: service, simulation'],
    [
      'a period that is no divisor of the day',
      { schedule: { aggregationPeriodSeconds: 7 * 3600 } },
      'schedule.aggregationPeriodSeconds: got 25200, allowed: whole minutes, a divisor of the day',
    ],
    [
      'half an attempt',
      { schedule: { attemptsMax: 1.5 } },
      'schedule.attemptsMax: got 1.5, allowed: a whole number from 1 to 1000',
    ],
    [
      'a negative pause',
      { schedule: { graceSeconds: -1 } },
      'schedule.graceSeconds: got -1, allowed: a number from 0 to 31622400',
    ],
  ];

  test.each(cases)('%s', (_, change, problem) => {
    expect(problems({ ...valid, ...(change as object) })).toContain(problem);
  });

  test.each(['task-markers', '', 'a/b', '.hidden'])('the aggregation "%s"', (name) => {
    const [problem] = problems(instanceOf({ aggregations: [name] }));
    expect(problem).toMatch(/^instances\.us-wa-apple\.aggregations\[0\]: got .*, allowed: letters/);
  });

  test('tells all problems at once, and ten at most', () => {
    const lines = problems({ ...valid, role: 'x', peer: 'y', packetKeys: [1], unknown: true });
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).toContain('unknown: got an unknown key, allowed: format, role');
    const legacy = LEGACY.map(() => 'x');
    const many = problems({ ...valid, legacy, role: 1, peer: 1, packetKeys: [1, 1, 1, 1] });
    expect(many).toHaveLength(11);
    expect(many.at(-1)).toBe('and 3 more problems');
  });

  test('names what is missing', () => {
    const { signingKey, ...rest } = valid;
    expect(signingKey).toBeDefined();
    expect(problems(rest)).toEqual(['signingKey: got nothing, allowed: an object']);
    const instances = { [INSTANCE]: {} };
    expect(problems({ ...valid, instances })).toHaveLength(4);
  });

  test.each([
    ['text that is not JSON', '{"signingKey": "MIGHAgEA', /^got text that is not JSON/],
    ['no object', '[]', /^document: got a list of 0, allowed: an object/],
    ['null', 'null', /^document: got null, allowed: an object/],
  ])('%s', (_, text, expected) => {
    const [problem] = problems(text);
    expect(problem).toMatch(expected);
    expect(problem).not.toContain('MIGHAgEA');
  });

  test('a file that is not there', () => {
    expect(() => readConfig(join(folder, 'none.json'))).toThrow(
      /none\.json: got ENOENT, allowed: a file/,
    );
  });

  test('long values are not quoted', () => {
    const [problem] = problems({ ...valid, role: 'x'.repeat(500) });
    expect(problem).toBe('role: got a string of 500 characters, allowed: leader, helper');
  });
});

describe('key files', () => {
  test('that others can read are refused', () => {
    const file = deployment.path('keys/leader.packet-key');
    const open = join(folder, 'open.packet-key');
    writeFileSync(open, readFileSync(file));
    for (const mode of [0o640, 0o604, 0o666]) {
      chmodSync(open, mode);
      expect(() => readPacketKey(open)).toThrow(/expected mode 600, got 6/);
    }
    expect(readPacketKey(file).scalar).toHaveLength(32);
  });

  test('of the other kind, cut or missing are refused, and not quoted', () => {
    const packet = deployment.path('keys/leader.packet-key');
    const signing = deployment.path('keys/leader.signing-key');
    const text = readFileSync(packet, 'utf8').trim();
    const cut = join(folder, 'cut.packet-key');
    writeFileSync(cut, text.slice(0, 60), { mode: 0o600 });
    const attempts = [
      () => readSigningKey(packet),
      () => readPacketKey(signing),
      () => readPacketKey(cut),
      () => readPacketKey(join(folder, 'none')),
    ];
    for (const attempt of attempts) {
      expect(attempt).toThrow(UsageError);
      expect(attempt).not.toThrow(text.slice(0, 12));
    }
  });
});

describe('manifests', () => {
  const open = (config: unknown) => openDesk(read(config), { environment: {}, writeLog: () => {} });

  test.each(['http://example.org/manifest.json', 'ftp://example.org/x', 'file:///etc/hosts'])(
    '%s is no place for one',
    async (place) => {
      await expect(readManifestText(place)).rejects.toThrow(/allowed: an https URL or a path/);
    },
  );

  test('that are missing or of another kind are told before any work begins', async () => {
    const portal = deployment.path('manifests/portal.json');
    const bad: [object, RegExp][] = [
      [{ ...valid, portalManifest: 'manifests/none.json' }, /none\.json.*ENOENT/],
      [{ ...valid, portalManifest: 'manifests/ingestor.json' }, /ingestor\.json.*facilitator-sum/s],
      [instanceOf({ peerManifest: portal }), /portal\.json.*peer-validation-bucket/s],
      [instanceOf({ ingestorManifest: portal }), /portal\.json.*batch-signing-public-keys/s],
    ];
    for (const [config, expected] of bad) {
      const attempt = open(config);
      await expect(attempt).rejects.toThrow(expected);
      await expect(attempt).rejects.toMatchObject({
        code: expect.stringMatching(/^(usage|manifest)$/) as string,
      });
    }
  });

  test('a bucket that no store opens is told', async () => {
    const attempt = open(instanceOf({ ingestion: 'gs://bucket' }));
    await expect(attempt).rejects.toThrow(/s3:\/\/region\/bucket/);
  });
});
