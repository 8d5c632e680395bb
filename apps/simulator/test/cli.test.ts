/**
 * The real command line, as a user runs it: output, files, exit codes.
 */

import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { commands } from '../src/commands.ts';
import { HELP, commandHelp } from '../src/help.ts';
import { createCli, scenarios, smoke } from './fixture.ts';

const { folder, priolab, start, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

describe('run', () => {
  let done: ReturnType<typeof priolab>;
  let runFolder: string;

  beforeAll(() => {
    done = priolab('run', smoke, '--reports', '300', '--workers', '2', '--out', 'runs');
    runFolder = join(folder, /runs\/smoke-1-[0-9a-f]{8}/.exec(done.out)?.[0] ?? 'missing');
  });

  test('passes, says so first, and leaves its files', () => {
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(done.out.split('\n')[1]).toMatch(/^PASS/);
    expect(done.out).not.toContain('\u001b');
    for (const file of ['summary.json', 'scenario.json', 'junit.xml', 'fates.bin']) {
      expect(existsSync(join(runFolder, file))).toBe(true);
    }
    expect(readFileSync(join(runFolder, 'fates.bin'))).toHaveLength(600);
    expect(readFileSync(join(runFolder, 'junit.xml'), 'utf8')).toContain('<testsuite');
  });

  test('the summary carries schema, digests, verdict and every expectation', () => {
    const summary = JSON.parse(readFileSync(join(runFolder, 'summary.json'), 'utf8')) as {
      schema: string;
      verdict: string;
      identity: Record<string, string>;
      expectations: { id: string; verdict: string; n: number }[];
    };
    expect(summary).toMatchObject({ schema: 'priolab-run/1', verdict: 'pass' });
    expect(summary.identity['resultDigest']).toMatch(/^[0-9a-f]{64}$/);
    expect(summary.expectations.length).toBeGreaterThan(5);
    expect(summary.expectations.every(({ n }) => n > 0)).toBe(true);
  });

  test('where: an accepted report, and a number that is not there', () => {
    const found = priolab('where', runFolder, '17');
    expect(found.code).toBe(0);
    expect(found.out).toMatch(/^report 17: accepted/);
    expect(found.out).toMatch(/seed {4}every byte of it comes from us-(wa|md)\/(apple|google)/);
    const missing = priolab('where', runFolder, '300');
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.err).toContain('got "300"; allowed: a whole number from 0 to 299');
    expect(priolab('where', 'nowhere', '1').err).toContain('no run at nowhere');
  });

  test('--json prints one JSON document to standard output', () => {
    const file = scenarioFile('json', {});
    const { code, out, err } = priolab(
      'run',
      file,
      '--json',
      '--profile',
      '--workers',
      '0',
      '--seed',
      'a/../b c',
    );
    expect(code).toBe(0);
    const { identity } = JSON.parse(out) as { identity: { seed: string } };
    expect(identity.seed).toBe('a/../b c');
    expect(err).toContain('PASS');
    expect(err).toMatch(/\n {2}seal .* %  +2  +2 /); // multiplications: base, fixed
    // The seed can't lead out of the folder of runs.
    expect(err).toMatch(/runs\/json-a-\.\.-b-c-[0-9a-f]{8}\//);
  });
});

describe('exit codes', () => {
  test('2: five mistakes, all listed', () => {
    const file = scenarioFile('five', {
      seeed: 1,
      population: { reports: -5, states: ['us-xx'], optIn: 2 },
      expect: ['sum.exakt'],
    });
    const { code, err } = priolab('run', file);
    expect(code).toBe(2);
    expect(err).toContain('5 problems');
    for (const path of [
      'seeed',
      'population.reports',
      'population.states[0]',
      'population.optIn',
      'expect[0]',
    ]) {
      expect(err).toContain(`  ${path}: `);
    }
    expect(err).toContain('did you mean "sum.exact"?');
  });

  test.each([
    [['frobnicate'], 'no command "frobnicate"'],
    [['run'], 'no scenario file'],
    [['run', 'missing.scenario.ts'], 'no such file'],
    [['run', smoke, '--report', '5'], '--report: got "5" (did you mean "--reports"?)'],
    [['run', smoke, '--reports', '0'], 'a whole number from 1'],
    [['explain', 'noforg'], 'did you mean "noforge"?'],
  ])('2: priolab %j', (args, message) => {
    const { code, err } = priolab(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  test('2: a population that does not exist', () => {
    const sampling = { 'PeriodicExposureNotification-v1': 1e-8 };
    const population = { reports: 60, states: ['us-wa'], sampling };
    const file = scenarioFile('nobody', { population });
    const { code, err } = priolab('check', file);
    expect(code).toBe(2);
    expect(err).toContain('Raise optIn or sampling');
    expect(priolab('run', file).code).toBe(2);
  });

  test('3: a limit on memory', () => {
    const { code, out } = priolab(
      'run',
      scenarioFile('memory', { expect: [{ id: 'memory', atMostMiB: 1 }] }),
    );
    expect(code).toBe(3);
    expect(out).toMatch(/^FAIL/m);
    expect(out).toContain('npx priolab replay');
  });

  test('6: nothing behind an expectation', () => {
    const { code, out } = priolab('run', scenarioFile('vacuous', { expect: ['noforge'] }));
    expect(code).toBe(6);
    expect(out).toMatch(/^VACUOUS/m);
  });

  test('130: Ctrl-C ends the run with what was done', async () => {
    const file = scenarioFile('long', { population: { reports: 200_000, states: ['us-wa'] } });
    const child = start('run', file, '--workers', '1', '--out', 'stopped');
    let out = '';
    let interrupted = false;
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', () => {
      // The first line of progress: shards are under way.
      if (!interrupted) child.kill('SIGINT');
      interrupted = true;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    expect(out).toMatch(/^INTERRUPTED/m);
    const run = /stopped\/long-1-[0-9a-f]{8}/.exec(out)![0];
    const summary = JSON.parse(readFileSync(join(folder, run, 'summary.json'), 'utf8')) as {
      fates: { outcome: string; count: number }[];
    };
    const counts = Object.fromEntries(summary.fates.map(({ outcome, count }) => [outcome, count]));
    expect(counts['accepted']).toBeGreaterThan(0);
    expect(counts['accepted']! + counts['pending']!).toBe(200_000);
    // What was cut short can't be repeated byte for byte: the run can, from its beginning.
    expect(out).toMatch(/^ {2}repeat this run: npx priolab run \S+long\.scenario\.ts --seed 1 /m);
    expect(readdirSync(join(folder, run))).not.toContain('capsule.json');
  });
});

describe('the rest', () => {
  test('help, for all and for each command', () => {
    expect(priolab('--help').out).toContain('Exit codes');
    expect(priolab('where', '--help')).toEqual({
      code: 0,
      out: `${commandHelp('where')}\n`,
      err: '',
    });
    for (const command of Object.keys(commands)) {
      const help = commandHelp(command);
      expect(help, command).not.toBe(HELP);
      expect(help).toContain(`priolab ${command}`);
      expect(help).toContain('Example');
    }
  });

  test('list and check: every scenario of the repository is valid', () => {
    const listed = priolab('list', scenarios);
    expect(listed.code).toBe(0);
    const ids = ['smoke', 'us-day', 'wide-histogram', 'byzantine/cheating-devices', 'million'];
    for (const id of [...ids, 'ten-million', 'sampled-week']) {
      expect(listed.out).toMatch(new RegExp(`^${id}  \\(`, 'm'));
    }
    const checked = priolab('check', smoke, join(scenarios, 'us-day.scenario.ts'));
    expect(checked.code).toBe(0);
    expect(checked.out).toContain('100,000');
  });

  test('explain: every term that it lists', () => {
    const { out } = priolab('explain');
    expect(out).toContain('sum.exact');
    const terms = out
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .flatMap((line) => line.trim().split(', '));
    expect(terms.length).toBeGreaterThan(40);
    expect(priolab('explain', ...terms)).toMatchObject({ code: 0, err: '' });
  });

  test('a file with a syntax error is the user’s problem, in one line', () => {
    const path = join(folder, 'broken.scenario.ts');
    cpSync(smoke, path);
    writeFileSync(path, 'export default {');
    const { code, err } = priolab('check', path);
    expect(code).toBe(2);
    expect(err).toContain("can't be loaded");
  });
});
