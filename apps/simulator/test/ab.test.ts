/**
 * `priolab ab` and `priolab compare` through the real command line: two settings, the servers of
 * 2021 against ours, a build against itself and against another checkout; and what they refuse.
 */

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunComparison, RunSummary } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { createCli, scenarios, smoke } from './fixture.ts';

const cli = createCli();
afterAll(() => rmSync(cli.folder, { recursive: true }));
const root = join(scenarios, '..');
const poison = join(scenarios, 'incidents/04-undecryptable-packet.scenario.yaml');

function ab(...args: string[]) {
  const { out, err, code } = cli.priolab('ab', ...args, '--json', '--workers', '1');
  expect(err).not.toContain('bug in priolab');
  return { code, err, comparison: JSON.parse(out) as RunComparison };
}

function judgementsOf({ rows }: RunComparison): Record<string, string> {
  return Object.fromEntries(rows.map(({ id, judgement }) => [id, judgement]));
}

describe('epsilon 8 against 4', () => {
  const settings = ['--a', 'system.epsilon=8', '--b', 'system.epsilon=4', '--reports', '600'];
  const { code, comparison, err } = ab(smoke, ...settings);
  const name = /^the card: runs\/(\S+)\/card\.html/m.exec(err)?.[1] ?? 'none';

  test('larger errors, more privacy, nothing else', () => {
    expect(code).toBe(0);
    expect(comparison.overall).toBe('mixed');
    const told = Object.entries(judgementsOf(comparison)).filter(
      ([id, one]) => (one === 'better' || one === 'worse') && !id.startsWith('cpu.time'),
    );
    expect(told).toEqual([
      ['accuracy.rms', 'worse'],
      ['accuracy.standard-error', 'worse'],
      ['privacy.epsilon', 'better'],
    ]);
  });

  test('of one world', () => {
    const { parts, windows, equalTruths } = comparison.world;
    expect(parts.map(({ same }) => same)).toEqual([true, true, true, true]);
    expect([windows, equalTruths]).toEqual([8, 8]);
    expect(comparison.differences).toEqual([{ path: 'system.epsilon', a: '8', b: '4' }]);
  });

  test('leaves its card and both runs, which `compare` holds against each other again', () => {
    const folder = join(cli.folder, 'runs', name);
    expect(readdirSync(folder).sort()).toEqual([
      'a',
      'b',
      'card.html',
      'card.md',
      'comparison.json',
    ]);
    const stored = JSON.parse(readFileSync(join(folder, 'comparison.json'), 'utf8')) as unknown;
    expect(stored).toEqual(comparison);
    const again = cli.priolab('compare', `${name}/a`, `${name}/b`, '--json');
    expect(again.code).toBe(0);
    const { rows } = JSON.parse(again.out) as RunComparison;
    const ofSizes = (id: string): boolean => /^bytes\.(?:upload|batches|validity)$/.test(id);
    expect(rows.filter(({ id }) => !ofSizes(id))).toEqual(
      comparison.rows.filter(({ id }) => !ofSizes(id)),
    );
  });

  test('--fail-on worse', () => {
    const runs = [join('runs', name, 'a'), join('runs', name, 'b')] as const;
    expect(cli.priolab('compare', ...runs, '--fail-on', 'worse').code).toBe(1);
    expect(cli.priolab('compare', runs[0], runs[0], '--fail-on', 'worse').code).toBe(0);
  });
});

describe('the servers of 2021 against ours, where phones send what can’t be decrypted', () => {
  const { code, comparison } = ab(poison, '--a', 'services.legacy=[poison-drops-batch]');

  test('ours lose less, and nothing that they should not', () => {
    expect(code).toBe(0);
    const judged = judgementsOf(comparison);
    expect(judged).toMatchObject({
      'losses.reports': 'better',
      'detection.expectations': 'better',
      'detection.expectation.blast': 'better',
      'detection.expectation.never batch.refused': 'better',
      'detection.fault.0': 'better',
    });
    expect(Object.values(judged)).not.toContain('worse');
    expect(comparison.overall).toBe('better');
  });

  test('the same phones were struck in both', () => {
    const { a, b } = comparison.rows.find(({ id }) => id === 'detection.fault.0')!;
    expect(String(a).split(';')[0]).toBe(String(b).split(';')[0]);
    expect(comparison.world.parts.every(({ same }) => same)).toBe(true);
  });
});

