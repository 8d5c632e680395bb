/** `priolab new`: templates are scenarios that pass, copies of them are valid where they lie. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describeEnvironment, runScenario, scenarioDigest } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { commandHelp } from '../src/help.ts';
import { loadScenario } from '../src/load.ts';
import { templateFile, templateForms, templateNames } from '../src/templates.ts';
import { createCli } from './fixture.ts';

const { folder, priolab } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

const names = templateNames();
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('templates', () => {
  test('there are several, and the help says what each is', () => {
    expect(names).toEqual(expect.arrayContaining(['smoke', 'day', 'faults']));
    for (const name of names) expect(commandHelp('new')).toMatch(new RegExp(`\\b${name}: `));
  });

  test.each(names)('%s passes, and explains itself', async (name) => {
    const file = templateFile(name, 'yaml');
    const scenario = await loadScenario(file);
    const environment = describeEnvironment();
    const { verdict, expectations } = await runScenario({ scenario, workers: 0, environment });
    expect(expectations.filter((one) => one.verdict !== 'pass')).toEqual([]);
    expect(verdict).toBe('pass');
    expect(scenario.id).toBe(name);
    const comments = readFileSync(file, 'utf8').match(/^# (?!yaml-).+/gm) ?? [];
    expect(comments.length).toBeGreaterThanOrEqual(4);
  });

  test.each(names)(
    '%s is the same scenario in both forms, with the same comments',
    async (name) => {
      const [yaml, ts] = await Promise.all(
        templateForms.map((form) => loadScenario(templateFile(name, form))),
      );
      expect(scenarioDigest(ts!)).toBe(scenarioDigest(yaml!));
      const words = (form: (typeof templateForms)[number]): string => {
        const lines = readFileSync(templateFile(name, form), 'utf8').split('\n');
        const marked = lines.filter((line) => /^ *(?:#|\/\*\*|\*|\/\/)/.test(line));
        const plain = marked.map((line) =>
          line.replaceAll(/^ *(?:#|\/\*\*|\*\/|\*|\/\/)|\*\/$/g, ''),
        );
        const text = plain.filter((line) => !line.includes('yaml-language-server')).join(' ');
        return text.replaceAll(/\s+/g, ' ').trim();
      };
      expect(words('ts')).toBe(words('yaml'));
    },
  );

  test('check finds them valid', () => {
    const files = names.flatMap((name) => templateForms.map((form) => templateFile(name, form)));
    const { code, out } = priolab('check', ...files);
    expect(code).toBe(0);
    expect(out.match(/: valid$/gm)).toHaveLength(files.length);
  });
});

describe('a new scenario', () => {
  test('has its name as id, and the commands that are printed do what they say', () => {
    const { code, out } = priolab('new', 'outages/my-first', '--from', 'faults');
    expect(code).toBe(0);
    const file = 'scenarios/outages/my-first.scenario.yaml';
    expect(out.split('\n')[0]).toBe(`${file}: scenario outages/my-first, from the template faults`);
    const steps = [...out.matchAll(/^ {2}npx priolab (.+?) {2,}# /gm)].map(([, step]) => step!);
    expect(steps.map((step) => step.split(' ')[0])).toEqual(['check', 'run', 'watch', 'explain']);
    for (const step of steps.filter((one) => !one.startsWith('watch'))) {
      expect(priolab(...step.split(' ')).code, step).toBe(0);
    }
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(read(file))!;
    expect(existsSync(resolve(folder, 'scenarios/outages', schema!))).toBe(true);
  });

  test('is never written over another, and all mistakes are told at once', () => {
    priolab('new', 'kept');
    const file = 'scenarios/kept.scenario.yaml';
    writeFileSync(join(folder, file), 'mine');
    const again = priolab('new', 'kept', '--from', 'day');
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain(`${file} exists; it is left alone`);
    expect(read(file)).toBe('mine');
    const wrong = priolab('new', '../Up', '--from', 'smok', '--yaml', '--ts');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(': 3 problems');
    expect(wrong.err).toContain('name: got "../Up"; allowed: lower-case words');
    expect(wrong.err).toContain('--from: got "smok" (did you mean "smoke"?)');
    for (const [args, message] of [
      [[], `no name; for example: priolab new my-first --from ${names.join('|')}`],
      [['a', 'b'], 'got "a b"; expected one name'],
      [['a', '--from'], '--from needs a value'],
    ] as const) {
      const { code, err } = priolab('new', ...args);
      expect(err).toContain(message);
      expect(err).toContain(': 1 problem\n');
      expect(code).toBe(2);
    }
  });

  test('may be code, or lie elsewhere; a word that YAML reads otherwise stays a name', async () => {
    expect(priolab('new', 'typed', '--from', 'day', '--ts', '--dir', 'a b').out).toContain(
      "npx priolab check 'a b/typed.scenario.ts'",
    );
    expect((await loadScenario(join(folder, 'a b/typed.scenario.ts'))).id).toBe('typed');
    for (const name of ['1e5', 'true', 'null', '0x1f', '2021-12-01']) {
      expect(priolab('new', name, '--dir', 'odd').code).toBe(0);
      expect((await loadScenario(join(folder, `odd/${name}.scenario.yaml`))).id).toBe(name);
    }
  });

  test('a place where nothing can be written is said', () => {
    mkdirSync(join(folder, 'blocked'));
    writeFileSync(join(folder, 'blocked/way'), '');
    const { code, err } = priolab('new', 'lost', '--dir', 'blocked/way');
    expect(code).toBe(2);
    expect(err).toContain("can't write blocked/way");
    expect(err).toContain('choose another folder with --dir');
  });
});
