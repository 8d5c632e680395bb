/** `priolab watch`: what it notices, what it says about it, and the loop as a user sees it. */

import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import { changesBetween } from '../src/watch/changes.ts';
import type { Judged } from '../src/watch/changes.ts';
import { createFileWatch } from '../src/watch/file-watch.ts';
import { listenForKeys } from '../src/watch/keys.ts';
import { createCli } from './fixture.ts';

const { folder, priolab, start } = createCli();
const own = mkdtempSync(join(tmpdir(), 'priolab-watch-test-'));
afterAll(() => {
  for (const one of [folder, own]) rmSync(one, { recursive: true });
});

describe('what changed', () => {
  const judged = (verdicts: Readonly<Record<string, string>>, result = 'r', scenario = 's') =>
    ({
      expectations: Object.entries(verdicts).map(([id, verdict]) => ({
        id: id.replace(/ .*/, ''),
        verdict,
        observed: `seen ${id}`,
      })),
      identity: { resultDigest: result, scenarioDigest: scenario, seed: '1' },
    }) as unknown as Judged;
  const first = judged({ once: 'pass', live: 'fail', reason: 'vacuous' });

  test('first only what does not pass', () => {
    const lines = ['fail  live: seen live', 'vacuous  reason: seen reason'];
    expect(changesBetween(undefined, first)).toEqual(lines);
  });

  test('then what turned, came, went, and what is still no pass', () => {
    const second = judged({ once: 'fail', live: 'pass', det: 'pass' }, 'q', 't');
    expect(changesBetween(first, second)).toEqual([
      'pass -> fail  once: seen once',
      'fail -> pass  live',
      'new  pass  det',
      'gone  reason (was vacuous)',
      'other results',
    ]);
  });

  test('nothing, and results that should have been the same', () => {
    const still = ['no verdict changed', 'still fail  live: seen live'];
    expect(changesBetween(first, first)).toEqual([
      ...still,
      'still vacuous  reason: seen reason',
      'the same results, byte for byte',
    ]);
    const other = judged({ live: 'fail' }, 'q');
    expect(changesBetween(judged({ live: 'fail' }), other)).toEqual([
      ...still,
      'other results of the same scenario and seed',
    ]);
  });

  test('expectations of one name are told apart', () => {
    const before = judged({ 'outcome a': 'pass', 'outcome b': 'pass' });
    const after = judged({ 'outcome a': 'pass', 'outcome b': 'fail' });
    expect(changesBetween(before, after)[0]).toBe('pass -> fail  outcome (2): seen outcome b');
  });
});

describe('files', () => {
  /** Follows files, and says what is told of them. */
  function following(names: readonly string[], options?: { readonly neighbours: boolean }) {
    const folderOf = mkdtempSync(join(own, 'files-'));
    const path = (name: string): string => join(folderOf, name);
    for (const name of names) writeFileSync(path(name), 'before');
    const onChange = vi.fn<(files: readonly string[]) => void>();
    const files = createFileWatch(onChange);
    files.follow(names.map(path), options);
    const told = async (...expected: string[]): Promise<void> => {
      await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), { timeout: 20_000 });
      expect(onChange.mock.calls.flat(2)).toEqual(expect.arrayContaining(expected.map(path)));
      onChange.mockClear();
    };
    return { path, told, onChange, files };
  }

  test('written in place, replaced, removed and written again', async () => {
    const { path, told, files } = following(['a.yaml', 'b.yaml']);
    writeFileSync(path('a.yaml'), 'after');
    await told('a.yaml');
    writeFileSync(path('new'), 'before');
    renameSync(path('new'), path('a.yaml'));
    await told('a.yaml');
    rmSync(path('b.yaml'));
    await told('b.yaml');
    writeFileSync(path('b.yaml'), 'before');
    await told('b.yaml');
    files.close();
  });

  test('others beside them count only where it is said, new ones too', async () => {
    const strict = following(['a.yaml']);
    const loose = following(['a.yaml'], { neighbours: true });
    for (const { path } of [strict, loose]) writeFileSync(path('part.ts'), 'new');
    await loose.told();
    writeFileSync(strict.path('a.yaml'), 'after');
    await strict.told('a.yaml');
    expect(strict.onChange).not.toHaveBeenCalled();
    strict.files.close();
    loose.files.close();
  });

  test('a folder that goes and comes again is seen all the same', async () => {
    const { path, told, files } = following(['a.yaml']);
    rmSync(path('.'), { recursive: true });
    await told('a.yaml');
    mkdirSync(path('.'));
    writeFileSync(path('a.yaml'), 'again');
    await told('a.yaml');
    files.close();
  });

  test('what changed before it was followed again is not missed', async () => {
    const { path, told, files } = following(['a.yaml']);
    writeFileSync(path('a.yaml'), 'after');
    files.follow([path('a.yaml')]);
    await told('a.yaml');
    files.close();
  });
});

