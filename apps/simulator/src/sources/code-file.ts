/**
 * Scenario files that are code: TypeScript and JavaScript modules. Loading one runs it with the
 * user's rights: load only files that you would run.
 */

import { bundle, bundledFiles } from '@priolab/bundle';
import * as harness from '@priolab/harness';
import { problem } from './problem.ts';

export const CODE_ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'] as const;

export function isCodeFile(path: string): boolean {
  return CODE_ENDINGS.some((ending) => path.endsWith(ending));
}

/** Scenarios get the harness that runs them, wherever they lie. */
const HARNESS = '@priolab/harness';
Object.assign(globalThis, { [Symbol.for(HARNESS)]: harness });

/**
 * The default export of a module.
 * @param onFile told of the files that it is made from
 */
export async function importValue(
  path: string,
  file: string,
  onFile: (path: string) => void,
): Promise<unknown> {
  let exported: unknown;
  try {
    const folder = await bundle(
      { scenario: path },
      { provided: { [HARNESS]: Object.keys(harness) } },
    );
    for (const input of bundledFiles(folder)) onFile(input);
    const module = (await import(new URL('scenario.js', folder).href)) as { default?: unknown };
    exported = module.default;
  } catch (error) {
    throw problem(file, `can't be loaded: ${reasonOf(error)}`);
  }
  if (exported === undefined) {
    throw problem(file, 'has no default export; write "export default defineScenario({ ... })"');
  }
  return exported;
}

interface BundlerMessage {
  readonly text: string;
  readonly location: { readonly line: number; readonly column: number } | null;
}

/** A bundler's complaint names a place in the file; what a module throws speaks for itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errors } = error as { errors?: readonly BundlerMessage[] };
  if (errors?.[0] === undefined) return error.message;
  const { text, location } = errors[0];
  return location === null ? text : `line ${location.line}, column ${location.column}: ${text}`;
}
