/**
 * Finds the benchmark rows: what each `bench/<name>.bench.ts` of a lib or app exports as `rows`
 * (CPU time), `wallRows` (time on the wall, with threads) and `absent` (what it should have and
 * can't).
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
  prepare(size: number): () => number | Promise<number>;
  /** Operations of the protocol that one item takes, by kind: counted, not measured. */
  readonly work?: () => Readonly<Record<string, number>>;
}

/** Work on worker threads, which only the clock on the wall can judge. */
export interface WallRow {
  readonly name: string;
  readonly workers: number;
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Does it once, with threads of its own, and times it without their start. */
  run(size: number): Promise<WallSample>;
}

export interface WallSample {
  readonly wallMs: number;
  /** CPU time of the whole process meanwhile. */
  readonly cpuMs: number;
  /** The same each time, with any number of workers. */
  readonly checksum: number;
}

export interface AbsentRow {
  readonly name: string;
  readonly reason: string;
}

export interface Catalogue {
  readonly rows: readonly BenchRow[];
  readonly wallRows: readonly WallRow[];
  readonly absent: readonly AbsentRow[];
}

/** The rows of all projects, by project and file name. */
export async function findRows(root = repositoryRoot): Promise<Catalogue> {
  const rows: BenchRow[] = [];
  const wallRows: WallRow[] = [];
  const absent: AbsentRow[] = [];
  for (const file of benchFiles(root)) {
    const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      [Kind in keyof Catalogue]?: Catalogue[Kind];
    };
    if (module.rows === undefined && module.wallRows === undefined) {
      throw new TypeError(`${file} exports no rows`);
    }
    rows.push(...(module.rows ?? []));
    wallRows.push(...(module.wallRows ?? []));
    absent.push(...(module.absent ?? []));
  }
  return { rows, wallRows, absent };
}

/** Those with `text` in their name. */
export function filterRows({ rows, wallRows, absent }: Catalogue, text: string): Catalogue {
  const fits = ({ name }: { name: string }): boolean => name.includes(text);
  return { rows: rows.filter(fits), wallRows: wallRows.filter(fits), absent: absent.filter(fits) };
}

function benchFiles(root: string): string[] {
  return ['libs', 'apps']
    .map((group) => join(root, group))
    .filter((group) => existsSync(group))
    .flatMap((group) =>
      readdirSync(group)
        .sort()
        .map((project) => join(group, project, 'bench')),
    )
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.bench.ts'))
        .sort()
        .map((name) => join(folder, name)),
    );
}
