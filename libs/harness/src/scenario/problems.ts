/**
 * Usage errors that a person can act on: the file, the path inside it, what was found, what is
 * allowed, and a guess at what was meant; all problems at once.
 */

import { inspect } from 'node:util';

import type { z } from 'zod';

import { compositionKeys } from './composition-keys.ts';
import { definitionOf } from './valid-parts.ts';
import type { Schema } from './valid-parts.ts';

export interface Problem {
  /** Path inside the value, for example `population.states[2]`; empty: the value itself. */
  readonly path: string;
  readonly message: string;
}

/** The scenario or the command line is wrong. Exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
    const plural = problems.length === 1 ? 'problem' : 'problems';
    super(`${file}: ${problems.length} ${plural}\n${lines.join('\n')}`);
    this.name = 'UsageError';
    this.file = file;
    this.problems = problems;
  }
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Zod's issues in our words. */
export function problemsOf(error: z.ZodError, value: unknown, schema: z.ZodType): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, value, schema, []));
}

function problemsOfIssue(issue: Issue, value: unknown, schema: z.ZodType, at: Path): Problem[] {
  const path = [...at, ...issue.path];
  const got = valueAt(value, path);
  const problem = (message: string): Problem[] => [{ path: formatPath(path), message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, allowedKeys(schema, path)));
    case 'invalid_value':
      return problem(notAllowed(got, issue.values.map(String)));
    case 'invalid_union':
      return unionProblems(issue, value, schema, path);
    case 'invalid_key':
      return problem(issue.issues.map((inner) => inner.message).join('; '));
    case 'too_small':
      return problem(
        `got ${show(got)}; allowed: ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}` +
          unitOf(issue.origin),
      );
    case 'too_big':
      return problem(`got ${show(got)}; allowed: at most ${issue.maximum}${unitOf(issue.origin)}`);
    case 'invalid_type':
      return problem(
        got === undefined
          ? `is missing; expected ${expectedBy(issue)}`
          : `got ${show(got)}; expected ${expectedBy(issue)}`,
      );
    default:
      return problem(`got ${show(got)}; expected ${issue.message}`);
  }
}

/** The schema's own words where it has any, else the name of the type. */
function expectedBy(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  return issue.message.startsWith('Invalid input') ? issue.expected : issue.message;
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '';
}

/** The problems of the alternative that came nearest: the one that speaks of the deepest path. */
function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  value: unknown,
  schema: z.ZodType,
  path: Path,
): Problem[] {
  const got = valueAt(value, path);
  const told = toldBy(got, issue.errors, unionAt(schema, path, issue.errors.length));
  const candidates = told.filter((issues) => issues.length > 0);
  if (typeof got === 'string') {
    // A text of the right kind in a wrong form: the form is what there is to say.
    const malformed = candidates.find(([first]) => isFormIssue(first));
    if (malformed !== undefined) {
      return malformed.flatMap((inner) => problemsOfIssue(inner, value, schema, path));
    }
    const words = candidates.flatMap((issues) => allowedAt(issues, 0));
    const keys = keysAt(schema, path);
    const objects = keys.length === 0 ? [] : [`or an object with ${keys.join(', ')}`];
    if (words.length > 0) {
      return [{ path: formatPath(path), message: notAllowed(got, words, objects) }];
    }
  }
  // A key that tells the alternatives apart: the rest of the object can't be judged without it.
  const tellers = candidates.filter((issues) => allowedAt(issues, 1).length > 0);
  const objectCount = candidates.filter((issues) => !isOtherKind(issues)).length;
  if (tellers.length > 1 && tellers.length === objectCount) {
    const [key] = tellers[0]![0]!.path;
    const ids = tellers.flatMap((issues) =>
      issues[0]!.path[0] === key ? allowedAt(issues, 1) : [],
    );
    const at = [...path, key!];
    return [{ path: formatPath(at), message: notAllowed(valueAt(value, at), ids) }];
  }
  const rank = (issues: readonly Issue[]): number =>
    isOtherKind(issues) ? 0 : 1 + issues[0]!.path.length;
  const best = candidates.toSorted((a, b) => rank(b) - rank(a) || a.length - b.length)[0];
  if (best === undefined) return [{ path: formatPath(path), message: `got ${show(got)}` }];
  return best.flatMap((inner) => problemsOfIssue(inner, value, schema, path));
}

/**
 * Only the alternatives that have a literal which the value bears; where there are none, those that
 * know the most of its keys.
 */
function toldBy(
  got: unknown,
  errors: readonly Issue[][],
  options: readonly Schema[],
): readonly Issue[][] {
  if (typeof got !== 'object' || got === null) return errors;
  const fields = got as Readonly<Record<string, unknown>>;
  const shapes = errors.map((_, i) => options[i] && definitionOf(options[i]).shape);
  const bears = shapes.map((shape) =>
    Object.entries(shape ?? {}).some(
      ([key, field]) => definitionOf(field).values?.includes(fields[key]) === true,
    ),
  );
  if (bears.includes(true)) return errors.filter((_, i) => bears[i]);
  const known = shapes.map(
    (shape) => Object.keys(shape ?? {}).filter((key) => Object.hasOwn(fields, key)).length,
  );
  const most = Math.max(...known);
  return most === 0 ? errors : errors.filter((_, i) => known[i] === most);
}

