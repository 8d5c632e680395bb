/** `priolab manifest lint`: what is wrong with a manifest, and whether it fits its owner's keys. */

import { readFileSync, statSync } from 'node:fs';

import { EXIT } from '@priolab/harness';
import { ManifestError, lintManifest, manifestKinds, manifestText } from '@priolab/roles/manifest';
import { readExpiration } from '@priolab/roles/manifest';
import type { Finding } from '@priolab/roles/manifest';
import { wallClock } from '@priolab/runtime';

import { parse, usage } from '../arguments.ts';
import { readKeyFiles, readKeyOptions } from '../key-options.ts';

const FILE_SIZE_MAX = 2 ** 20;
const COMMAND = 'manifest lint';

/** @returns 0 where there is no error, warnings or not; 1 otherwise */
export function lint(args: readonly string[]): number {
  const options = {
    'packet-key': { type: 'string', multiple: true },
    'signing-key': { type: 'string', multiple: true },
    now: { type: 'string' },
  } as const;
  const { values, positionals } = parse(COMMAND, args, options, (parsed) => [
    parsed.positionals.length === 2
      ? undefined
      : `expected a kind and a file: priolab manifest lint processor manifest.json`,
    typeof readExpiration(parsed.values.now ?? '2021-01-01T00:00:00Z') === 'number'
      ? undefined
      : `--now: got "${parsed.values.now}"; expected a time as in 2030-01-31T00:00:00Z`,
  ]);
  const [kindText, file] = positionals as [string, string];
  const kind = manifestKinds.find((name) => name === kindText);
  if (kind === undefined) {
    throw usage(COMMAND, `got kind "${kindText}"; allowed: ${manifestKinds.join(', ')}`);
  }
  const keys = readKeyOptions(COMMAND, { signing: values['signing-key'] ?? [], packet: [] });
  const files = values['packet-key'];
  const findings = lintManifest(kind, read(file), {
    nowMs: values.now === undefined ? wallClock.nowMs() : Date.parse(values.now),
    signingKeys: new Map([...keys.signing].map(([id, { keyPair }]) => [id, keyPair])),
    ...(files === undefined ? {} : { packetKeys: readKeyFiles(COMMAND, 'packet', files) }),
  });
  for (const finding of findings) console.log(findingText(file, finding));
  const errors = findings.filter(({ level }) => level === 'error').length;
  console.log(`${file}: ${errors} errors, ${findings.length - errors} warnings`);
  return errors === 0 ? EXIT.pass : EXIT.correctness;
}

export function findingText(file: string, { level, code, path, message }: Finding): string {
  return `${file}: ${level} ${code}: ${path === '' ? '' : `${path}: `}${message}`;
}

function read(file: string): string {
  try {
    if (statSync(file).size > FILE_SIZE_MAX) throw usage(COMMAND, `${file}: over 1 MiB`);
    return manifestText(readFileSync(file));
  } catch (error) {
    if (error instanceof ManifestError) throw usage(COMMAND, `${file}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || code === 'usage') throw error;
    throw usage(COMMAND, `${file} can't be read: ${code}`);
  }
}
