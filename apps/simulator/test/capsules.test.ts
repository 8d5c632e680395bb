/**
 * Capsules of runs that went red for different faults, repeated in another clone with other numbers
 * of workers; and exit codes by what kind of oracle is red. Through the real command line.
 */

import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { createClone } from './clone.ts';
import { createCli } from './fixture.ts';

const clone = createClone();
const here = createCli();
const there = createCli(clone);
afterAll(() => {
  for (const path of [here.folder, there.folder, clone]) rmSync(path, { recursive: true });
});

const timed = {
  clock: 'simulated',
  population: { reports: 40, states: ['us-wa'] },
  services: { ingestion: { batchEvery: '6h' } },
};

const red = [
  {
    name: 'tampered',
    what: 'a sum that a processor changed',
    change: { ...timed, nemesis: [{ id: 'mal.tamper_sum' }], expect: ['sum.exact'] },
    code: 1,
    failed: 'sum.exact',
  },
  {
    name: 'forbidden',
    what: 'an event that may not be',
    change: {
      ...timed,
      nemesis: [{ id: 'net.drop', p: 0.3 }],
      expect: ['conserve', { kind: 'never', id: 'upload.retried' }],
    },
    code: 1,
    failed: 'never upload.retried',
  },
  {
    name: 'told',
    what: 'a batch that names its senders',
    change: { ...timed, nemesis: [{ id: 'ing.metadata_leak' }], expect: ['leak.scan'] },
    code: 4,
    failed: 'leak.scan',
  },
  {
    name: 'stuck',
    what: 'a processor that always dies before it has written',
    change: { ...timed, nemesis: [{ id: 'proc.crash', at: 'helper' }], expect: ['live'] },
    code: 5,
    failed: 'live',
  },
  {
    name: 'lone',
    what: 'a batch that only one side lost, as the servers of 2021 treated it',
    change: {
      ...timed,
      services: { ingestion: { batchEvery: '2h' }, legacy: ['peer-intersection'] },
      nemesis: [{ id: 'proc.peer_missing', at: 'helper', p: 0.5 }],
      expect: ['sets.equal'],
    },
    code: 1,
    failed: 'sets.equal',
  },
  {
    name: 'large',
    what: 'forgeries on the wall clock, where workers share the reports, and a limit out of reach',
    change: {
      population: { reports: 600, states: ['us-wa', 'us-md'] },
      adversaries: [{ id: 'cli.forge', share: 0.1 }],
      expect: ['noforge', { id: 'memory', atMostMiB: 1 }],
    },
    code: 3,
    failed: 'memory',
  },
];

describe.each(red)('$code: $what', ({ name, change, code, failed }) => {
  const file = here.scenarioFile(name, change);
  const first = here.priolab('run', file, '--workers', '1', '--out', 'first');
  const [run] = readdirSync(join(here.folder, 'first')).filter((one) => one.startsWith(name));
  const folder = join(here.folder, 'first', run ?? '');

  test('the run is red for that', () => {
    expect(first.out).toContain(`fail ${failed}`);
    expect(first.code).toBe(code);
  });

  test('in another clone and with three workers the capsule gives the same', () => {
    const again = there.priolab('replay', join(folder, 'capsule.json'), '--workers', '3');
    expect(again.err).toBe('');
    expect(again.out).toMatch(/^SAME as the capsule: result [0-9a-f]{16}/m);
    expect(again.out).toContain(`fail ${failed}`);
    expect(again.code).toBe(code);
  });

  if (name !== 'tampered' && name !== 'large') return;
  test('and the scenario the same fates', () => {
    there.priolab('run', file, '--workers', '2', '--out', 'second');
    const other = join(there.folder, 'second', basename(folder));
    for (const one of ['fates.bin', 'scenario.json']) {
      expect(readFileSync(join(other, one))).toEqual(readFileSync(join(folder, one)));
    }
  });
});
