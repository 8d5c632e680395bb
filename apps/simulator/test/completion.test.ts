/**
 * Completions: what the shells get is what the commands take, no more and no less; and a real bash
 * with the script in it. Words are found in this process: the command line prints what is found.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { UsageError, faultIds } from '@priolab/harness';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { commands } from '../src/commands.ts';
import { complete } from '../src/completion/complete.ts';
import { completionScript, shells } from '../src/completion/scripts.ts';
import { positionals } from '../src/completion/words.ts';
import { HELP } from '../src/help.ts';
import { createCli } from './fixture.ts';

const { folder, priolab } = createCli();
const before = process.cwd();
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const words = (...line: string[]): Promise<string[]> => complete(line, commands);

/** What a command of this process says of its arguments. */
const refusal = async (command: string, ...args: string[]): Promise<string> => {
  try {
    await (
      await commands[command]!()
    )(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
};

beforeAll(() => {
  mkdirSync(join(folder, 'scenarios/deep'), { recursive: true });
  for (const file of ['scenarios/deep/one.scenario.yaml', 'here.scenario.ts', 'other.yaml']) {
    writeFileSync(join(folder, file), '');
  }
  for (const [run, files] of [
    ['red-1-0a', ['summary.json', 'capsule.json']],
    ['green-1-0b', ['summary.json']],
    ['half-1-0c', []],
    ['odd $(name)-1-0d', ['summary.json']],
  ] as const) {
    mkdirSync(join(folder, 'runs', run), { recursive: true });
    for (const file of files) writeFileSync(join(folder, 'runs', run, file), '{}');
  }
  process.chdir(folder);
});

describe('words', () => {
  test('commands: all that there are, each with an entry in table and help', async () => {
    const names = (await words('')).filter((word) => !word.startsWith('-') && word !== 'help');
    expect(names.length).toBeGreaterThan(15);
    expect(Object.keys(positionals).toSorted()).toEqual(names);
    for (const command of names) expect(HELP).toContain(`\n  priolab ${command} `);
    expect(await words('help', '')).toEqual(names);
    expect(await words('repl')).toEqual(['replay']);
  });

  test.each(Object.keys(positionals))('%s can be asked for its options', async (command) => {
    const found = await words(command, '-');
    expect(found).toContain('--help');
    expect(found.every((word) => word.startsWith('--'))).toBe(true);
  });

  test.each(['run', 'new', 'portal', 'explain'])(
    'options of %s: those that it allows',
    async (command) => {
      const [, allowed] = /unknown option --zzz; allowed: (.*)/.exec(
        await refusal(command, '--zzz'),
      )!;
      const options = allowed === 'no options' ? [] : allowed!.split(', ');
      expect(await words(command, '-')).toEqual([...options, '--help'].toSorted());
    },
  );

  test('options of manifest: those of its kind, which may repeat where they may', async () => {
    expect(await words('manifest', 'po')).toEqual(['portal']);
    expect(await words('manifest', 'portal', '--f')).toEqual(['--facilitator-sum-part-bucket']);
    expect(await words('manifest', 'lint', 'por')).toEqual(['portal']);
    const given = ['manifest', 'processor', '--signing-key', 'a=b', '--common-name', 'c'];
    expect(await words(...given, '--signing')).toEqual(['--signing-key']);
    expect(await words(...given, '--common')).toEqual([]);
  });

  test('the command line prints them, one a line', async () => {
    const line = ['run', '--workers', '1', '--'];
    const printed = (await words(...line)).map((word) => `${word}\n`).join('');
    expect(printed.length).toBeGreaterThan(0);
    const done = priolab('completion', 'words', '--', ...line);
    expect(done).toEqual({ code: 0, out: printed, err: '' });
  });

  test('values of options, however they are written', async () => {
    expect(await words('run', '--deployment', 'm')).toEqual(['memory', 'msw']);
    expect(await words('run', '--deployment=m')).toEqual([
      '--deployment=memory',
      '--deployment=msw',
    ]);
    // As bash takes it apart.
    expect(await words('run', '--deployment', '=', 'm')).toEqual(['memory', 'msw']);
    expect(await words('run', '--deployment', '=')).toContain('http');
    expect(await words('new', '--from', 'f')).toEqual(['faults']);
    // Anything may come: left to the shell.
    expect(await words('run', '--out', '')).toEqual([]);
    expect(await words('run', '--seed', '7', '--s')).toEqual([]);
  });

  test('files, runs, faults, terms', async () => {
    const scenarios = ['here.scenario.ts', 'scenarios/deep/one.scenario.yaml'];
    for (const command of ['run', 'check', 'watch'])
      expect(await words(command, '')).toEqual(scenarios);
    expect(await words('run', '--seed', '1', 'here.scenario.ts', 'scen')).toEqual(
      scenarios.slice(1),
    );
    expect(await words('where', '')).toEqual(['runs/green-1-0b', 'runs/red-1-0a']);
    expect(await words('where', 'runs/g')).toEqual(['runs/green-1-0b']);
    expect(await words('replay', '')).toEqual(['runs/red-1-0a']);
    expect(await words('portal', 'r')).toEqual(await words('where', ''));
    expect(await words('faults', 'net.drop', '')).toEqual(faultIds.toSorted());
    expect(await words('explain', 'noforg')).toEqual(['noforge']);
    expect(await words('completion', '')).toEqual(shells.toSorted());
    expect(await words('nonsense', '')).toEqual([]);
  });

  test('help in the line that is completed is a word like any other', async () => {
    expect(await words('run', '--help')).toEqual(['--help']);
    expect(await words('run', '--help', '--work')).toEqual(['--workers']);
  });
});

test('another shell is refused', async () => {
  expect(await refusal('completion', 'bsh')).toContain(
    'got "bsh" (did you mean "bash"?); allowed: bash, zsh, fish',
  );
});

const missing = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status !== 0;
const skipped = (shell: string): string => (missing(shell) ? ` (skipped: no ${shell} here)` : '');

describe.skipIf(missing('bash'))(`in bash${skipped('bash')}`, () => {
  const completions = priolab('completion', 'bash').out;

  /** What bash would offer for the line of these words, the last one under way. */
  function offered(...line: string[]): string[] {
    const script = [
      'eval "$1"; shift',
      'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
      '[[ "$(complete -p priolab)" == *"-F _priolab priolab" ]] || exit 1',
      '_priolab && printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    const done = spawnSync('bash', ['-c', script, 'bash', completions, 'priolab', ...line], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    return done.stdout.split('\n').slice(0, -1);
  }

  test('commands, options, values and files', () => {
    expect(offered('ke')).toEqual(['keygen']);
    expect(offered('run', '--dep')).toEqual(['--deployment']);
    expect(offered('run', '--deployment', '=', 'ht')).toEqual(['http']);
    expect(offered('watch', 'scenarios/d')).toEqual(['scenarios/deep/one.scenario.yaml']);
  });

  test('a program in a folder with an odd name', () => {
    const odd = join(folder, "it's $(odd)");
    mkdirSync(odd);
    writeFileSync(join(odd, 'echo.cjs'), 'console.log(process.argv.slice(2).join("+"))');
    const script = completionScript('bash', [process.execPath, join(odd, 'echo.cjs')]);
    const ask = 'COMP_WORDS=(priolab a ""); COMP_CWORD=2; _priolab; echo "${COMPREPLY[0]}"';
    const done = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' });
    expect(done).toMatchObject({ stdout: 'completion+words+--+a+\n', stderr: '' });
  });
});

const checks = { bash: '-n', zsh: '-n', fish: '--no-execute' } as const;

describe.each(shells)('the script for %s', (shell) => {
  test.skipIf(missing(shell))(`is ${shell}${skipped(shell)}`, () => {
    const file = join(folder, `script.${shell}`);
    writeFileSync(file, priolab('completion', shell).out);
    const done = spawnSync(shell, [checks[shell], file], { encoding: 'utf8' });
    expect(done).toMatchObject({ status: 0, stderr: '' });
  });
});