test('keys: one by one from a terminal, none from anything else', () => {
  const handlers = { onQuit: vi.fn(), onAgain: vi.fn(), onInterrupt: vi.fn() };
  const input = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: vi.fn(),
    resume: vi.fn(),
    pause: vi.fn(),
  });
  const keys = listenForKeys(input as never, handlers);
  expect(keys.areThere).toBe(true);
  for (const key of ['x', '\r', 'q', '\u0003']) input.emit('data', Buffer.from(key));
  for (const handler of Object.values(handlers)) expect(handler).toHaveBeenCalledTimes(1);
  keys.dispose();
  input.emit('data', Buffer.from('q'));
  expect(handlers.onQuit).toHaveBeenCalledTimes(1);
  expect(input.setRawMode.mock.calls).toEqual([[true], [false]]);
  const pipe = Object.assign(new EventEmitter(), { isTTY: undefined });
  expect(listenForKeys(pipe as never, handlers).areThere).toBe(false);
});

describe('the loop', () => {
  const scenario = (id: string, change = ''): string =>
    `id: ${id}
about: for a test
population: { reports: 60, states: [us-wa] }
system: { metrics: [PeriodicExposureNotification-v1] }
crypto: { crossCheck: false }
expect: [sum.exact]
${change}`;

  /** Runs it, and waits for what it says. */
  function watching(...args: string[]) {
    const child = start('watch', ...args);
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    }
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    return {
      said: async (pattern: RegExp): Promise<string> => {
        await vi.waitFor(() => expect(text).toMatch(pattern), { timeout: 60_000, interval: 50 });
        const said = text;
        text = '';
        return said;
      },
      interrupt: () => child.kill('SIGINT'),
      closed,
    };
  }

  test('a change in any file of it runs it again; Ctrl-C ends it with 130', async () => {
    const file = join(folder, 'loop.scenario.yaml');
    writeFileSync(join(folder, 'base.yaml'), scenario('base'));
    writeFileSync(file, 'id: loop\nabout: for a test\nextends: ./base.yaml\n');
    const { said, interrupt, closed } = watching(file, '--workers', '0', '--reports', '40');
    const first = await said(/watching 2 files/);
    expect(first).toMatch(/^run 1: \S+loop\.scenario\.yaml\nPASS {2}the one expectation holds, /);
    expect(first).toContain('over 40 reports');
    expect(first).toMatch(/Ctrl-C ends; in full: npx priolab run \S+loop\.scenario\.yaml\n/);

    writeFileSync(join(folder, 'base.yaml'), scenario('base').replace('.exact', '.exact, noforge'));
    const second = await said(/watching 2 files/);
    expect(second).toMatch(/^run 2: base\.yaml changed\nVACUOUS /);
    expect(second).toContain('  new  vacuous  noforge: ');
    expect(second).toContain('  the same results, byte for byte\n');

    writeFileSync(file, 'id: loop\nabout: for a test\nextends: ./bose.yaml\n');
    const broken = await said(/watching \d files/);
    expect(broken).toContain('bose.yaml: 1 problem\n  no such file');
    renameSync(join(folder, 'base.yaml'), join(folder, 'bose.yaml'));
    const mended = await said(/run \d: .*bose\.yaml.* changed\n[^]*watching 2 files/);
    expect(mended).toContain('VACUOUS');
    interrupt();
    expect(await closed).toBe(130);
  });

  test('a run that is under way is stopped by a change; imported code counts', async () => {
    writeFileSync(join(folder, 'count.ts'), 'export const reports = 200_000;\n');
    writeFileSync(
      join(folder, 'code.scenario.ts'),
      `import { reports } from './count.ts';
export default {
  id: 'code',
  about: 'for a test',
  population: { reports, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'] },
  crypto: { crossCheck: false },
  expect: ['sum.exact'],
};
`,
    );
    const { said, interrupt, closed } = watching('code.scenario.ts', '--workers', '1');
    // A line of progress: it is under way.
    await said(/reports/);
    writeFileSync(join(folder, 'count.ts'), 'export const reports = 50;\n');
    const next = await said(/watching 2 files/);
    expect(next).toMatch(/stopped\n\nrun 2: count\.ts changed\nPASS .* over 50 reports/);
    interrupt();
    expect(await closed).toBe(130);
  });

  test('mistakes', () => {
    const { code, err } = priolab('watch', '--reports', '0');
    expect(code).toBe(2);
    expect(err).toContain('expected one scenario file; for example: priolab watch');
    expect(err).toContain('--reports: got "0"');
  });

  // A terminal of its own, by the `script` of util-linux.
  const hasTerminal = spawnSync('script', ['-qec', 'test -t 0', '/dev/null']).status === 0;
  const skipped = hasTerminal ? '' : ' (skipped: no script of util-linux here)';

  test.skipIf(!hasTerminal)(`on a terminal q ends it with the last exit code${skipped}`, () => {
    writeFileSync(join(folder, 'q.scenario.yaml'), scenario('q').replace('sum.exact', 'noforge'));
    const bin = join(import.meta.dirname, '../bin/priolab.js');
    const command = `'${process.execPath}' '${bin}' watch q.scenario.yaml --workers 0`;
    // Keys come when it waits for them: Enter after the first run, q after the second.
    const keys = `until grep -q '^watching' log; do sleep 0.1; done; printf '\\r'
until [ "$(grep -c '^watching' log)" = 2 ]; do sleep 0.1; done; printf q; sleep 1`;
    const line = `: >log; (${keys}) | script -qefc "${command}" log`;
    const done = spawnSync('bash', ['-c', line], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 90_000,
    });
    expect(done.stdout).toContain('run 2: asked for');
    expect(done.stdout).toContain('Enter runs again, q ends');
    expect(done.status).toBe(6);
  });
});
