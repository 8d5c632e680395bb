/**
 * The command line: what is printed, exit codes, and that doing a step twice changes nothing. All
 * in this process but for two starts of the program, since a start takes longer than a step.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runCommandLine } from '../src/command-line.ts';
import { INGESTOR_KEY_ID, INSTANCE, createDeployment } from './deployment.ts';
import type { Deployment } from './deployment.ts';

const PROGRAM = fileURLToPath(new URL('../bin/priolab-processor.js', import.meta.url));
const BATCH = '3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11';

let folder: string;
let deployment: Deployment;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-command-line-'));
  deployment = await createDeployment(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  /** What is said besides the log. */
  readonly said: string;
}

async function run(...argv: readonly string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const code = await runCommandLine({
    argv,
    environment: {},
    write: (text) => void (out += text),
    writeError: (text) => void (err += text),
  });
  return { code, out, said: saidIn(err) };
}

/** The program itself. */
function start(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: {} };
    execFile(process.execPath, [PROGRAM, ...args], options, (error, out, err) => {
      // Whatever happens, an operator is not shown where in our sources.
      expect(err).not.toMatch(/^\s+at /m);
      resolve({ code: Number(error?.code ?? 0), out, said: saidIn(err) });
    });
  });
}

const saidIn = (err: string): string => {
  const lines = err.split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('{')).join('\n');
};

async function all(runs: readonly (readonly string[])[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const args of runs) outcomes.push(await run(...args));
  return outcomes;
}

function files(name: string): Record<string, string> {
  const path = deployment.path(name);
  const found = readdirSync(path, { recursive: true, withFileTypes: true });
  const list = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Object.fromEntries(list.map((file) => [file, readFileSync(file, 'base64')]));
}

function changed(name: string, change: object): string {
  const config = JSON.parse(readFileSync(deployment.config('leader'), 'utf8')) as object;
  writeFileSync(deployment.path(name), JSON.stringify({ ...config, ...change }));
  return deployment.path(name);
}

const at = (name: string): string => deployment.path(name);
const sampleOptions = (): string[] => [
  '--aggregation', 'kittens-seen', '--date', '2021/12/01/08/10', '--batch', BATCH,
  '--bins', '5', '--packets', '6',
  '--leader-bucket', at('buckets/leader-ingestion'), '--leader-key', at('keys/leader.packet-key'),
  '--helper-bucket', at('buckets/helper-ingestion'), '--helper-key', at('keys/helper.packet-key'),
  '--signing-key-id', INGESTOR_KEY_ID, '--signing-key', at('keys/ingestor.signing-key'),
]; // prettier-ignore
const named = (role: string): string[] => [
  '--config', at(`${role}.json`), '--instance', INSTANCE, '--aggregation', 'kittens-seen',
]; // prettier-ignore
const intake = (role: string, batch = BATCH): string[] => [
  'intake', ...named(role), '--date', '2021/12/01/08/10', '--batch', batch,
]; // prettier-ignore
const aggregate = (role: string): string[] => [
  'aggregate', ...named(role), '--start', '2021/12/01/08/00',
]; // prettier-ignore

type Eight = [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome];

test('help, and what is wrong with a command line', async () => {
  const [help, ofOne, ofSample, none, near, unknown, missing, option] = (await all([
    ['--help'],
    ['intake', '--help'],
    ['generate-sample', '-h'],
    [],
    ['Agregate'],
    ['constructor'],
    ['intake', '--config', at('leader.json'), '--batch', ''],
    ['tasks', '--config', at('leader.json'), '--port', '1'],
  ])) as Eight;
  expect(help).toMatchObject({ code: 0, said: '' });
  for (const name of [
    'serve',
    'intake',
    'aggregate',
    'tasks',
    'lint-manifest',
    'generate-sample',
  ]) {
    expect(help.out).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
  expect(ofOne.code).toBe(0);
  expect(ofOne.out).toMatch(/--instance INSTANCE .*\n.*--aggregation/);
  expect(ofSample.out).toMatch(/\[--bins BINS\] +1 to 256 \(10\)\n/);
  expect(ofSample.out).toMatch(/\[--time-unit TIME-UNIT\] +milliseconds, seconds \(milliseconds\)/);
  const allowed = 'allowed: serve, intake, aggregate, tasks, lint-manifest, generate-sample';
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.said).toContain(`command: got nothing, ${allowed}`);
  expect(near.said).toContain('command: got Agregate (did you mean "aggregate"?), allowed: serve');
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.said).toContain(`command: got constructor, ${allowed}`);
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.said).toContain('got no --instance, --aggregation, --date, --batch');
  expect(option).toMatchObject({ code: 2 });
});

test('the program prints, and ends with the exit code', async () => {
  const [help, none] = await Promise.all([start('--help'), start('tasks', '--config', 'x')]);
  expect(help).toMatchObject({ code: 0, said: '', out: (await run('--help')).out });
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.said).toMatch(/^priolab-processor: .*x/);
});

