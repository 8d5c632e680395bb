/** Interrupts, in a real process: the first signal asks, the second ends it with 130. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';

const program = join(import.meta.dirname, 'fixtures/interrupted.ts');

/** Runs the program; when it has said a line, sends it the signal that `answers` has for it. */
async function interrupted(answers: Readonly<Record<string, NodeJS.Signals>>, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
    killSignal: 'SIGKILL', // so that a broken one is not left behind
  });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    const signal = answers[line];
    if (signal !== undefined) child.kill(signal);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  );
  return { code, signal, lines };
}

describe.each([
  { first: 'SIGINT', second: 'SIGINT' },
  { first: 'SIGTERM', second: 'SIGINT' },
] as const)('$first, then $second', ({ first, second }) => {
  test('the first one aborts, the second one exits with 130', async () => {
    const end = await interrupted({ listening: first, 'asked to stop': second });
    expect(end).toEqual({ code: 130, signal: null, lines: ['listening', 'asked to stop'] });
  });
});

test('after dispose a signal ends the process as it does by default', async () => {
  const end = await interrupted({ listening: 'SIGINT', 'listeners left: 0': 'SIGTERM' }, 'dispose');
  expect(end).toEqual({
    code: null,
    signal: 'SIGTERM',
    lines: ['listening', 'asked to stop', 'listeners left: 0'],
  });
});
