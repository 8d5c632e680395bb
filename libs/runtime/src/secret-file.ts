/**
 * Small texts that only their owner may read, one line each: keys of services. Created exclusively
 * with mode 0600 and never overwritten; not read where group or others could have read them. It
 * does not know what is in them, and no error quotes it.
 */

import { closeSync, constants, fstatSync, fsyncSync, linkSync, openSync } from 'node:fs';
import { readSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { TransportError } from './transport-error.ts';
import type { TransportErrorCode } from './transport-error.ts';

const SIZE_MAX = 4096;
/** Windows has access lists instead; Node shows 0666 there for every file. */
const hasModes = process.platform !== 'win32';

/**
 * Writes `line` and a newline. There is never a half-written file of this name: a crash leaves at
 * most `<path>.<process>.new` behind.
 * @throws TransportError `exists` where there is a file of this name, whatever it holds; `full`,
 *   `refused`, `not-found`
 */
export function writeSecretFile(path: string, line: string): void {
  if (line.includes('\n') || line.length >= SIZE_MAX) {
    throw new RangeError(`expected one line of less than ${SIZE_MAX} characters`);
  }
  const draft = `${path}.${process.pid}.new`;
  attempt(path, 'be written', () => {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(file, `${line}\n`);
      fsyncSync(file);
    } catch (error) {
      unlinkSync(draft);
      throw error;
    } finally {
      closeSync(file);
    }
    try {
      // A rename would replace what is there, and with it a key that is in use.
      linkSync(draft, path);
    } finally {
      unlinkSync(draft);
    }
    if (hasModes) syncFolder(dirname(path));
  });
}

/**
 * The line, without its newline.
 * @throws TransportError `refused` where others than the owner can read the file, or where it is no
 *   small file; `not-found`
 */
export function readSecretFile(path: string): string {
  const text = attempt(path, 'be read', () => {
    // A named pipe must not hold up a service at its start.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(file);
      if (!stat.isFile() || stat.size > SIZE_MAX) {
        throw refusal(path, `expected a file of ${SIZE_MAX} bytes at most`);
      }
      const mode = stat.mode & 0o777;
      if (hasModes && (mode & 0o077) !== 0) {
        throw refusal(path, `expected mode 600, got ${mode.toString(8)}: others can read it`);
      }
      const bytes = Buffer.alloc(SIZE_MAX + 1);
      return bytes.toString('latin1', 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  });
  return text.replace(/\r?\n$/, '');
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const CODES: Readonly<Record<string, TransportErrorCode>> = {
  EEXIST: 'exists',
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  ENOSPC: 'full',
  EDQUOT: 'full',
};

function attempt<T>(path: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TransportError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const known = CODES[code] ?? 'refused';
    const options = { retryable: known === 'full', definite: true };
    throw new TransportError(known, `${path} can't ${what}: ${code}`, options);
  }
}

function refusal(path: string, why: string): TransportError {
  return new TransportError('refused', `${path}: ${why}`, { retryable: false, definite: true });
}