function isFormIssue(issue: Issue | undefined): boolean {
  return issue?.path.length === 0 && /^(?:invalid_format|custom)$/.test(issue.code);
}

/** The values that the first issue would allow at that depth; none if it is about other things. */
function allowedAt([first]: readonly Issue[], depth: number): string[] {
  if (first?.code !== 'invalid_value' || first.path.length !== depth) return [];
  return first.values.map(String);
}

/** An alternative for another kind of value altogether. */
function isOtherKind([first]: readonly Issue[]): boolean {
  return first!.path.length === 0 && /^invalid_(?:type|value)$/.test(first!.code);
}

function allowedKeys(schema: z.ZodType, path: Path): string[] {
  const keys = keysAt(schema, path);
  return path.length === 0 ? [...keys, ...compositionKeys] : keys;
}

function unknownKey(path: Path, key: string, allowed: readonly string[]): Problem {
  const hint = didYouMean(key, allowed);
  const list = allowed.length > 0 ? `; allowed: ${allowed.join(', ')}` : '';
  return { path: formatPath([...path, key]), message: `unknown key${hint}${list}` };
}

function notAllowed(got: unknown, allowed: readonly string[], more: string[] = []): string {
  const list = `; allowed: ${[...fewer(got, allowed), ...more].join(', ')}`;
  if (got === undefined) return `is missing${list}`;
  const hint = typeof got === 'string' ? didYouMean(got, allowed) : '';
  return `got ${show(got)}${hint}${list}`;
}

const LIST_MAX = 60;

/** Of very many words those of the same family (`net.drop` of `net.`), else all of them. */
function fewer(got: unknown, allowed: readonly string[]): readonly string[] {
  if (allowed.length <= LIST_MAX || typeof got !== 'string') return allowed;
  const family = got.split('.')[0];
  const near = allowed.filter((word) => word.startsWith(`${family}.`));
  return near.length > 0 ? [...near, `... (${allowed.length} in all)`] : allowed;
}

/** ` (did you mean "x"?)` where some allowed word is near, else nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  let best = '';
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of allowed) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === '' ? '' : ` (did you mean "${best}"?)`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Problems in the order in which the value is written, the rest after them. */
export function inOrderOf(value: unknown, problems: readonly Problem[]): Problem[] {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const place = ({ path }: Problem): number => {
    const at = keys.indexOf(path.split(/[.[]/)[0]!);
    return at === -1 ? keys.length : at;
  };
  return problems.toSorted((a, b) => place(a) - place(b));
}

/** Keys of the object schema at a path, looking through defaults, unions and arrays. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let candidates: Schema[] = [schema];
  for (const step of path) {
    candidates = candidates.flatMap(unwrap).flatMap((type) => stepInto(type, step));
  }
  const keys = candidates.flatMap(unwrap).flatMap((type) => {
    const { shape, keyType } = definitionOf(type);
    return shape === undefined ? wordsOf(keyType) : Object.keys(shape);
  });
  return [...new Set(keys)];
}

/** The words of an enumeration, such as a record's keys. */
function wordsOf(type: Schema | undefined): string[] {
  return type === undefined ? [] : Object.keys(definitionOf(type).entries ?? {});
}

function unwrap(type: Schema): Schema[] {
  const { innerType, options } = definitionOf(type);
  if (innerType !== undefined) return unwrap(innerType);
  return options === undefined ? [type] : options.flatMap(unwrap);
}

/** The alternatives of the union at a path, the one with so many. */
function unionAt(schema: z.ZodType, path: Path, count: number): readonly Schema[] {
  let candidates: Schema[] = [schema];
  for (const step of path) {
    candidates = candidates.flatMap(unwrap).flatMap((type) => stepInto(type, step));
  }
  return candidates.flatMap(unionsOf).find((options) => options.length === count) ?? [];
}

function unionsOf(type: Schema): (readonly Schema[])[] {
  const { innerType, options } = definitionOf(type);
  if (innerType !== undefined) return unionsOf(innerType);
  return options === undefined ? [] : [options, ...options.flatMap(unionsOf)];
}

function stepInto(type: Schema, step: PropertyKey): Schema[] {
  const { element, shape, valueType } = definitionOf(type);
  const next = element ?? shape?.[String(step)] ?? valueType;
  return next === undefined ? [] : [next];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );
}

function formatPath(path: Path): string {
  return path
    .map((step, i) =>
      typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${String(step)}`,
    )
    .join('');
}

/** A value as one short line, safe to print. */
function show(value: unknown): string {
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** JSON where there is any: not for functions, cycles and big integers. */
function textOf(value: unknown): string {
  try {
    const json: unknown = JSON.stringify(value);
    if (typeof json === 'string') return json;
  } catch {
    // As below.
  }
  return inspect(value, { depth: 1, breakLength: Infinity });
}
