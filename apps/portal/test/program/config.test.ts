/** The configuration: CONFIGURATION.md has an example, and what is wrong is told all at once. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { temporaryFolder } from '../databases.ts';

function read(config: unknown) {
  const file = join(temporaryFolder(), 'portal.json');
  writeFileSync(file, JSON.stringify(config));
  return readConfig(file);
}

test('the example of CONFIGURATION.md is a configuration, and shows the defaults', () => {
  const documentation = readFileSync(join(import.meta.dirname, '../../CONFIGURATION.md'), 'utf8');
  const text = /^```json\n([^]*?)^```$/m.exec(documentation)![1]!;
  const folder = temporaryFolder();
  const inFolder = (config: unknown) => {
    writeFileSync(join(folder, 'portal.json'), JSON.stringify(config));
    return readConfig(join(folder, 'portal.json'));
  };
  const example = JSON.parse(text) as Record<string, unknown>;
  const whole = inFolder(example);
  for (const name of ['policy', 'limits', 'schedule']) {
    expect(inFolder({ ...example, [name]: undefined }), name).toEqual(whole);
    expect(inFolder({ ...example, [name]: {} }), name).toEqual(whole);
  }
  const { port } = example['listen'] as { readonly port: number };
  expect(inFolder({ ...example, listen: { port } })).toEqual(whole);
});

const valid = {
  format: 1,
  sums: {
    leader: { bucket: 'a', manifests: ['l.json'] },
    helper: { bucket: 'b', manifests: ['h.json'] },
  },
  state: 'sqlite:portal.db',
  listen: { port: 8443 },
};

const wrong: [name: string, change: Record<string, unknown>, text: RegExp][] = [
  ['an unknown key', { colour: 'red' }, /colour: got an unknown key/],
  ['another format', { format: 2 }, /format: got 2, allowed: 1/],
  ['no listener', { listen: undefined }, /listen/],
  ['one side only', { sums: { leader: valid.sums.leader } }, /sums\.helper/],
  ['no manifest', { sums: { ...valid.sums, helper: { bucket: 'b', manifests: [] } } }, /manifests/],
  ['a policy that is none', { policy: { clientsMin: -1 } }, /policy\.clientsMin: got -1/],
  ['half a client', { policy: { suppressBelow: 2.5 } }, /policy\.suppressBelow/],
  ['a version that is no digest', { providerVersions: { 'us-wa-apple': 'v1' } }, /64 lower-case/],
  ['an instance that is no name', { providerVersions: { 'US/WA': 'a'.repeat(64) } }, /instance/],
  ['no limit at all', { limits: { resultsMax: 0 } }, /limits\.resultsMax/],
  ['a proxy that is none', { listen: { port: 1, trustedProxies: ['all'] } }, /Proxies\[0\]/],
  ['a port that is none', { operators: { port: 70_000 } }, /operators\.port/],
];

test.each(wrong)('%s', (_, change, text) => {
  expect(() => read({ ...valid, ...change })).toThrow(text);
});

test('all problems at once, and no password', () => {
  const config = { ...valid, format: 0, state: 'mysql://user:hunter2@host/db', listen: {} };
  const problems = (): unknown => read(config);
  expect(problems).toThrow(/format.*\n.*state.*\n.*listen\.port/s);
  expect(problems).not.toThrow(/hunter2/);
});