describe('a build against itself', () => {
  const { code, comparison } = ab(smoke, '--reports', '200');

  test('is the same, in all that is no clock', () => {
    expect([code, comparison.overall, comparison.identical]).toEqual([0, 'same', true]);
    const others = Object.entries(judgementsOf(comparison)).filter(([, one]) => one !== 'same');
    expect(others).toEqual([['cpu.time', 'unknown']]);
  });

  test('as another checkout of itself too; both runs are there as of one', () => {
    const file = cli.scenarioFile('elsewhere', {});
    const { comparison: other, err } = ab(file, '--b-at', root);
    expect([other.overall, other.identical]).toEqual(['same', true]);
    expect(other.b.name).toContain(`at ${root}`);
    expect(judgementsOf(other)['bytes.upload']).toBe('same');
    const name = /^the card: runs\/(\S+)\/card\.html/m.exec(err)![1]!;
    expect(cli.priolab('compare', `${name}/a`, `${name}/b`).out).toMatch(/^SAME/);
  });

  test('repeated: as many times as asked, and one more to warm up', () => {
    const { comparison: repeated } = ab(cli.scenarioFile('again', {}), '--repeat', '4');
    expect([repeated.a.runs, repeated.b.runs]).toEqual([4, 4]);
    expect(repeated.overall).toBe('same');
    const { why, effect } = repeated.rows.find(({ id }) => id === 'cpu.time')!;
    expect(why).toMatch(/4 runs each/);
    expect(effect!.interval!.low).toBeLessThanOrEqual(effect!.value!);
    expect(effect!.interval!.high).toBeGreaterThanOrEqual(effect!.value!);
  });
});

describe('several worlds', () => {
  const quick = cli.scenarioFile('worlds', {
    crypto: { fidelity: 'shares-only', crossCheck: false },
  });
  const settings = [quick, '--a', 'system.epsilon=4', '--b', 'system.epsilon=1', '--seeds', '6'];

  test('each has its own devices and its own folder; the card is of them all', () => {
    const { code, comparison, err } = ab(...settings);
    expect([code, comparison.overall]).toEqual([0, 'mixed']);
    expect(comparison.worlds!.map(({ seed }) => seed)).toEqual(['1', '2', '3', '4', '5', '6']);
    const row = comparison.rows.find(({ id }) => id === 'accuracy.standard-error')!;
    expect(row).toMatchObject({ judgement: 'worse', worlds: { worse: 6 } });
    const name = /^the card: (runs\/ab-worlds-1-to-6-\S+)\/card\.html/m.exec(err)![1]!;
    const folder = join(cli.folder, name);
    const digests = [1, 2, 3, 4, 5, 6].map((seed) => {
      const path = join(folder, `seed-${seed}`, 'a', 'summary.json');
      const { identity } = JSON.parse(readFileSync(path, 'utf8')) as RunSummary;
      expect(identity.seed).toBe(String(seed));
      return identity.resultDigest;
    });
    expect(new Set(digests).size).toBe(6);
    expect(readFileSync(join(folder, 'card.md'), 'utf8')).toContain('6 worlds, each by itself: 6');
    expect(cli.priolab('compare', `${name}/seed-3/a`, `${name}/seed-3/b`).code).toBe(0);
  });

  test('the number of workers changes nothing but times', () => {
    const rowsOf = (workers: string): unknown => {
      const { out } = cli.priolab('ab', ...settings, '--json', '--workers', workers);
      const { rows, worlds } = JSON.parse(out) as RunComparison;
      return [worlds, rows.filter(({ id }) => id !== 'cpu.time')];
    };
    expect(rowsOf('2')).toEqual(rowsOf('0'));
  });
});

