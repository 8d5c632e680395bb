/** Scenario files as data: the same digest as code, and nothing that data may not do. */

import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { scenarioDigest } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { loadScenario } from '../src/load.ts';
import { DATA_SIZE_MAX } from '../src/sources/data-file.ts';
import { parseData } from '../src/sources/data-text.ts';
import { createCli, scenarios, smoke } from './fixture.ts';

const { folder, priolab } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const yaml = `# yaml-language-server: $schema=scenario.schema.json
id: smoke
about: "Two states, two vendors, two metrics: the whole system in a few seconds."
population: { reports: 1000, states: [us-wa, us-md] }
system:
  metrics: [PeriodicExposureNotification-v1, DateExposure-v1]
  epsilon: 4
crypto: { crossCheck: { every: 500 } }
mixins: [expect/exact]
expect: [det]
`;

test('YAML, JSON and TypeScript have one digest', async () => {
  const ts = await loadScenario(smoke);
  const asYaml = await loadScenario(file('smoke.scenario.yaml', yaml));
  const asJson = await loadScenario(file('smoke.scenario.json', JSON.stringify(ts)));
  expect(asYaml).toEqual(ts);
  expect(scenarioDigest(asYaml)).toBe(scenarioDigest(ts));
  expect(scenarioDigest(asJson)).toBe(scenarioDigest(ts));
});

test('the name of a JSON Schema is dropped, where it is a text at the top', async () => {
  const ts = await loadScenario(smoke);
  const $schema = './scenario.schema.json';
  const json = file('named.scenario.json', JSON.stringify({ $schema, ...ts }));
  const named = await loadScenario(json);
  expect(scenarioDigest(named)).toBe(scenarioDigest(ts));
  expect(named).toEqual(ts);
  file('named-base.yaml', `$schema: ${$schema}\n${yaml.replace('id: smoke\n', '')}`);
  const about = 'Two states, two vendors, two metrics: the whole system in a few seconds.';
  const composed = { $schema, id: 'smoke', about, extends: './named-base.yaml' };
  const built = await loadScenario(file('built.scenario.json', JSON.stringify(composed)));
  expect(scenarioDigest(built)).toBe(scenarioDigest(ts));
  for (const wrong of [
    { ...ts, $schema: 1 },
    { ...ts, system: { ...ts.system, $schema } },
  ]) {
    const path = file('wrong.scenario.json', JSON.stringify(wrong));
    await expect(loadScenario(path)).rejects.toThrow(/\$schema.*unknown key/);
  }
});

describe('data that is refused, with its place', () => {
  test.each([
    ['a key twice', 'id: a\nid: b\n', /line 2, column 1: .*unique/],
    ['JSON with a key twice', '{"id": 1,\n "id": 2}', /line 2, column 2: .*unique/],
    ['a broken list', 'id: [a\nb: c', /line 2, column \d/],
    ['a tag of its own', 'id: !!js/function "() => 1"', /line 1, column 5: .*tag/],
    ['two documents', 'a: 1\n---\nb: 2\n', /line \d.*document/],
    ['a billion laughs', laughs(), /alias/],
    ['an alias to nothing', 'id: *a', /Unresolved alias.*: a$/],
    ['deep nesting', '['.repeat(200) + ']'.repeat(200), /nested too deeply/],
    ['very deep nesting', '['.repeat(100_000), /nested too deeply/],
    ['very deep lists of lists', '- '.repeat(100_000), /nested too deeply/],
    ['a long chain of aliases', chain(5000), /[Aa]lias|deeply/],
  ])('%s', (_, text, message) => {
    expect(() => parseData(text, 'f.yaml')).toThrow(message);
    expect(() => parseData(text, 'f.yaml')).toThrow(/^f\.yaml: \d+ problem/);
  });

  test('merge keys, dates and words of old YAML are texts, not magic', () => {
    expect(parseData('a: 2021-12-01\nb: no\nc: {<<: {d: 1}}', 'f')).toEqual({
      a: '2021-12-01',
      b: 'no',
      c: { '<<': { d: 1 } },
    });
  });
});