test('a batch by hand: twice it is the same', async () => {
  const early = await run(...intake('leader'));
  expect(early).toMatchObject({ code: 3 });
  expect(early.said).toContain('not-ready: ');

  const made = await run('generate-sample', ...sampleOptions());
  expect(made).toMatchObject({ code: 0, said: '' });
  expect(made.out).toMatch(/\nsums: \d( \d){4}\n$/);
  const ingestion = files('buckets/leader-ingestion');
  const again = await run('generate-sample', ...sampleOptions());
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.said).toContain('expected no object of that name');
  expect(files('buckets/leader-ingestion')).toEqual(ingestion);

  for (const outcome of await all([intake('leader'), intake('helper')])) {
    expect(outcome).toMatchObject({ code: 0, said: '', out: `batch ${BATCH}: taken in\n` });
  }
  const validations = files('buckets/helper-validations');
  expect(Object.keys(validations)).toHaveLength(3);
  expect((await run(...intake('leader'))).code).toBe(0);
  expect(files('buckets/helper-validations')).toEqual(validations);

  deployment.setClock('2021-12-01T17:00:00Z');
  // The leader has to hear first what the helper can sum.
  expect(await run(...aggregate('leader'))).toMatchObject({ code: 3 });
  for (const role of ['helper', 'leader', 'leader']) {
    const before = files(`buckets/${role}-sums`);
    expect(await run(...aggregate(role))).toMatchObject({ code: 0, said: '' });
    expect(files(`buckets/${role}-sums`)).toMatchObject(before);
    expect(Object.keys(files(`buckets/${role}-sums`))).toHaveLength(2);
  }
});

test('what can’t be used is told with exit code 2', async () => {
  const instance = (change: object) => ({
    instances: {
      [INSTANCE]: {
        ingestion: 'buckets/leader-ingestion',
        validations: 'buckets/leader-validations',
        ingestorManifest: 'manifests/ingestor.json',
        peerManifest: 'manifests/helper.json',
        ...change,
      },
    },
  });
  writeFileSync(
    deployment.path('text.db'),
    'this is no database, but long enough to be taken for one',
  );
  const swapped = (args: readonly string[]) =>
    args.map((one) => (one === 'kittens-seen' ? 'a/../b' : one));
  const gs = changed('gs.json', instance({ ingestion: 'gs://b' }));
  const db = changed('db.json', { state: 'sqlite:text.db' });
  const cases: [readonly string[], RegExp][] = [
    [['tasks', '--config', gs], /^priolab-processor: store-settings: .*got gs:\/\/\.\.\.$/],
    [['tasks', '--config', db], /text\.db/],
    [
      intake('leader').map((one) => (one === INSTANCE ? 'us-xx-apple' : one)),
      /--instance: got us-xx-apple, allowed: us-wa-apple/,
    ],
    [
      aggregate('leader').with(-1, '2021/12/01/09/00'),
      /--start: got .*09\/00, allowed: the start of 480 minutes/,
    ],
    [['lint-manifest', 'kind', 'x'], /KIND: got kind, allowed: /],
    [intake('leader', BATCH.toUpperCase()), /--batch: got 3F1C.*, allowed: a UUID in lower case$/],
    [intake('leader', 'x'), /--batch: got another text, allowed: a UUID$/],
    [swapped(intake('leader')), /--aggregation: got a\/\.\.\/b, allowed: a name of letters/],
    [swapped(aggregate('leader')), /--aggregation: got a\/\.\.\/b, allowed: a name of letters/],
    [
      swapped(['generate-sample', ...sampleOptions()]),
      /--aggregation: got a\/\.\.\/b, allowed: a name of letters/,
    ],
    [
      ['generate-sample', ...sampleOptions(), '--bins', '257'],
      /--bins: got 257, allowed: 1 to 256/,
    ],
    [
      ['generate-sample', ...sampleOptions(), '--time-unit', 'days'],
      /--time-unit: got days, allowed: milliseconds, seconds$/,
    ],
  ];
  const outcomes = await all(cases.map(([args]) => args));
  for (const [i, { code, said }] of outcomes.entries()) {
    expect(said).toMatch(cases[i]![1]);
    expect(code).toBe(2);
  }
});

test('tasks and manifests: what was put aside, and what is wrong', async () => {
  const [listed, retried, fine, bad] = (await all([
    ['tasks', '--config', at('helper.json')],
    ['tasks', '--config', changed('retry.json', { state: 'sqlite:retry.db' }), '--retry', 'x'],
    ['lint-manifest', 'portal', at('manifests/portal.json')],
    ['lint-manifest', 'processor', at('manifests/portal.json')],
  ])) as [Outcome, Outcome, Outcome, Outcome];
  expect(listed).toMatchObject({ code: 0, out: 'ready 0, leased 0, done 0, rejected 0\n' });
  expect(retried).toMatchObject({ code: 1 });
  expect(retried.said).toContain('no-such-task: x: expected a task that was put aside');
  expect(fine).toMatchObject({ code: 0 });
  expect(fine.out).toContain('manifests/portal.json: fine');
  expect(bad).toMatchObject({ code: 1, out: '' });
  expect(bad.said).toContain('error: ');
});
