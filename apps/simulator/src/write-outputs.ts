/**
 * Writes a run in the forms of `@priolab/report`'s table of outputs, which `priolab run --report`
 * and `priolab report` share.
 */

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { didYouMean } from '@priolab/harness';
import type { RunSummary } from '@priolab/harness';
import { outputs } from '@priolab/report';
import type { Output, WrittenFile } from '@priolab/report';
import { collectBetweenWork } from '@priolab/runtime';

import { usage } from './arguments.ts';
import type { Repeat } from './repeat.ts';
import { makeFolder } from './run-folder.ts';

const names = outputs.map(({ name }) => name);

/** What is wrong with a list such as `md,csv`; undefined where nothing is. */
export function outputsMistake(option: string, list: string | undefined): string | undefined {
  const unknown = list?.split(',').find((name) => !names.includes(name));
  if (unknown === undefined) return undefined;
  // A number is meant for the option of nearly the same name.
  const meant = /^\d+$/.test(unknown) ? ' (did you mean "--reports"?)' : didYouMean(unknown, names);
  return `${option}: got "${unknown}"${meant}; allowed: a list of ${names.join(', ')}`;
}

/** In the order of the table, each once. */
export function outputsNamed(wanted: readonly string[]): Output[] {
  return outputs.filter(({ name }) => wanted.includes(name));
}

/** @throws UsageError where a file can't be written */
export async function writeOutputs(
  command: string,
  wanted: readonly Output[],
  { folder, summary, repeat }: { folder: string; summary: RunSummary; repeat: Repeat },
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const { path, isFolder, about, render } of wanted) {
    // Memory is that of one form, not of all: what the one before it left is garbage by now.
    collectBetweenWork();
    const files = await render(summary, repeat);
    for (const file of files) write(command, join(folder, file.path), file.content);
    const count = isFolder ? ` (${files.length} files)` : '';
    written.push({ path: join(folder, isFolder ? `${path}/` : path), what: about + count });
  }
  return written;
}

function write(command: string, path: string, content: string | Uint8Array): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(path, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(command, `can't write ${path}: ${reason}; choose another folder with --out`);
  }
}
