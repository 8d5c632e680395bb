/**
 * `npm run interop`: the folder that it prepares, the facilitator's command lines, and a rehearsal
 * with our processor on both sides. The facilitator itself is a stand-in that notes its arguments.
 */

import { execFile } from 'node:child_process';
import { createPublicKey, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { repositoryRoot } from '../src/files.ts';

const TIMEOUT_MS = 120_000;

/** Flags of the facilitator at 5aeb486a: those that it needs where no manifest is fetched. */
const TAKES_IN = [
  'instance-name', 'is-first', 'aggregation-id', 'packet-decryption-keys',
  'batch-signing-private-key', 'batch-signing-private-key-default-identifier', 'ingestor-input',
  'ingestor-public-key', 'ingestor-public-key-identifier', 'batch-id',
]; // prettier-ignore
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'lint-manifest': ['manifest-kind', 'manifest-path'],
  'generate-ingestion-sample': [
    'aggregation-id', 'batch-id', 'date', 'dimension', 'packet-count', 'epsilon',
    'batch-start-time', 'batch-end-time', 'pha-ecies-public-key', 'facilitator-ecies-public-key',
    'peer-output', 'facilitator-output', 'batch-signing-private-key',
    'batch-signing-private-key-identifier',
  ],
  'intake-batch': [
    ...TAKES_IN, 'date', 'peer-output', 'write-single-object-validation-batches',
  ],
  aggregate: [
    ...TAKES_IN, 'batch-time', 'aggregation-start', 'aggregation-end', 'peer-input',
    'peer-public-key', 'peer-public-key-identifier', 'portal-output',
  ],
}; // prettier-ignore

const root = mkdtempSync(join(tmpdir(), 'priolab-interop-'));
const folder = join(root, 'trial');
afterAll(() => rmSync(root, { recursive: true }));

function run(program: string, args: readonly string[], environment = {}) {
  const options = { cwd: repositoryRoot, env: { ...process.env, ...environment } };
  return new Promise<{ code: number; text: string }>((resolve) => {
    const child = execFile(program, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, text: stdout + stderr }),
    );
  });
}

const interop = (...args: readonly string[]) =>
  run(process.execPath, [join(repositoryRoot, 'tools/interop.js'), ...args]);

beforeAll(async () => {
  const { code, text } = await interop('prepare', folder, '--batches', '1', '--single-object');
  expect(text).toContain('ours is the pha');
  expect(code).toBe(0);
}, TIMEOUT_MS);

test('private keys are for their owner alone, public ones are bare points', () => {
  const names = readdirSync(join(folder, 'keys'));
  const secret = names.filter((name) => name.endsWith('-key'));
  expect(secret).toHaveLength(5);
  for (const name of secret) expect(statSync(join(folder, 'keys', name)).mode & 0o777).toBe(0o600);
  for (const name of ['ingestor', 'pha', 'facilitator']) {
    const point = Buffer.from(read(`keys/${name}.signing-public`), 'base64');
    expect([point.length, point[0]]).toEqual([65, 4]);
    const der = Buffer.from(read(`keys/${name}.signing-key`), 'base64');
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    expect(spki.subarray(26)).toEqual(point);
  }
});

test('the facilitator gets every flag that it needs, with what is in the files', async () => {
  const standIn = join(root, 'facilitator');
  const noted = join(root, 'noted');
  const note = 'for word in "$@" ---; do echo "$word"; done';
  writeFileSync(standIn, `#!/bin/sh\n${note} >> '${noted}'\n`, { mode: 0o755 });
  for (const step of ['lint', 'sample', 'intake', 'aggregate']) {
    const environment = { FACILITATOR: standIn };
    const { code, text } = await run('sh', [join(folder, 'facilitator.sh'), step], environment);
    expect([code, text], step).toEqual([0, '']);
  }
  const calls = readFileSync(noted, 'utf8').split('---\n').filter(Boolean).map(callOf);
  expect(calls.map(({ command }) => command)).toEqual([
    ...Array.from({ length: 4 }, () => 'lint-manifest'),
    'generate-ingestion-sample',
    'intake-batch',
    'aggregate',
  ]);
  for (const { command, flags } of calls) {
    const given = Object.keys(flags).filter((name) => name !== 'instance');
    expect(given.sort(), command).toEqual([...FLAGS[command]!].sort());
  }
  const [sum, intake] = [calls.at(-1)!.flags, calls.at(-2)!.flags];
  expect(sum['peer-public-key']).toBe(read('keys/pha.signing-public'));
  expect(sum['ingestor-public-key']).toBe(read('keys/ingestor.signing-public'));
  expect(sum['batch-signing-private-key']).toBe(read('keys/facilitator.signing-key'));
  expect(sum['packet-decryption-keys']).toBe(read('keys/facilitator.packet-key'));
  expect(sum['is-first']).toBe('false');
  expect(sum['peer-input']).toBe(join(folder, 'buckets/facilitator-validations'));
  expect(sum['portal-output']).toBe(join(folder, 'buckets/facilitator-sums'));
  expect(intake['peer-output']).toBe(join(folder, 'buckets/pha-validations'));
});

test('a rehearsal goes step by step, and each step says what it waits for', async () => {
  const early = await interop('check', folder);
  expect([early.code, early.text]).toEqual([3, expect.stringContaining('no sum part of the pha')]);
  const first = await interop('ours', folder);
  expect([first.code, first.text]).toEqual([3, expect.stringContaining('has not validated')]);
  const other = await interop('theirs', folder, '--rehearse');
  expect([other.code, other.text]).toEqual([0, expect.stringContaining('aggregate done')]);
  const second = await interop('ours', folder);
  expect([second.code, second.text]).toEqual([0, expect.stringContaining('summed')]);
  const found = await interop('check', folder);
  expect([found.code, found.text]).toEqual([0, expect.stringContaining('both sides agree')]);
}, TIMEOUT_MS); // prettier-ignore

test('what is not a command, or not allowed, is a mistake of the command line', async () => {
  expect((await interop('prepare', folder)).code).toBe(2);
  expect((await interop('theirs', folder)).code).toBe(2);
  const nowhere = await interop('check', join(root, 'nowhere'));
  expect([nowhere.code, nowhere.text]).toEqual([2, expect.stringContaining('got no prepared')]);
  expect((await interop('prepare', join(root, 'other'), '--bins', '1')).code).toBe(2);
}, TIMEOUT_MS); // prettier-ignore

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8').trim();
}

function callOf(text: string): { command: string; flags: Record<string, string> } {
  const [command, ...words] = text.trimEnd().split('\n');
  const flags: Record<string, string> = {};
  for (let i = 0; i < words.length; i += 2) flags[words[i]!.replace(/^--/, '')] = words[i + 1]!;
  return { command: command!, flags };
}
