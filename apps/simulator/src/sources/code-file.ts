/**
 * Scenario files that are code: TypeScript and JavaScript modules. Loading one runs it with the
 * user's rights: load only files that you would run.
 */

import { pathToFileURL } from 'node:url';

import { UsageError } from '@priolab/harness';

export const CODE_ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'] as const;

export function isCodeFile(path: string): boolean {
  return CODE_ENDINGS.some((ending) => path.endsWith(ending));
}

/** The default export of a module. */
export async function importValue(path: string, file: string): Promise<unknown> {
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
