/** `priolab run` as people and CI runners see it: without a terminal, and on a real one. */

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { afterAll, describe, expect, test } from 'vitest';

import { createCli } from './fixture.ts';
import { createScreen } from './screen.ts';

const bin = join(import.meta.dirname, '../bin/priolab.js');
const { folder, priolab, scenarioFile } = createCli();
afterAll(() => rmSync(folder, { recursive: true }));

const bare = { NO_COLOR: undefined, FORCE_COLOR: undefined, CI: undefined, TERM: 'xterm' };
const long = scenarioFile('long', { population: { reports: 200_000, states: ['us-wa'] } });
const red = scenarioFile('red', { expect: ['sum.exact', { id: 'memory', atMostMiB: 1 }] });
const green = scenarioFile('green', {});

describe('without a terminal', () => {
  test.each([
    ['', {}],
    ['in CI', { CI: 'true' }],
    ['with a TERM that has colours', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }],
  ])('no escape code %s', (_name, variables) => {
    const env = { ...process.env, ...bare, ...variables };
    const args = [bin, 'run', red, '--reports', '3000'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env });
    expect(stdout.toString()).toMatch(/^FAIL/m);
    for (const output of [stdout, stderr]) {
      expect(output.toString().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    }
  });

  test('FORCE_COLOR paints, and draws nothing over', () => {
    const env = { ...process.env, ...bare, FORCE_COLOR: '1' };
    const done = spawnSync(process.execPath, [bin, 'run', green], { cwd: folder, env });
    expect(done.stdout.toString()).toContain('\u001b[32mPASS');
    expect(done.stdout.toString()).not.toMatch(/\p{Cc}\[(?![\d;]*m)/u);
    expect(done.stderr.toString().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('--terse', () => {
  test('a line a scenario, and of a red one what failed and how to repeat it', () => {
    const { code, out } = priolab('run', green, red, '--terse');
    expect(code).toBe(3);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(
      /^PASS {5}green \(seed 1, [\d.]+ [^()]*\): the one expectation holds, over 60 reports \(exit/,
    );
    expect(lines[1]).toMatch(
      /^FAIL {5}red \(seed 1, .*\): 1 of 2 expectations does not hold: memory \(exi/,
    );
    expect(lines[2]).toMatch(/^ {2}fail memory: .*; limit: .* \(n = \d+\)$/);
    const [, capsule] = /^ {2}repeat this run: npx priolab replay (\S+)$/.exec(lines[3]!)!;
    expect(readFileSync(join(folder, capsule!), 'utf8')).toContain('"red"');
    expect(lines[4]).toBe('1 of 2 scenarios pass');
  });
});

// Of util-linux; the one of the BSDs has other options.
const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux');

describe.skipIf(hasScript !== true)('on a terminal (needs `script` of util-linux)', () => {
  /** Runs it on a pseudo terminal of 100 columns, and presses Ctrl-C when it shows progress. */
  async function onTerminal(args: readonly string[], { presses }: { readonly presses: number }) {
    const command = ['stty cols 100 rows 30;', 'exec', process.execPath, bin, ...args];
    const env = { ...process.env, ...bare, LANG: 'C.UTF-8', LC_ALL: undefined };
    const options = { cwd: folder, env };
    const child = spawn('script', ['-qefc', command.join(' '), '/dev/null'], options);
    let output = '';
    let pressed = 0;
    let seenAt = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const said = stripVTControlCharacters(output.slice(seenAt));
      // A bar without a word beside it: shards are under way.
      const isNext =
        pressed === 0 ? /[█░] {2,3}\d+\.\d %/.test(said) : said.includes('Ctrl-C again');
      if (pressed === presses || !isNext) return;
      seenAt = output.length;
      pressed += 1;
      child.stdin.write('\u0003');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    const screen = createScreen(100);
    screen.write(output);
    return { code, output, screen, rows: screen.rows() };
  }

  test('colours, and a view of which nothing stays', async () => {
    const { code, output, screen, rows } = await onTerminal(
      ['run', green, '--reports', '8000', '--workers', '1'],
      { presses: 0 },
    );
    expect(code).toBe(0);
    expect(output).toMatch(/█.* % .*reports/);
    expect(output).toContain('\u001b[32mPASS');
    expect(rows[0]).toBe('green: for a test');
    expect(rows[1]).toMatch(/^PASS {2}/);
    expect(rows.join('\n')).not.toContain('░');
    expect(screen).toMatchObject({ cursorIsVisible: true, styleIsOn: false });
  });

  test('after Ctrl-C what was done, on a clean screen', async () => {
    const args = ['run', long, '--workers', '1'];
    const { code, screen, rows } = await onTerminal(args, { presses: 1 });
    expect(code).toBe(130);
    expect(rows.slice(0, 2).join('\n')).toMatch(/^long: for a test\nstopping when the shards/);
    expect(rows[2]).toMatch(/^INTERRUPTED {2}/);
    expect(rows.join('\n')).not.toContain('░');
    expect(screen).toMatchObject({ cursorIsVisible: true, styleIsOn: false });
  });

  test('after a second Ctrl-C nothing but what was said', async () => {
    // Shards that take their time, so that the second one comes before they are done.
    const args = ['run', long, '--workers', '1', '--reports', '2000000'];
    const { code, screen, rows } = await onTerminal(args, { presses: 2 });
    expect(code).toBe(130);
    // What the terminal shows of the key itself stays where no view is drawn.
    expect(rows.filter((row) => !/^(?:long|stopping|\^C$)/.test(row))).toEqual([]);
    expect(screen).toMatchObject({ cursorIsVisible: true, styleIsOn: false });
  });
});