test('two files, printed for people and for a pull request', () => {
  const [one, other] = [
    cli.scenarioFile('one', {}),
    cli.scenarioFile('other', { system: { metrics: ['DateExposure-v1'] } }),
  ];
  const text = cli.priolab('ab', one, other, '--out', 'pairs');
  expect(text.code).toBe(7);
  expect(text.out).toMatch(
    /^UNKNOWN {2}which is better can’t be told: population, load or metrics/,
  );
  expect(text.out).toContain('NOT THE SAME WORLD');
  expect(text.out).toContain('system.metrics: ["PeriodicExposureNotification-v1"] in a');
  const markdown = cli.priolab('ab', one, one, '--out', 'pairs', '--markdown');
  expect(markdown.out).toMatch(/^### SAME: a and b are the same/);
});

describe('another checkout', () => {
  /** One whose command line is a script. */
  const checkout = (name: string, script: string): string => {
    const bin = join(cli.folder, name, 'apps/simulator/bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'priolab.js'), script);
    return join(cli.folder, name);
  };

  test('that can’t run it says why', () => {
    const at = checkout('older', `console.error('no field "clock"'); process.exit(2);`);
    const { code, err } = cli.priolab('ab', cli.scenarioFile('newer', {}), '--b-at', at);
    expect(code).toBe(2);
    expect(err).toMatch(/b: \S+older could not run it \(exit code 2; .*--b path=value\): no field/);
  });

  test('that says it ran and left nothing is no run; what it said is told', () => {
    const at = checkout('idle', `console.error('no packages'); process.exit(1);`);
    const { code, err } = cli.priolab('ab', cli.scenarioFile('nothing', {}), '--a-at', at);
    expect([code, err]).toEqual([2, expect.stringMatching(/left no summary.json .*no packages/)]);
  });

  test('that is killed is told as that', () => {
    const at = checkout('killed', `process.kill(process.pid, 'SIGKILL');`);
    const { code, err } = cli.priolab('ab', cli.scenarioFile('short', {}), '--a-at', at);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('could not run it (ended by SIGKILL)'),
    ]);
  });

  test('whose runs depend on more than the seed is caught when it repeats them', () => {
    const real = JSON.stringify(join(root, 'apps/simulator/bin/priolab.js'));
    const at = checkout(
      'moody',
      `const { spawnSync } = require('node:child_process');
      const { appendFileSync, readFileSync } = require('node:fs');
      appendFileSync(__filename + '.runs', 'x');
      const noise = readFileSync(__filename + '.runs', 'utf8').length;
      const [run, file, ...rest] = process.argv.slice(2);
      const scenario = JSON.parse(readFileSync(file, 'utf8'));
      scenario.system.epsilon = noise;
      require('node:fs').writeFileSync(file, JSON.stringify(scenario));
      const args = [${real}, run, file, ...rest];
      process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status);`,
    );
    const file = cli.scenarioFile('moods', {});
    const { code, err } = cli.priolab('ab', file, '--b-at', at, '--repeat', '2');
    expect([code, err]).toEqual([8, expect.stringContaining('run twice, it gave two results')]);
  });
});

describe('refused with all that is wrong', () => {
  test.each<[string, string[], RegExp[]]>([
    ['no file', ['ab'], [/expected one scenario or two, got 0/]],
    [
      'malformed settings and folders',
      ['ab', smoke, '--a', 'epsilon', '--b', 'x=[', '--b-at', 'nowhere', '--repeat', '0'],
      [
        /--a: got "epsilon"; expected a path and a value/,
        /--b: got "x=\["; the value is no YAML/,
        /--b-at: got "nowhere"; expected a checkout of Priolab/,
        /--repeat: got "0"; allowed: a whole number from 1 to 100/,
      ],
    ],
    [
      'a setting that no scenario may have',
      ['ab', smoke, '--b', 'system.epsilon=four'],
      [/system\.epsilon=four/, /system\.epsilon: /],
    ],
    [
      'seeds and one seed, seeds and repetitions',
      ['ab', smoke, '--seeds', '6', '--seed', '7', '--repeat', '4'],
      [/--seed and --seeds: expected one of them/, /--repeat and --seeds: expected one of them/],
    ],
    ['one world', ['ab', smoke, '--seeds', '1'], [/--seeds: got "1"; allowed: .* from 2 to 1000/]],
    ['one run', ['compare', 'runs'], [/expected two runs, got 1/]],
    ['no run', ['compare', 'nothing', 'nowhere'], [/no run at nothing/]],
    [
      'two forms, and a word that is none',
      ['compare', 'a', 'b', '--json', '--markdown', '--fail-on', 'better'],
      [/--json and --markdown: expected one/, /--fail-on: got "better"; allowed: worse/],
    ],
  ])('%s', (_what, args, messages) => {
    const { code, err, out } = cli.priolab(...args);
    expect([code, out]).toEqual([2, '']);
    for (const message of messages) expect(err).toMatch(message);
  });
});
