/** Stored runs in other forms, the newest run by name, and what a run tells GitHub Actions. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { followLatest, pointLatest } from '../src/latest.ts';
import { createCli } from './fixture.ts';

const { folder, priolab, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const ALL = ['--html', '--md', '--junit', '--csv', '--parquet', '--otlp', '--prometheus'];

let green: string;
let red: string;
let done: ReturnType<typeof priolab>;

beforeAll(() => {
  const report = 'prometheus,md,html,csv,parquet,otlp,junit';
  const first = scenarioFile('first', {});
  const second = scenarioFile('second', { expect: ['sum.exact', 'noforge'] });
  done = priolab('run', first, second, '--workers', '0', '--report', report);
  green = /runs\/first-1-[0-9a-f]{8}/.exec(done.out)![0];
  red = /runs\/second-1-[0-9a-f]{8}/.exec(done.out)![0];
});

describe('run --report', () => {
  test('writes what was asked for beside what every run has, and says so', () => {
    expect(done).toMatchObject({ code: 6, err: '' });
    for (const name of ['summary.json', 'junit.xml', 'report.md', 'otlp.json', 'openmetrics.txt']) {
      expect(existsSync(join(folder, green, name))).toBe(true);
      expect(done.out).toContain(join(green, name));
    }
    expect(readdirSync(join(folder, green, 'csv'))).toContain('cells.csv');
    expect(readdirSync(join(folder, green, 'parquet'))).toContain('cells.parquet');
    expect(done.out).toMatch(/first-1-[0-9a-f]{8}\/csv\/ +tables for spreadsheets \(\d+ files\)/);
    expect(done.out.match(/junit\.xml/g)).toHaveLength(2);
  });

  test('the run before leaves nothing behind', () => {
    const file = join(folder, 'first.scenario.ts');
    const again = (...more: string[]) =>
      priolab('run', file, '--workers', '0', '--out', 'again', ...more);
    const path = /again\/first-1-[0-9a-f]{8}/.exec(again('--report', 'csv,md').out)![0];
    expect(readdirSync(join(folder, path))).toEqual(expect.arrayContaining(['csv', 'report.md']));
    again();
    expect(readdirSync(join(folder, path)).toSorted()).toEqual([
      'fates.bin',
      'junit.xml',
      'scenario.json',
      'summary.json',
    ]);
  });
});

describe('report', () => {
  test('gives the bytes that the run itself wrote, with a capsule or without', () => {
    for (const run of [red, green]) {
      expect(existsSync(join(folder, run, 'capsule.json'))).toBe(run === red);
      const to = join('rendered', run);
      const { code, out } = priolab('report', run, ...ALL, '--out', to);
      expect(code).toBe(0);
      expect(out).toContain(`${to}/report.md  Markdown for a pull request\n`);
      const files = readdirSync(join(folder, to), { recursive: true, encoding: 'utf8' });
      const rendered = files.filter((name) => lstatSync(join(folder, to, name)).isFile());
      expect(rendered.length).toBeGreaterThan(10);
      for (const name of rendered) {
        const one = readFileSync(join(folder, to, name));
        expect(one.equals(readFileSync(join(folder, run, name))), `${run}/${name}`).toBe(true);
      }
    }
  });

  test('without a run the newest, without an output the page, into its folder', () => {
    rmSync(join(folder, red, 'report.html'));
    const { code, out } = priolab('report');
    expect({ code, out }).toEqual({
      code: 0,
      out: `${red}/report.html  one page to look at, offline\n`,
    });
    expect(read(red, 'report.html')).toContain(`npx priolab replay ${red}/capsule.json`);
  });

  test('--out - prints the file and nothing else', () => {
    const { code, out, err } = priolab('report', 'runs/latest', '--junit', '--out', '-');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(read(red, 'junit.xml'));
  });

  test('a run without a capsule is repeated from the scenario in its folder', () => {
    const summary = JSON.parse(read(green, 'summary.json')) as object;
    mkdirSync(join(folder, 'cut'));
    const cut = { ...summary, interrupted: true, verdict: 'interrupted', exitCode: 130 };
    writeFileSync(join(folder, 'cut', 'summary.json'), JSON.stringify(cut));
    writeFileSync(join(folder, 'cut', 'scenario.json'), read(green, 'scenario.json'));
    const { out } = priolab('report', 'cut', '--md', '--out', '-');
    const [command] = /npx priolab run cut\/scenario\.json/.exec(out)!;
    const again = priolab(...command.split(' ').slice(2), '--workers', '0', '--out', 'repeated');
    expect(again.code).toBe(0);
    const { identity } = JSON.parse(read('repeated/latest/summary.json')) as { identity: object };
    expect(identity).toEqual((summary as { identity: object }).identity);
  });

  test.each([
    [['report', 'nowhere'], 'no run at nowhere or runs/nowhere'],
    [['report', 'a', 'b'], 'got 2 runs; expected one at most'],
    [['report', '--parqet'], 'unknown option --parqet (did you mean "--parquet"?)'],
    [['report', '--csv', '--out', '-'], '--out -: takes one file; allowed with it: one of --html'],
    [['report', '--md', '--otlp', '--out', '-'], '--out -: takes one file'],
    [['report', '--out='], '--out: got ""; allowed: a folder, or -'],
    [['report', '--out', 'first.scenario.ts'], "can't write first.scenario.ts/report.html"],
    [
      ['run', 'a.ts', '--report', 'md,parqet'],
      'got "parqet" (did you mean "parquet"?); allowed: a',
    ],
    [['run', 'a.ts', '--report='], '--report: got ""; allowed: a list of html, '],
  ])('%j says what is wrong', (args, message) => {
    const { code, out, err } = priolab(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  test('a damaged record is named field by field, by every command that reads it', () => {
    const summary = JSON.parse(read(green, 'summary.json')) as { cells: object[] };
    mkdirSync(join(folder, 'damaged'));
    const cells = summary.cells.map((cell) => ({ ...cell, estimates: [1] }));
    const damaged = { ...summary, verdict: 'fine', expectations: 'none', cells };
    writeFileSync(join(folder, 'damaged', 'summary.json'), JSON.stringify(damaged));
    for (const args of [['report'], ['where'], ['portal']]) {
      const { code, out, err } = priolab(...args, 'damaged', ...(args[0] === 'where' ? ['1'] : []));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('expectations: got "none"; expected array');
      expect(err).toContain('verdict: got "fine"');
      expect(err).toContain('cells[0].estimates: got [1]; expected 5 bins');
      expect(err).not.toContain('    at ');
    }
  });
});

describe('latest', () => {
  test('leads to the last run of the command, for every command that takes a run', () => {
    expect(readlinkSync(join(folder, 'runs/latest'))).toBe(red.slice('runs/'.length));
    expect(priolab('where', 'runs/latest', '7').out).toMatch(/^report 7: accepted/);
    expect(priolab('where', 'latest', '7').code).toBe(0);
    const { code, out } = priolab('replay', 'runs/latest', '--workers', '0');
    expect(code).toBe(6);
    expect(out).toContain('SAME as the capsule');
  });

  test('a run that leaves no capsule says why, and how to repeat it', () => {
    const { code, out, err } = priolab('replay', green);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`no capsule.json in ${green}: a green run leaves none`);
    expect(err).toContain(`to run it again: npx priolab run ${green}/scenario.json\n`);
    expect(priolab('fork', green, '--at', '1h').err).toContain('a green run leaves none');
    expect(priolab('replay', '.').err).toContain(
      'no capsule.json in ., which is no folder of a run',
    );
  });

  test('is replaced by the next run, whatever the order of names', () => {
    const out = ['--workers', '0', '--out', 'order'];
    priolab('run', join(folder, 'second.scenario.ts'), ...out);
    priolab('run', join(folder, 'first.scenario.ts'), ...out);
    expect(readlinkSync(join(folder, 'order/latest'))).toMatch(/^first-1-/);
    expect(readdirSync(join(folder, 'order')).filter((name) => name.startsWith('.'))).toEqual([]);
    // Runs that are moved take their newest one along.
    renameSync(join(folder, 'order'), join(folder, 'moved'));
    expect(priolab('where', 'moved/latest', '1').code).toBe(0);
  });

  test('a folder or a file of the user of that name stays, and the run says so', () => {
    mkdirSync(join(folder, 'own/latest'), { recursive: true });
    const file = join(folder, 'first.scenario.ts');
    const { code, err } = priolab('run', file, '--workers', '0', '--out', 'own');
    expect(code).toBe(0);
    expect(err).toContain('own/latest is neither a link nor ours: it stays as it is');
    rmSync(join(folder, 'own/latest'), { recursive: true });
    writeFileSync(join(folder, 'own/latest'), 'my notes\n');
    expect(pointLatest(join(folder, 'own'), 'own/a-1')).toContain('it stays as it is');
    expect(read('own/latest')).toBe('my notes\n');
  });

  test('where links can not be made, a file that holds the name does', () => {
    const out = join(folder, 'without-links');
    mkdirSync(out);
    renameSync(join(folder, 'moved'), join(out, 'first-1'));
    writeFileSync(join(out, 'latest'), 'first-1\n');
    expect(followLatest(join(out, 'latest'))).toBe(join(out, 'first-1'));
    // It is replaced like a link.
    expect(pointLatest(out, join(out, 'second-1'))).toBeUndefined();
    expect(followLatest(join(out, 'latest/'))).toBe(join(out, 'second-1'));
    expect(followLatest(join(out, 'first-1'))).toBe(join(out, 'first-1'));
  });
});

describe('in GitHub Actions', () => {
  const page = 'step-summary.md';
  const github = (within: NodeJS.ProcessEnv) =>
    createCli(undefined, {
      within: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder, ...within },
    });

  test('a red run is annotated in its file, and both are on the page of the job', () => {
    const at = github({ GITHUB_STEP_SUMMARY: join(folder, page) });
    const files = ['first', 'second'].map((name) => join(folder, `${name}.scenario.ts`));
    writeFileSync(join(folder, page), 'before\n');
    const { code, out, err } = at.priolab('run', ...files, '--workers', '0');
    rmSync(at.folder, { recursive: true });
    expect({ code, err }).toEqual({ code: 6, err: '' });
    const commands = out.split('\n').filter((line) => line.startsWith('::'));
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(
      /^::error file=second\.scenario\.ts,title=second%3A vacuous noforge::observed: .*%0Arepeat/,
    );
    expect(read(page).match(/^(?:before|## .*)$/gm)).toEqual([
      'before',
      '## ✅ PASS `first`',
      '## ⚠️ VACUOUS `second`',
    ]);
  });

  test('with --json they stand beside the document', () => {
    const at = github({});
    const file = join(folder, 'second.scenario.ts');
    const { out, err } = at.priolab('run', file, '--workers', '0', '--json');
    rmSync(at.folder, { recursive: true });
    expect(JSON.parse(out)).toMatchObject({ verdict: 'vacuous' });
    expect(err).toMatch(/^::error file=second\.scenario\.ts,/m);
  });

  test('a page that is full, or can not be written, is told and does no harm', () => {
    const file = join(folder, 'first.scenario.ts');
    writeFileSync(join(folder, page), 'x'.repeat(1024 * 1024 - 100));
    const full = github({ GITHUB_STEP_SUMMARY: join(folder, page) });
    const first = full.priolab('run', file, '--workers', '0');
    expect(first.code).toBe(0);
    expect(first.err).toContain('no room left in the step summary');
    const none = github({ GITHUB_STEP_SUMMARY: join(folder, 'no/such/folder') });
    const second = none.priolab('run', file, '--workers', '0');
    expect(second.code).toBe(0);
    expect(second.err).toContain("can't write the step summary: ENOENT");
    for (const cli of [full, none]) rmSync(cli.folder, { recursive: true });
  });

  test('elsewhere nothing of it', () => {
    expect(done.out).not.toMatch(/^::/m);
  });
});
