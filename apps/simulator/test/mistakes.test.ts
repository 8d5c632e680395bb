/** Mistakes on the command line: all at once, each with what is allowed, exit code 2. */

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { createCli, smoke } from './fixture.ts';

const { folder, priolab, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

test.each<[string[], string[]]>([
  [
    ['run', '-1', '--seed', '--report', '5', '--workers', '9999'],
    [
      'unknown option -1; what begins with "-" is an option',
      '--seed needs a value; if "--report" is meant, write --seed=--report',
      '--workers: got "9999"; allowed: a whole number from 0 to 256',
    ],
  ],
  [['run', smoke, '--seed', '-1'], ['--seed needs a value; if "-1" is meant, write --seed=-1']],
  [['run', smoke, '--json=yes'], ['--json takes no value; got "yes"']],
  [['run', smoke, '--seed', '1', '--seed', '2'], ['--seed is given twice; allowed: once']],
  [
    ['run', '--sed', '1', '--reports', 'x'],
    [
      'unknown option --sed (did you mean "--seed"?); allowed: --seed',
      '--reports: got "x"; allowed: a whole number from 1 to 1000000000',
    ],
  ],
  [
    ['run', '--seed='],
    ['no scenario file', '--seed: got 0 characters; allowed: 1 to 200'],
  ],
  [
    ['check', '--fast'],
    ['unknown option --fast; allowed: no options', 'no scenario file'],
  ],
  [
    ['explain', 'nofroge', 'net.dropp'],
    ['"noforge"', '"net.drop"'],
  ],
])('priolab %j', (args, messages) => {
  const { code, out, err } = priolab(...args);
  for (const message of messages) expect(err).toContain(message);
  expect(err).toContain(`: ${messages.length} problem`);
  expect(err).not.toContain('    at ');
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('a scenario by its bare name: the file that is meant', () => {
  mkdirSync(join(folder, 'scenarios'));
  cpSync(smoke, join(folder, 'scenarios/smoke.scenario.ts'));
  for (const name of ['smoke', 'smoke.ts', 'smok', 'scenarios/smoke']) {
    const { code, err } = priolab('run', name);
    expect(err).toContain('no such file (did you mean "scenarios/smoke.scenario.ts"?)');
    expect(code).toBe(2);
  }
  expect(priolab('run', 'nothing-like-it').err).toMatch(/no such file$/m);
});

test('words are explained in any case; the version is told', () => {
  const { code, out } = priolab('explain', 'NOFORGE', 'Per-Batch-Dedup', 'r', 'deed', 'ing.crash');
  expect(code).toBe(0);
  expect(out).toContain('A legacy switch.');
  expect(out).toContain('Required outcome: recover');
  expect(priolab('--version').out).toMatch(/^priolab \d+\.\d+\.\d+\n$/);
});

test('check says what a scenario does in simulated time', () => {
  const timed = {
    clock: 'simulated',
    load: [{ shape: 'ramp' }, { shape: 'storm' }],
    overrides: [{ states: ['us-wa'], epsilon: 2 }],
    phases: [{ name: 'night', from: '0s', until: '6h' }],
    nemesis: [
      { id: 'net.drop', phase: 'night', p: 0.1 },
      { id: 'proc.crash', at: 'helper', from: '90m', dose: 2 },
    ],
    heal: { at: '20h' },
    liveness: { within: '120m' },
    expect: ['once', { kind: 'sometimes', id: 'net.drop' }],
  };
  const { code, out } = priolab('check', scenarioFile('told', timed));
  expect(code).toBe(0);
  for (const line of [
    'clock         simulated',
    'load          ramp, storm',
    'override      us-wa: epsilon 2',
    'fault         net.drop, anywhere, phase night, p 0.1',
    'fault         proc.crash, helper, 1h30m to the end, dose 2',
    'heal          at 20h, then 2h to drain',
    'expectations  once, sometimes net.drop',
  ]) {
    expect(out).toContain(`  ${line}\n`);
  }
});

test('simulated time is checked with all its words, by the real command line', () => {
  const timed = {
    clock: 'simulated',
    nemesis: [{ id: 'proc.crsh' }, { id: 'net.drop', phase: 'nigth' }],
    phases: [{ name: 'night', from: '0s', until: 6 }],
    services: { legacy: ['per-batch-dedupe'], processors: { lease: 'soon' } },
    expect: ['sum.exact', 'sum.exact'],
  };
  const { code, err } = priolab('check', scenarioFile('timed', timed));
  expect(code).toBe(2);
  expect(err).toContain('6 problems');
  for (const message of [
    'nemesis[0].id: got "proc.crsh" (did you mean "proc.crash"?)',
    'nemesis[1].phase: got "nigth"',
    'phases[0].until: got 6; expected a duration such as',
    'services.legacy[0]: got "per-batch-dedupe" (did you mean "per-batch-dedup"?)',
    'services.processors.lease: got "soon"; expected a duration',
    'expect[1]: got "sum.exact", which expect[0] says already',
  ]) {
    expect(err).toContain(message);
  }
});
