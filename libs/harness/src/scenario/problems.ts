/**
 * Usage errors that a person can act on: the file, the path inside it, what was found, what is
 * allowed, and a guess at what was meant; all problems at once.
 */

import type { z } from 'zod';

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
      return issue.keys.map((key) => unknownKey(path, key, keysAt(schema, path)));
    case 'invalid_value':
      return problem(notAllowed(got, issue.values.map(String)));
    case 'invalid_union':
      return unionProblems(issue, value, schema, path);
    case 'invalid_key':
      return problem(issue.issues.map((inner) => inner.message).join('; '));
    case 'too_small':
      return problem(
        `got ${show(got)}; allowed: ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`,
      );
    case 'too_big':
      return problem(`got ${show(got)}; allowed: at most ${issue.maximum}`);
    case 'invalid_type':
      return problem(
        got === undefined
          ? `is missing; expected ${issue.expected}`
          : `got ${show(got)}; expected ${issue.expected}`,
      );
    default:
      return problem(`got ${show(got)}; expected ${issue.message}`);
  }
}

/** The problems of the alternative that came nearest: the one that speaks of the deepest path. */
function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  value: unknown,
  schema: z.ZodType,
  path: Path,
): Problem[] {
  const got = valueAt(value, path);
  const isText = typeof got === 'string';
  const candidates = issue.errors.filter((issues) => issues.length > 0);
  const rank = (issues: readonly Issue[]): number => {
    const first = issues[0]!;
    if (isText) return first.code === 'invalid_value' ? 2 : 0;
    return first.code === 'invalid_type' && first.path.length === 0 ? 0 : 1 + first.path.length;
  };
  const best = candidates.toSorted((a, b) => rank(b) - rank(a) || a.length - b.length)[0];
  if (best === undefined) return [{ path: formatPath(path), message: `got ${show(got)}` }];
  return best.flatMap((inner) => problemsOfIssue(inner, value, schema, path));
}

function unknownKey(path: Path, key: string, allowed: readonly string[]): Problem {
  const hint = didYouMean(key, allowed);
  const list = allowed.length > 0 ? `; allowed: ${allowed.join(', ')}` : '';
  return { path: formatPath([...path, key]), message: `unknown key${hint}${list}` };
}

function notAllowed(got: unknown, allowed: readonly string[]): string {
  if (got === undefined) return `is missing; allowed: ${allowed.join(', ')}`;
  const hint = typeof got === 'string' ? didYouMean(got, allowed) : '';
  return `got ${show(got)}${hint}; allowed: ${allowed.join(', ')}`;
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

/** Keys of the object schema at a path, looking through defaults, unions and arrays. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let candidates: z.core.$ZodType[] = [schema];
  for (const step of path) {
    candidates = candidates.flatMap(unwrap).flatMap((type) => stepInto(type, step));
  }
  const shapes = candidates.flatMap(unwrap).flatMap((type) => {
    const def = type._zod.def as { type: string; shape?: object };
    return def.type === 'object' && def.shape ? Object.keys(def.shape) : [];
  });
  return [...new Set(shapes)];
}

type Definition = {
  type: string;
  innerType?: z.core.$ZodType;
  options?: z.core.$ZodType[];
  element?: z.core.$ZodType;
  shape?: Record<string, z.core.$ZodType>;
};

function unwrap(type: z.core.$ZodType): z.core.$ZodType[] {
  const def = type._zod.def as Definition;
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.options !== undefined) return def.options.flatMap(unwrap);
  return [type];
}

function stepInto(type: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  const def = type._zod.def as Definition;
  if (def.element !== undefined) return [def.element];
  const next = def.shape?.[String(step)];
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
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
