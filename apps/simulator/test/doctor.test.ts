/** `priolab doctor`: each check sees what it is for, nothing secret is told; what comes of it. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createBackend } from '@priolab/crypto';
import type { BackendName, CryptoBackend } from '@priolab/crypto';
import { DRIFT_LIMIT } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { checkBackends } from '../src/doctor/backends.ts';
import { lookAtAll, ok } from '../src/doctor/finding.ts';
import {
  checkClock,
  checkMemory,
  checkNode,
  checkNoise,
  checkSimd,
  measure,
} from '../src/doctor/machine.ts';
import {
  checkChromium,
  checkGit,
  checkPostgres,
  checkVectors,
  withoutSecrets,
} from '../src/doctor/optional.ts';
import { checkBundles, checkRuns } from '../src/doctor/places.ts';
import { createCli } from './fixture.ts';

const own = mkdtempSync(join(tmpdir(), 'priolab-doctor-test-'));
const none = { PRIOLAB_POSTGRES: undefined, PRIOLAB_CHROMIUM: undefined };
const plain = createCli(undefined, { within: none });
afterAll(() => {
  for (const folder of [own, plain.folder]) rmSync(folder, { recursive: true });
});

describe('backends', () => {
  test('all of them are right', () => {
    expect(checkBackends()()).toEqual(
      ok('noble, node, wasm give the published answers and the same bytes'),
    );
  });

  /** Flips a bit of what an operation of one backend puts out. */
  const spoiled =
    (spoil: BackendName, change: (backend: CryptoBackend) => Partial<CryptoBackend>) =>
    (name: BackendName): CryptoBackend => {
      const backend = createBackend(name);
      return name === spoil ? { ...backend, ...change(backend) } : backend;
    };

  test.each<[string, (backend: CryptoBackend) => Partial<CryptoBackend>]>([
    [
      'another SHA-256',
      (backend) => ({
        sha256(...args) {
          backend.sha256(...args);
          args[4].bytes[0]! ^= 1;
        },
      }),
    ],
    [
      'another AES-CTR',
      (backend) => ({
        keystream(...args) {
          backend.keystream(...args);
          args[3].bytes[31]! ^= 1;
        },
      }),
    ],
    [
      'another ECDSA s',
      (backend) => ({
        sign(block) {
          backend.sign(block);
          block.signatures.bytes[63]! ^= 1;
        },
      }),
    ],
    [
      'another envelope',
      (backend) => ({
        seal(block) {
          backend.seal(block);
          block.sealed.bytes[0]! ^= 1;
        },
      }),
    ],
  ])('one with %s is a problem', (what, change) => {
    const { level, found } = checkBackends(spoiled('wasm', change))();
    expect(level).toBe('problem');
    expect(found).toContain(`wasm: ${what} than it should be`);
    expect(found).not.toMatch(/noble|node/);
  });

  test('one that does not start is a problem, and the others are still looked at', () => {
    const { level, found } = checkBackends((name) => {
      if (name === 'wasm') throw new Error('no SIMD');
      return createBackend(name);
    })();
    expect({ level, found }).toEqual({ level: 'problem', found: "wasm can't be used: no SIMD" });
  });
});

describe('the machine', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
    ['20.18.9', 'problem'],
    ['9.99.0', 'problem'],
  ])('Node %s: %s', (version, level) => {
    expect(checkNode('>=20.19', version).level).toBe(level);
  });

  test('vectors of WebAssembly, by a module that is valid with them only', () => {
    expect(checkSimd().level).toBe('ok');
    expect(checkSimd(() => false).level).toBe('problem');
    const seen: Uint8Array[] = [];
    checkSimd((bytes) => seen.push(bytes) > 0);
    // What the last instruction but one is: i8x16.splat.
    expect([...seen[0]!.subarray(-3)]).toEqual([0xfd, 0x0f, 0x0b]);
  });

  test('memory', () => {
    const [mib, total] = [2 ** 20, 2 ** 33];
    expect(checkMemory(2048 * mib, total)).toEqual(ok('2,048 MiB available of 8,192 MiB'));
    expect(checkMemory(512 * mib, total).level).toBe('note');
    expect(checkMemory(100 * mib, total).level).toBe('problem');
  });

  test('a clock of fine and of coarse steps', () => {
    const clock = (step: number) => {
      let now = 0;
      return () => (now += step / 2) - (now % step);
    };
    expect(checkClock(clock(0.25)).level).toBe('ok');
    expect(checkClock(clock(16))).toMatchObject({ level: 'note', found: 'steps of 1.6e+4 us' });
    expect(checkClock().level).toBe('ok');
  });

  test('noise: an even machine, an uneven one, a busy one, one whose time is stolen', () => {
    const even = { unitsUs: [100, 101, 102], wallMs: 100, cpuMs: 99, stolen: 0 };
    expect(checkNoise(even).level).toBe('ok');
    const uneven = checkNoise({ ...even, unitsUs: [100, 101, 100 * DRIFT_LIMIT + 1] });
    expect(uneven).toMatchObject({ level: 'note', hint: expect.stringContaining('exit code 7') });
    expect(checkNoise({ ...even, cpuMs: 60 })).toMatchObject({
      level: 'note',
      found: expect.stringContaining('40 % of the time spent waiting'),
    });
    expect(checkNoise({ ...even, stolen: 0.3 }).level).toBe('note');
    const measured = measure();
    expect(Math.min(...measured.unitsUs)).toBeGreaterThan(0);
    expect(measured.cpuMs).toBeGreaterThan(0);
  });
});