/** Each alias is a list of the one before. */
function chain(length: number): string {
  const links = Array.from({ length }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`);
  return ['a0: &a0 1', ...links].join('\n');
}

/** Nine lists of nine aliases each: 387 million words. */
function laughs(): string {
  const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
  for (let i = 1; i < 9; i++) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  return lines.join('\n');
}

test('one file reads YAML', () => {
  const src = join(import.meta.dirname, '../src');
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' });
  const readers = names.filter(
    (name) => name.endsWith('.ts') && /from 'yaml'/.test(readFileSync(join(src, name), 'utf8')),
  );
  expect(readers).toEqual([join('sources', 'data-text.ts')]);
});

describe('the command line', () => {
  const refused = (path: string, message: RegExp | string): void => {
    const { code, err } = priolab('check', path);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
    expect(code).toBe(2);
  };

  test('runs a YAML scenario that is built on others', () => {
    file('base.yaml', yaml.replace('id: smoke\n', ''));
    const path = file(
      'small.scenario.yaml',
      'id: small\nabout: small\nextends: base.yaml\nwith: {population.reports: 60}\n',
    );
    const { code, out } = priolab('run', path, '--workers', '0');
    expect(out).toContain('small: small');
    expect(out).toContain('60 reports');
    expect(code).toBe(0);
  });

  test('code may be built on data, data never on code', () => {
    file('part.yaml', 'population: {reports: 60}\n');
    const whole = { id: 'a', about: 'b', extends: smoke, mixins: ['./part.yaml'] };
    const code = file('code.scenario.ts', `export default ${JSON.stringify(whole)};\n`);
    expect(priolab('check', code)).toMatchObject({ code: 0, err: '' });
    refused(
      file('sly.scenario.yaml', `id: a\nabout: b\nextends: ${smoke}\n`),
      /names .*smoke\.scenario\.ts, which is code; data may be built on \.yaml/,
    );
    refused(
      file('sly2.scenario.yaml', 'id: a\nabout: b\nmixins: [./code.scenario.ts]\n'),
      /which is code/,
    );
    symlinkSync(code, join(folder, 'disguised.yaml'));
    refused(file('sly3.scenario.yaml', 'id: a\nabout: b\nextends: disguised.yaml\n'), /problem/);
  });

  test('circles, gaps, folders and conflicts', () => {
    file('x.yaml', 'extends: y.yaml\n');
    file('y.yaml', 'extends: ./x.yaml\n');
    refused(file('circle.scenario.yaml', 'extends: x.yaml\n'), /built on itself: .*x\.yaml -> /);
    refused(file('gap.scenario.yaml', 'extends: gone.yaml\n'), /gone\.yaml.*\n.*no such file/);
    mkdirSync(join(folder, 'folder.yaml'));
    refused(file('dir.scenario.yaml', 'extends: folder.yaml\n'), /is no file/);
    file('a.yaml', 'population: {days: 2}\n');
    file('b.yaml', 'population: {days: 3}\n');
    refused(
      file('conflict.scenario.yaml', `${yaml.replace('[expect/exact]', '[./a.yaml, ./b.yaml]')}`),
      /population\.days: is 2 in "\.\/a\.yaml" and 3 in "\.\/b\.yaml"/,
    );
  });

  test('files that are too large, of another kind, or no text', () => {
    refused(file('big.scenario.yaml', `# ${'x'.repeat(DATA_SIZE_MAX)}`), /allowed: at most 262144/);
    refused(file('scenario.toml', 'id = 1'), /no scenario file by its name.*\.yaml/);
    const path = join(folder, 'latin.scenario.yaml');
    writeFileSync(path, Buffer.from([0x69, 0x64, 0x3a, 0x20, 0xff]));
    refused(path, /can't be read/);
    refused(file('empty.scenario.yaml', ''), /got null; expected object/);
  });

  test('list shows them', () => {
    mkdirSync(join(folder, 'listed'));
    file('listed/one.scenario.yaml', yaml.replace('smoke', 'one'));
    file('listed/part.yaml', 'population: {days: 2}\n');
    const { code, out } = priolab('list', 'listed');
    expect(code).toBe(0);
    expect(out).toContain('one  (1,000 reports)');
    expect(out).not.toContain('part.yaml');
  });

  test('the committed JSON Schema is the one that is printed', () => {
    const { code, out } = priolab('schema', 'scenario');
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(join(scenarios, 'scenario.schema.json'), 'utf8'));
    expect(priolab('schema').err).toContain('allowed: scenario');
  });
});
