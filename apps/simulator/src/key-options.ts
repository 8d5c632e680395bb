/** The options that name key files: `ID=FILE`, or `ID=FILE,EXPIRATION` for keys that sign. */

import type { KeyPair } from '@priolab/crypto';
import { UsageError } from '@priolab/harness';
import { readExpiration } from '@priolab/roles/manifest';

import { isUnusable, readKeyFile } from './key-files.ts';
import type { KeyKind } from './key-files.ts';

export interface NamedKey {
  readonly keyPair: KeyPair;
  /** RFC 3339, or empty. */
  readonly expiration: string;
}

/** Keys by id. */
export type KeyOptions = Readonly<Record<KeyKind, ReadonlyMap<string, NamedKey>>>;

/** @throws UsageError with all that is wrong with the options and their files */
export function readKeyOptions(
  command: string,
  texts: Readonly<Record<KeyKind, readonly string[]>>,
): KeyOptions {
  const mistakes: string[] = [];
  const keysOf = (kind: KeyKind) => {
    const keys = new Map<string, NamedKey>();
    for (const text of texts[kind]) {
      const found = readOption(kind, text);
      if ('mistake' in found) mistakes.push(found.mistake);
      else if (keys.has(found.id)) mistakes.push(`--${kind}-key: "${found.id}" is given twice`);
      else keys.set(found.id, found);
    }
    return keys;
  };
  const keys = { signing: keysOf('signing'), packet: keysOf('packet') };
  settle(command, mistakes);
  return keys;
}

/** Key files alone, in their order. */
export function readKeyFiles(command: string, kind: KeyKind, files: readonly string[]): KeyPair[] {
  const found = files.map((file) => readKeyFile(kind, file));
  settle(
    command,
    found.flatMap((one) => (isUnusable(one) ? [one.mistake] : [])),
  );
  return found.filter((one) => !isUnusable(one)) as KeyPair[];
}

function readOption(
  kind: KeyKind,
  text: string,
): (NamedKey & { readonly id: string }) | { readonly mistake: string } {
  const form = kind === 'signing' ? 'ID=FILE or ID=FILE,EXPIRATION' : 'ID=FILE';
  const [, id, file, expiration = ''] =
    /^([^=]+)=([^]+?)(?:,(\d{4}-\d\d-\d\d[^,/]*))?$/.exec(text) ?? [];
  // Not quoted: whoever mixes up options may have put a key there.
  if (id === undefined || file === undefined) return { mistake: `--${kind}-key: expected ${form}` };
  if (expiration !== '' && (kind === 'packet' || readExpiration(expiration) === 'unreadable')) {
    const time = 'with EXPIRATION as in 2030-01-31T00:00:00Z';
    const expected = kind === 'signing' ? `${form}, ${time}` : form;
    return { mistake: `--${kind}-key: got "${expiration}" after the file; expected ${expected}` };
  }
  const keyPair = readKeyFile(kind, file);
  return isUnusable(keyPair) ? keyPair : { id, keyPair, expiration };
}

function settle(command: string, mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const problems = mistakes.map((message) => ({ path: '', message }));
  throw new UsageError(`priolab ${command}`, problems);
}