describe('places', () => {
  test('runs: a folder, one that can be made, and none; nothing stays behind', () => {
    const before = readdirSync(own);
    expect(checkRuns(own).level).not.toBe('problem');
    expect(checkRuns(join(own, 'not/there/yet')).level).not.toBe('problem');
    expect(readdirSync(own)).toEqual(before);
    const file = join(own, 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      expect(checkRuns(path)).toMatchObject({ level: 'problem' });
    }
    expect(checkBundles(join(own, 'cache')).level).toBe('ok');
  });
});

describe('what may be missing', () => {
  test('PostgreSQL: not set, no such URL, nobody there; its password is never told', async () => {
    expect((await checkPostgres({})).level).toBe('note');
    for (const url of [
      'postgres://me:s3cret@127.0.0.1:1/db?password=s3cret',
      'postgres:me:s3cret@host',
      'mysql://me:s3cret@host/db',
      's3cret',
    ]) {
      const finding = await checkPostgres({ PRIOLAB_POSTGRES: url });
      expect(finding.level).toBe('problem');
      expect(JSON.stringify(finding)).not.toContain('s3cret');
    }
    expect(withoutSecrets('postgres://me:s3cret@host:5432/db?sslkey=s3cret')).toBe(
      'postgres://host:5432/db',
    );
  });

  const server = process.env['PRIOLAB_POSTGRES'];
  const skipped = server === undefined ? ' (skipped: PRIOLAB_POSTGRES is not set)' : '';
  test.skipIf(server === undefined)(`PostgreSQL that is there${skipped}`, async () => {
    const { level, found } = await checkPostgres({ PRIOLAB_POSTGRES: server });
    expect(level).toBe('ok');
    expect(found).toMatch(/^PostgreSQL \d+.* at postgres/);
  });

  test('Chromium: on the path, by its name, named wrongly, none', () => {
    const bin = join(own, 'bin');
    mkdirSync(bin);
    const chromium = join(bin, 'chromium');
    writeFileSync(chromium, '', { mode: 0o755 });
    expect(checkChromium({ PATH: bin })).toEqual(ok(chromium));
    expect(checkChromium({ PRIOLAB_CHROMIUM: chromium })).toEqual(ok(chromium));
    expect(checkChromium({ PRIOLAB_CHROMIUM: join(bin, 'none') }).level).toBe('problem');
    expect(checkChromium({ PATH: own }).level).toBe('note');
  });

  test('vectors: beside, named, named wrongly, required, none', () => {
    const missing = join(own, 'missing');
    expect(checkVectors({}, own).level).toBe('ok');
    expect(checkVectors({ PRIOLAB_VECTORS: own }, missing).level).toBe('ok');
    expect(checkVectors({ PRIOLAB_VECTORS: missing }, own).level).toBe('problem');
    expect(checkVectors({ PRIOLAB_REQUIRE_VECTORS: '1' }, missing).level).toBe('problem');
    expect(checkVectors({}, missing).level).toBe('note');
  });

  test('a clone without commits', () => {
    expect(checkGit('unknown').level).toBe('note');
  });
});

test('a check that breaks is a problem, and the next one is made', async () => {
  const broken = { id: 'a', look: () => Promise.reject(new Error('broken')) };
  const findings = await lookAtAll([broken, { id: 'b', look: () => ok('fine') }]);
  expect(findings).toMatchObject([
    { id: 'a', level: 'problem', found: "can't be found out: broken" },
    { id: 'b', level: 'ok' },
  ]);
});

describe('the command', () => {
  test('on a machine that will do: exit code 0, notes or not; as text and as JSON', () => {
    const { code, out } = plain.priolab('doctor');
    expect(out).toMatch(/^ok +node +v\d+/);
    expect(out).toMatch(/^note +postgres +PRIOLAB_POSTGRES is not set/m);
    expect(out).toMatch(/^\d+ ok, \d+ note, 0 problem \(exit code 0\)$/m);
    expect(code).toBe(0);
    expect(readdirSync(plain.folder)).toEqual([]);
  });

  test('with a problem: exit code 2, and no password in it', () => {
    const PRIOLAB_POSTGRES = 'postgres://me:s3cret@127.0.0.1:1/db';
    const ill = createCli(undefined, { within: { ...none, PRIOLAB_POSTGRES } });
    const { code, out, err } = ill.priolab('doctor', '--json');
    rmSync(ill.folder, { recursive: true });
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out).not.toContain('s3cret');
    const document = JSON.parse(out) as { checks: { id: string; level: string }[] };
    expect(document).toMatchObject({ schema: 'priolab-doctor/1', exitCode: 2 });
    const problems = document.checks.filter(({ level }) => level === 'problem');
    expect(problems.map(({ id }) => id)).toEqual(['postgres']);
  });
});
