/**
 * Reads the text of scenario files that are data: plain and bounded, with no tags of their own, no
 * key twice, few aliases, no deep nesting. JSON is read as the YAML that it is.
 */

import { LineCounter, Parser, parseDocument } from 'yaml';
import type { CST } from 'yaml';

import { UsageError } from '@priolab/harness';
import type { Problem } from '@priolab/harness';
import { problem } from './problem.ts';

/** Most values that aliases may stand for, so that a small file can't become a huge value. */
const ALIAS_MAX = 100;
const DEPTH_MAX = 32;

/**
 * The value of a data file's text.
 * @throws UsageError with line and column of every problem of form
 */
export function parseData(text: string, file: string): unknown {
  if (isNestedDeeper(text)) throw tooDeep(file);
  const lines = new LineCounter();
  const parsed = attempt(file, () =>
    parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'core',
      strict: true,
      uniqueKeys: true,
    }),
  );
  // A warning is a tag that nobody knows: what it was meant to do would be left out in silence.
  const problems = [...parsed.errors, ...parsed.warnings].map(({ message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: `line ${line}, column ${col}`, message: firstLine(message) };
  });
  if (problems.length > 0) throw new UsageError(file, problems);
  const value = attempt(file, () => parsed.toJS({ maxAliasCount: ALIAS_MAX }) as unknown);
  if (isDeeper(value, DEPTH_MAX)) throw tooDeep(file);
  return withoutSchema(value);
}

/** Without the name of its JSON Schema, which is for editors and no part of the scenario. */
function withoutSchema(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { $schema, ...fields } = value as Readonly<Record<string, unknown>>;
  return typeof $schema === 'string' ? fields : value;
}

/** What the parser throws, such as for too many aliases, is the file's fault. */
function attempt<Result>(file: string, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    throw problem(file, firstLine(error instanceof Error ? error.message : String(error)));
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}

/**
 * Whether the text nests too deeply, without recursion: what composes values recurses, and where
 * the stack ends within a regular expression, V8 ends the process.
 */
function isNestedDeeper(text: string): boolean {
  const open: [token: CST.Token, depth: number][] = [];
  for (const token of new Parser().parse(text)) open.push([token, 0]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    if (depth > DEPTH_MAX) return true;
    if (token.type === 'document' && token.value !== undefined) open.push([token.value, depth]);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key != null) open.push([key, depth + 1]);
      if (value != null) open.push([value, depth + 1]);
    }
  }
  return false;
}

/** As above for the value: aliases nest what the text does not. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function tooDeep(file: string): UsageError {
  return problem(file, `is nested too deeply; allowed: ${DEPTH_MAX} levels`);
}
