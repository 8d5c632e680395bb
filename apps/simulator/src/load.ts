/**
 * Loads scenario files. A `.scenario.ts` file is code and runs with the user's rights: load only
 * files that you would run.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { UsageError, resolveScenario } from '@priolab/harness';
import type { Scenario } from '@priolab/harness';

export interface Overrides {
  readonly seed?: string | undefined;
  readonly reports?: number | undefined;
}

/** The scenario of a file with the command line's overrides; UsageError for whatever is wrong. */
export async function loadScenario(file: string, overrides: Overrides = {}): Promise<Scenario> {
  const value = await importScenario(file);
  return resolveScenario(override(value, overrides), file);
}

async function importScenario(file: string): Promise<unknown> {
  const path = resolve(file);
  if (!existsSync(path)) throw problem(file, 'no such file');
  let exported: unknown;
  try {
    exported = await importDefault(pathToFileURL(path).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(file, `can't be loaded: ${reason}`);
  }
  if (exported === undefined) {
    throw problem(file, 'has no default export; write "export default defineScenario({ ... })"');
  }
  return exported;
}

/**
 * The default export of a TypeScript module. A file outside any ES module package is taken for
 * CommonJS by Node 20, which `import` can't handle for TypeScript: then the loader translates it.
 */
async function importDefault(url: string): Promise<unknown> {
  try {
    return ((await import(url)) as { default?: unknown }).default;
  } catch {
    const { tsImport } = await import('tsx/esm/api');
    const module = (await tsImport(url, import.meta.url)) as { default?: unknown };
    const inner = module.default;
    if (typeof inner !== 'object' || inner === null) return inner;
    if ('default' in inner) return inner.default;
    // What a module without any export looks like.
    return Object.keys(inner).length === 0 ? undefined : inner;
  }
}

function problem(file: string, message: string): UsageError {
  return new UsageError(file, [{ path: '', message }]);
}

/** Overrides go in before the check, so that they are checked like the file itself. */
function override(value: unknown, { seed, reports }: Overrides): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const scenario = { ...value } as { seed?: unknown; population?: unknown };
  if (seed !== undefined) scenario.seed = seed;
  if (
    reports !== undefined &&
    typeof scenario.population === 'object' &&
    scenario.population !== null
  ) {
    scenario.population = { ...scenario.population, reports };
  }
  return scenario;
}
