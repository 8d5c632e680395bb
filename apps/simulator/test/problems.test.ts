/** What is wrong with what the user gave: all of it at once, before anything is run. */

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { createCli } from './fixture.ts';

const { folder, priolab, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

const manyMistakes = {
  seeed: 3,
  population: {
    reports: 1e12,
    states: { 'us-xx': 1, 'us-wa': 2 },
    optIn: 1e-12,
    optInByState: { 'us-wq': 0.1 },
    vendors: { apple: 0, google: 0 },
    sampling: { nix: 3 },
  },
  system: { metrics: ['DateExposure-v1', 'DateExposure-v1', 'CodeVerifed-v1'], epsilon: '8' },
  crypto: { fidelity: 'shares-only', sampleShare: 0.5, crossCheck: { backend: 'wasm' } },
  adversaries: [
    { id: 'cli.forge', share: 0.9 },
    { id: 'net.truncate', share: 0.3 },
  ],
  expect: ['sum.exakt'],
};

/** Each mistake's path, and what its line must say. */
const mistakes: Record<string, RegExp> = {
  seeed: /unknown key \(did you mean "seed"\?\); allowed: id, about, seed/,
  'population.reports': /got 1000000000000; allowed: at most 1000000000$/,
  'population.states.us-xx': /unknown key; allowed: ta-ta, us-ct, .*us-wa/,
  'population.optIn': /got 1e-12; allowed: a rate from 2\^-32 to 1/,
  'population.optInByState.us-wq': /unknown key \(did you mean "us-wa"\?\); allowed: ta-ta/,
  'population.vendors': /got no weight above 0; expected at least one/,
  'population.sampling.nix': /got 3; allowed: at most 1/,
  'system.metrics[1]': /got "DateExposure-v1", which is listed twice; allowed: once/,
  'system.metrics[2]': /got "CodeVerifed-v1" \(did you mean "CodeVerified-v1"\?\); allowed: Per/,
  'system.epsilon': /got "8"; expected number/,
  'crypto.crossCheck.backend': /got "wasm".*can't check itself/,
  'crypto.sampleShare': /got 0\.5; allowed: with crypto\.fidelity "sampled" only/,
  'adversaries[1].id': /got "net\.truncate", which needs uploads; crypto\.fidelity "shares-only"/,
  adversaries: /shares add up to 1\.2; allowed: at most 1/,
  'expect[0]': /got "sum\.exakt" \(did you mean "sum\.exact"\?\); allowed: sum\.exact/,
};

test.each(['check', 'run'])('%s lists mistakes of every kind at once', (command) => {
  const file = scenarioFile('many', manyMistakes);
  const { code, out, err } = priolab(command, file);
  expect(code).toBe(2);
  expect(out).toBe('');
  const [first, ...lines] = err.trimEnd().split('\n');
  expect(first).toBe(`${file}: ${Object.keys(mistakes).length} problems`);
  for (const [path, message] of Object.entries(mistakes)) {
    const line = lines.find((text) => text.startsWith(`  ${path}: `));
    expect(line, path).toMatch(message);
  }
  expect(lines).toHaveLength(Object.keys(mistakes).length);
});

describe('several files', () => {
  test('none is run where one is wrong, be it in its population only', () => {
    const right = scenarioFile('right', {});
    const empty = scenarioFile('empty', {
      population: { reports: 60, states: ['us-wa', 'us-ct'], optIn: 1e-8 },
    });
    const wrong = scenarioFile('wrong', { expect: [] });
    const { code, out, err } = priolab('run', right, empty, wrong, 'missing.ts', '--out', 'none');
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/population\.reports: us-ct\/apple, day 0: expected \d+ reports/);
    expect(err).toMatch(/population\.reports: us-wa\/google, day 0: expected \d+ reports/);
    expect(err).toContain('expect: got []; allowed: at least 1 item');
    expect(err).toContain('missing.ts: 1 problem\n  no such file');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('the same run twice would write one folder twice', () => {
    const file = scenarioFile('twice', {});
    const { code, err } = priolab('run', file, file);
    expect(code).toBe(2);
    expect(err).toContain('the same scenario with the same seed');
  });
});

describe('list', () => {
  const listed = 'listed';

  test('shows the valid ones and the invalid ones, and fails for what was named only', () => {
    mkdirSync(join(folder, listed), { recursive: true });
    for (const [name, change] of [
      ['good', {}],
      ['bad', { system: { metrics: ['DateExposure-v2'] } }],
    ] as const) {
      const text = readFileSync(scenarioFile(name, change));
      writeFileSync(join(folder, listed, `${name}.scenario.ts`), text);
    }
    const all = priolab('list', listed);
    expect(all).toMatchObject({ code: 0, err: '' });
    expect(all.out).toMatch(/^good {2}\(60 reports\)$/m);
    expect(all.out).toMatch(/^INVALID {2}listed\/bad\.scenario\.ts: 1 problem$/m);
    expect(all.out).toContain('(did you mean "DateExposure-v1"?)');
    expect(all.out).toContain('npx priolab check listed/bad.scenario.ts');
    expect(priolab('list', 'listed/good.scenario.ts').code).toBe(0);
    expect(priolab('list', 'listed/bad.scenario.ts', listed).code).toBe(2);
  });
});

describe('a run folder that cannot be written', () => {
  test('is found before the run', () => {
    const file = scenarioFile('blocked', {});
    writeFileSync(join(folder, 'in-the-way'), '');
    const below = priolab('run', file, '--out', 'in-the-way/runs');
    expect(below.code).toBe(2);
    expect(below.err).toMatch(/can't write in-the-way\/runs\/blocked-1-.*ENOTDIR.*--out/);
    expect(below.err).not.toContain('    at ');
    const name = /blocked-1-[0-9a-f]{8}/.exec(below.err)![0];
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', name), '');
    const taken = priolab('run', file, '--out', 'taken');
    expect(taken).toMatchObject({ code: 2, out: '' });
    expect(taken.err).toContain('it is a file, not a folder');
  });

  test.skipIf(!existsSync('/proc/self'))('even where the system says so in an odd way', () => {
    const odd = scenarioFile('odd', {});
    expect(priolab('run', odd, '--workers', '0', '--out', 'whole').code).toBe(0);
    for (const [command, ...args] of [
      ['run', odd, '--out'],
      ['report', 'whole/latest', '--md', '--out'],
      ['new', 'odd', '--dir'],
      ['faults', '--cards'],
      ['keygen', '--name', 'odd', '--out'],
    ]) {
      const { code, out, err } = priolab(command!, ...args, '/proc/priolab');
      expect({ command, code, out }).toEqual({ command, code: 2, out: '' });
      expect(err).toMatch(/can't write \/proc\/priolab.*: ENOENT.*; choose another folder with --/);
      expect(err).not.toContain('    at ');
    }
  });

  test('or in the middle of it', () => {
    const file = scenarioFile('middle', {});
    expect(priolab('run', file, '--workers', '0').code).toBe(0);
    const name = readdirSync(join(folder, 'runs')).find((entry) => entry.startsWith('middle-'))!;
    rmSync(join(folder, 'runs', name, 'fates.bin'));
    mkdirSync(join(folder, 'runs', name, 'fates.bin'));
    const { code, err } = priolab('run', file, '--workers', '0');
    expect(code).toBe(2);
    expect(err).toMatch(/can't write runs\/middle-.*fates\.bin: EISDIR/);
    // What is left of the earlier run can't be taken for this one's.
    expect(existsSync(join(folder, 'runs', name, 'summary.json'))).toBe(false);
  });
});

test('where: a damaged record is named, not crashed on', () => {
  mkdirSync(join(folder, 'damaged'));
  const file = join(folder, 'damaged', 'summary.json');
  for (const [text, message] of [
    ['{', 'is no JSON'],
    ['null', 'got schema undefined'],
    ['{"schema":"priolab-run/1"}', 'expected object'],
  ] as const) {
    writeFileSync(file, text);
    const { code, err } = priolab('where', 'damaged', '1');
    expect(code).toBe(2);
    expect(err).toContain(message);
  }
});

test.each([
  [['chek'], 'no command "chek" (did you mean "check"?)'],
  [['help', 'ru'], 'no command "ru" (did you mean "run"?)'],
  [['run', '--seed'], '--seed needs a value'],
  [['run', 'a.ts', '--seed='], '--seed: got 0 characters'],
  [['run', 'a.ts', '--workers', '-1'], '--workers'],
  [['check'], 'no scenario file'],
  [['check', 'a.ts', '--json'], 'unknown option --json'],
  [['list', 'nowhere'], 'no folder or file nowhere'],
  [['where', 'x'], 'expected a run and a report'],
])('priolab %j says what is wrong', (args, message) => {
  const { code, out, err } = priolab(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(message);
  expect(err).not.toContain('    at ');
});
