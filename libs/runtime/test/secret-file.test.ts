/** Secret files: their mode, that nothing is overwritten, and that errors show no content. */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { TransportError, readSecretFile, writeSecretFile } from '../src/index.ts';

const SECRET = 'correct-horse-battery-staple';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-secret-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function refusalOf(work: () => unknown): TransportError {
  try {
    work();
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('a file is written for its owner alone, read again, and nothing else is left', () => {
  const path = join(folder, 'own', 'key');
  mkdirSync(join(folder, 'own'));
  writeSecretFile(path, SECRET);
  expect(readSecretFile(path)).toBe(SECRET);
  expect(readFileSync(path, 'utf8')).toBe(`${SECRET}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'own'))).toEqual(['key']);
});

test('what is there is not overwritten, even where it leads nowhere', () => {
  const path = join(folder, 'taken');
  writeSecretFile(path, SECRET);
  const refusal = refusalOf(() => writeSecretFile(path, 'another'));
  expect(refusal).toMatchObject({ code: 'exists', retryable: false, definite: true });
  expect(readSecretFile(path)).toBe(SECRET);
  const link = join(folder, 'link');
  symlinkSync(join(folder, 'elsewhere'), link);
  expect(refusalOf(() => writeSecretFile(link, SECRET)).code).toBe('exists');
  expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
});

describe('not read', () => {
  test.each([0o640, 0o604, 0o620, 0o644, 0o610])('with mode %o', (mode) => {
    const path = join(folder, `mode-${mode}`);
    writeSecretFile(path, SECRET);
    chmodSync(path, mode);
    const refusal = refusalOf(() => readSecretFile(path));
    expect(refusal.code).toBe('refused');
    expect(refusal.message).toContain(`expected mode 600, got ${mode.toString(8)}`);
    chmodSync(path, 0o400);
    expect(readSecretFile(path)).toBe(SECRET);
  });

  test('where it is missing, a folder, or too long', () => {
    expect(refusalOf(() => readSecretFile(join(folder, 'missing'))).code).toBe('not-found');
    expect(refusalOf(() => readSecretFile(folder)).code).toBe('refused');
    const long = join(folder, 'long');
    writeFileSync(long, SECRET.repeat(200), { mode: 0o600 });
    const refusal = refusalOf(() => readSecretFile(long));
    expect(refusal.code).toBe('refused');
    expect(refusal.message).not.toContain(SECRET);
  });
});

test('a folder that is missing, and a text that is not one line', () => {
  expect(refusalOf(() => writeSecretFile(join(folder, 'a', 'b'), SECRET)).code).toBe('not-found');
  for (const text of [`${SECRET}\n`, SECRET.repeat(200)]) {
    expect(() => writeSecretFile(join(folder, 'c'), text)).toThrow(/^expected one line/);
  }
  expect(existsSync(join(folder, 'c'))).toBe(false);
});
