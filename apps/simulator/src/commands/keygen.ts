/** `priolab keygen`: new keys of a service, private halves in files, public ones printed. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { encodePublicKey, generateKeyPair, publicKeyToPem } from '@priolab/crypto';
import type { KeyPair } from '@priolab/crypto';
import { EXIT, UsageError } from '@priolab/harness';

import { parse } from '../arguments.ts';
import { writeKeyFile } from '../key-files.ts';
import type { KeyKind } from '../key-files.ts';
import { makeFolderOf } from '../run-folder.ts';

const KINDS = ['packet', 'signing', 'both'];

export function keygen(args: readonly string[]): Promise<number> {
  const options = {
    out: { type: 'string' },
    name: { type: 'string' },
    kind: { type: 'string' },
  } as const;
  const { values } = parse('keygen', args, options, ({ values: found, positionals }) => [
    found.out === undefined ? '--out: expected a folder' : undefined,
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(found.name ?? '')
      ? undefined
      : '--name: expected 1 to 100 letters, digits, ".", "_" or "-"',
    KINDS.includes(found.kind ?? 'both')
      ? undefined
      : `--kind: got "${found.kind}"; allowed: ${KINDS.join(', ')}`,
    positionals.length > 0 ? `got "${positionals.join(' ')}"; allowed: options only` : undefined,
  ]);
  const folder = values.out!;
  const kinds: KeyKind[] = ['packet', 'signing'];
  const files = kinds
    .filter((kind) => [kind, 'both'].includes(values.kind ?? 'both'))
    .map((kind) => ({ kind, file: join(folder, `${values.name}.${kind}-key`) }));
  // Before any is written: half a set of keys would be in the way of the next attempt.
  refuse(files.map(({ file }) => (existsSync(file) ? `${file} exists; it is left alone` : '')));
  makeFolderOf('keygen', '--out', folder);
  for (const { kind, file } of files) {
    const keyPair = generateKeyPair();
    refuse([writeKeyFile(kind, file, keyPair) ?? '']);
    console.log(`${file}\n${publicHalf(kind, keyPair)}\n`);
  }
  return Promise.resolve(EXIT.pass);
}

function publicHalf(kind: KeyKind, { publicKey }: KeyPair): string {
  return kind === 'packet' ? encodePublicKey(publicKey) : publicKeyToPem(publicKey).trimEnd();
}

function refuse(mistakes: readonly string[]): void {
  const problems = mistakes.filter((text) => text !== '').map((message) => ({ path: '', message }));
  if (problems.length > 0) throw new UsageError('priolab keygen', problems);
}
