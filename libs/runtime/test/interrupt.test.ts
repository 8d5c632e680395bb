/** Interrupts, in a real process: the first signal asks, the second ends it with 130. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const program = join(import.meta.dirname, 'fixtures/interrupted.ts');

/** Runs the program; sends `signals[i]` when it has said its (i + 1)-th line. */
async function interrupted(signals: readonly NodeJS.Signals[], ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const left = [...signals];
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const _ of text.matchAll(/listening|asked to stop|listeners left/g)) {
      const signal = left.shift();
      if (signal !== undefined) child.kill(signal);
    }
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  );
  return { code, signal, lines: output.trim().split('\n') };
}

describe.each([
  { first: 'SIGINT', second: 'SIGINT' },
  { first: 'SIGTERM', second: 'SIGINT' },
] as const)('$first, then $second', ({ first, second }) => {
  test('the first one aborts, the second one exits with 130', async () => {
    const end = await interrupted([first, second]);
    expect(end).toEqual({ code: 130, signal: null, lines: ['listening', 'asked to stop'] });
  });
});

test('after dispose a signal ends the process as it does by default', async () => {
  const end = await interrupted(['SIGINT', 'SIGTERM'], 'dispose');
  expect(end).toEqual({
    code: null,
    signal: 'SIGTERM',
    lines: ['listening', 'asked to stop', 'listeners left: 0'],
  });
});
