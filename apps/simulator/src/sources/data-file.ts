/**
 * Scenario files that are data: YAML and JSON. Nothing in them is run and they can name no code, so
 * this is the form for files that one does not trust.
 */

import { readFileSync, statSync } from 'node:fs';
import { problem } from './problem.ts';

/** Largest file, in bytes. */
export const DATA_SIZE_MAX = 256 * 1024;

export const DATA_ENDINGS = ['.yaml', '.yml', '.json'] as const;

export function isDataFile(path: string): boolean {
  return DATA_ENDINGS.some((ending) => path.endsWith(ending));
}

/** The value of a data file; the parser is loaded when the first one is read. */
export async function readData(path: string, file: string): Promise<unknown> {
  const text = readText(path, file);
  const { parseData } = await import('./data-text.ts');
  return parseData(text, file);
}

function readText(path: string, file: string): string {
  const { size } = statSync(path);
  if (size > DATA_SIZE_MAX) {
    throw problem(file, `is ${size} bytes long; allowed: at most ${DATA_SIZE_MAX}`);
  }
  try {
    const bytes = readFileSync(path);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(file, `can't be read: ${reason}`);
  }
}
