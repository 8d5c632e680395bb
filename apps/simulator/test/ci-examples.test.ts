/** The pages on CI and results, and example pipelines: files are in shape, commands are known. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { EXIT } from '@priolab/harness';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { commandHelp } from '../src/help.ts';
import { scenarios } from './fixture.ts';

const docs = join(scenarios, '../docs');
const read = (name: string): string => readFileSync(join(docs, name), 'utf8');
const pages = ['CI.md', 'RESULTS.md', 'ci/github-actions.yml', 'ci/gitlab-ci.yml'];

describe.each(pages)('%s', (page) => {
  const commands = [...read(page).matchAll(/npx priolab ([a-z]+)([^\n#|`]*)/g)];

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

test('the workflow of GitHub installs, runs, and keeps runs whatever came of them', () => {
  const workflow = parse(read('ci/github-actions.yml')) as {
    on: string[];
    jobs: { scenarios: { steps: { uses?: string; run?: string; if?: string; with?: object }[] } };
  };
  expect(workflow.on).toEqual(['push', 'pull_request']);
  const { steps } = workflow.jobs.scenarios;
  for (const { uses, run } of steps) expect([uses, run].filter(Boolean)).toHaveLength(1);
  const runs = steps.flatMap(({ run }) => run ?? []);
  expect(runs[0]).toBe('npm ci');
  expect(runs[1]).toMatch(/^npx priolab run /);
  expect(steps.at(-1)).toMatchObject({ if: 'always()', with: { path: 'runs/*-*/' } });
});

test('the job of GitLab shows JUnit of every run, whatever came of them', () => {
  const { scenarios: job } = parse(read('ci/gitlab-ci.yml')) as Record<
    string,
    { script: string[]; artifacts: { when: string; reports: object } }
  >;
  expect(job!.script[0]).toBe('npm ci');
  expect(job!.artifacts).toMatchObject({
    when: 'always',
    reports: { junit: 'runs/*-*/junit.xml' },
  });
});

test('every exit code of a run stands in the table', () => {
  const [, table] = /\n## Exit codes\n([^]*?)\n## /.exec(read('CI.md'))!;
  const codes = [...table!.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});
