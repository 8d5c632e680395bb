/** `npm run fuzz:decoders`: a slice of it over its whole table, another one with each commit. */

import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';

import { repositoryRoot } from '../src/files.ts';

const TIMEOUT_MS = 60_000;

function run(script: string): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', script], { cwd: repositoryRoot }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test('a slice of it finds nothing', async () => {
  const seed = process.env['PRIOLAB_SLICE'] ?? '1';
  const { code, out, err } = await run(`node tools/fuzz-decoders.js --cases 300 --seed '${seed}'`);
  expect(err).toBe('');
  expect(out).toMatch(/^300 cases of seed .*: \d+ decoded/);
  // One of each table.
  const names = ['container/sumPart', 'manifest/csr', 'window-set', 's3-xml', 'android-leaf'];
  for (const name of names) {
    expect(out).toContain(` ${name}`);
  }
  expect(code).toBe(0);
}, TIMEOUT_MS); // prettier-ignore

test('a reader that has gone is no error', async () => {
  const { err } = await run('node tools/fuzz-decoders.js --cases 10 | true');
  expect(err).toBe('');
}, TIMEOUT_MS); // prettier-ignore
