/**
 * Finds the benchmark rows: every `libs/<lib>/bench/<name>.bench.ts` exports `rows`.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../files.ts';

/** One piece of work, in the form that the bench files declare for themselves. */
export interface BenchRow {
  /** What is measured, `lib: work`. */
  readonly name: string;
  /** How many items one run works on: enough to try it, and enough to measure it. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum, the same each time. */
  prepare(size: number): () => number;
}

/** The rows of all libs, by lib and file name. */
export async function findRows(root = repositoryRoot): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const file of benchFiles(root)) {
    const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      readonly rows?: readonly BenchRow[];
    };
    if (module.rows === undefined) throw new TypeError(`${file} exports no rows`);
    rows.push(...module.rows);
  }
  return rows;
}

function benchFiles(root: string): string[] {
  return readdirSync(join(root, 'libs'))
    .sort()
    .map((lib) => join(root, 'libs', lib, 'bench'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.bench.ts'))
        .sort()
        .map((name) => join(folder, name)),
    );
}
