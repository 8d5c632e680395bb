/**
 * The pages on CI and results, and example pipelines: files are in shape, commands are known, and
 * they run in a repository that has Priolab beside its own files.
 */

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { EXIT } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { commandHelp } from '../src/help.ts';
import { scenarios } from './fixture.ts';

const docs = join(scenarios, '../docs');
const read = (name: string): string => readFileSync(join(docs, name), 'utf8');
/** A command with its name and what follows it. */
const COMMAND = /npx (?:--no-install --prefix priolab )?priolab ([a-z]+)([^\n#|`]*)/g;
const pages = ['CI.md', 'RESULTS.md', 'ci/github-actions.yml', 'ci/gitlab-ci.yml'];

describe.each(pages)('%s', (page) => {
  const commands = [...read(page).matchAll(COMMAND)];

  test('names commands and options that there are', () => {
    expect(commands.length).toBeGreaterThan(0);
    for (const [line, name, rest] of commands) {
      const help = commandHelp(name!);
      expect(help, line).toContain(`priolab ${name} `);
      for (const [option] of rest!.matchAll(/--[a-z-]+/g)) {
        expect(help, line).toMatch(new RegExp(`^ {2}${option}\\b`, 'm'));
      }
      const [, list] = /--report (\S+)/.exec(rest!) ?? [];
      for (const output of list?.split(',') ?? []) {
        expect(commandHelp('report'), line).toMatch(new RegExp(`^ {2}--${output} `, 'm'));
      }
    }
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly 'working-directory'?: string;
}

const workflow = parse(read('ci/github-actions.yml')) as {
  on: string[];
  jobs: { scenarios: { steps: Step[] } };
};
const { steps } = workflow.jobs.scenarios;
const { scenarios: gitlabJob } = parse(read('ci/gitlab-ci.yml')) as Record<
  string,
  { script: string[]; variables: object; artifacts: { when: string; reports: object } }
>;

test('the workflow of GitHub has Priolab beside, pinned, and keeps runs in any case', () => {
  expect(workflow.on).toEqual(['push', 'pull_request']);
  for (const { uses, run } of steps) expect([uses, run].filter(Boolean)).toHaveLength(1);
  const [own, beside] = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(own!.with).toBeUndefined();
  expect(beside!.with).toMatchObject({ repository: 'OWNER/priolab', path: 'priolab' });
  expect(beside!.with!['ref']).toMatch(/^[0-9a-f]{40}$/);
  const runs = steps.filter(({ run }) => run !== undefined);
  expect(runs[0]).toEqual({ run: 'npm ci', 'working-directory': 'priolab' });
  expect(runs).toHaveLength(2);
  expect(steps.at(-1)).toMatchObject({ if: 'always()', with: { path: 'runs/*-*/' } });
});

test('the job of GitLab shows JUnit of every run, whatever came of them', () => {
  expect(gitlabJob!.variables).toEqual({ GIT_SUBMODULE_STRATEGY: 'recursive' });
  expect(gitlabJob!.script[0]).toBe('(cd priolab && npm ci)');
  expect(gitlabJob!.artifacts).toMatchObject({
    when: 'always',
    reports: { junit: 'runs/*-*/junit.xml' },
  });
});

test('no example asks npm for a package named priolab', () => {
  const blocks = read('CI.md')
    .split('```')
    .filter((_, i) => i % 2 === 1);
  const texts = [...blocks, read('ci/gitlab-ci.yml'), ...steps.map(({ run = '' }) => run)];
  const commands = texts.flatMap((text) => text.match(/npx .*/g) ?? []);
  expect(commands.length).toBeGreaterThan(4);
  for (const line of commands) expect(line).toMatch(/^npx --no-install --prefix priolab priolab /);
});

describe('in a repository with Priolab beside its files', () => {
  const project = mkdtempSync(join(tmpdir(), 'priolab-ci-'));
  afterAll(() => rmSync(project, { recursive: true }));
  symlinkSync(dirname(scenarios), join(project, 'priolab'));
  mkdirSync(join(project, 'scenarios'));
  const [, path, text] = /^```yaml\n# (scenarios\/\S+)\n([^]*?)^```$/m.exec(read('CI.md'))!;
  writeFileSync(join(project, path!), text!);
  // Whatever npx would ask npm for fails here.
  const registry = 'http://127.0.0.1:9/';
  const ofTest = { NO_COLOR: '1', FORCE_COLOR: undefined, npm_config_registry: registry };
  const sh = (line: string) => {
    const env = { ...process.env, ...ofTest };
    return spawnSync('sh', ['-c', line], { cwd: project, env, encoding: 'utf8' });
  };

  test('the command of both pipelines runs the scenario of CI.md, which passes', () => {
    const command = steps.flatMap(({ run = '' }) => (run.startsWith('npx ') ? run : []))[0]!;
    expect(gitlabJob!.script[1]).toBe(command);
    const { status, stdout } = sh(command);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^PASS {5}mine /) as string,
    });
    const [run] = readdirSync(join(project, 'runs')).filter((name) => name.includes('-'));
    const files = readdirSync(join(project, 'runs', run!));
    expect(files).toEqual(expect.arrayContaining(['junit.xml', 'report.md', 'csv']));
  });

  test('and so do those for any other', () => {
    const [, block] = /## Any other\n\n```sh\n([^]*?)```/.exec(read('CI.md'))!;
    const [install, ...rest] = block!.split('\n');
    expect(install).toBe('git submodule update --init && (cd priolab && npm ci)');
    expect(sh(rest.join('\n')).status).toBe(0);
    expect(readdirSync(join(project, 'public'))).toEqual(['report.html']);
  });
});

test('every exit code of a run stands in the table', () => {
  const [, table] = /\n## Exit codes\n([^]*?)\n## /.exec(read('CI.md'))!;
  const codes = [...table!.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});
