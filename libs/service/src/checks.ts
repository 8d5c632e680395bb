/**
 * Strict reading of JSON documents that others wrote: every key, type, size and range is checked
 * before anything else looks at it, and all problems are told at once. No message quotes a file
 * beyond short names and numbers, since one of the files is a private key.
 */

import { readFileSync, statSync } from 'node:fs';

/** A command line or a file that can't be used: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

/** Longer files are not read: the engine's strings end at 512 MiB. */
const FILE_SIZE_MAX = 2 ** 28;
const PROBLEMS_SHOWN = 10;
const QUOTED_MAX = 40;

/**
 * One value inside a document. Each method notes a problem and returns a placeholder where the
 * value is not what it asks for; `readDocument` throws before a placeholder can leave.
 */
export class JsonNode {
  readonly #path: string;
  readonly #value: unknown;
  readonly #problems: string[];

  constructor(path: string, value: unknown, problems: string[]) {
    this.#path = path;
    this.#value = value;
    this.#problems = problems;
  }

  get present(): boolean {
    return this.#value !== undefined;
  }

  fail(allowed: string, got = describe(this.#value)): void {
    this.#problems.push(`${this.#path || 'document'}: got ${got}, allowed: ${allowed}`);
  }

  /** Ends the reading if anything is wrong so far: what follows would be nonsense. */
  settle(): void {
    const hidden = this.#problems.length - PROBLEMS_SHOWN;
    if (hidden > 0) this.#problems.splice(PROBLEMS_SHOWN, hidden, `and ${hidden} more problems`);
    if (this.#problems.length > 0) throw new UsageError(this.#problems.join('\n'));
  }

  /** Members by name; a missing one gives a node that is not present. */
  members<K extends string>(...keys: readonly K[]): Record<K, JsonNode> {
    const value = this.#value;
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isRecord) {
      this.fail('an object');
      this.settle();
    }
    const found = new Map<string, unknown>(Object.entries(value as object));
    const child = (key: string): JsonNode =>
      new JsonNode(`${this.#path && `${this.#path}.`}${key}`, found.get(key), this.#problems);
    for (const key of found.keys()) {
      const known = (keys as readonly string[]).includes(key);
      if (!known) child(key.slice(0, QUOTED_MAX)).fail(keys.join(', '), 'an unknown key');
    }
    return Object.fromEntries(keys.map((key) => [key, child(key)])) as Record<K, JsonNode>;
  }

  items(min: number, max: number): JsonNode[] {
    const list: readonly unknown[] | undefined = Array.isArray(this.#value)
      ? this.#value
      : undefined;
    if (list !== undefined && list.length >= min && list.length <= max) {
      return list.map((item, i) => new JsonNode(`${this.#path}[${i}]`, item, this.#problems));
    }
    this.fail(`a list of ${min === max ? min : `${min} to ${max}`}`);
    return [];
  }

  /** Members whose names are the document's own. */
  entries(pattern: RegExp, allowed: string): (readonly [string, JsonNode])[] {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail('an object');
      return [];
    }
    const found = Object.entries(value as object);
    if (found.length === 0) this.fail('at least one member');
    return found.map(([key, inner]) => {
      const child = new JsonNode(
        `${this.#path}.${key.slice(0, QUOTED_MAX)}`,
        inner,
        this.#problems,
      );
      if (!pattern.test(key)) child.fail(allowed, 'another name');
      return [key, child] as const;
    });
  }

  boolean(): boolean {
    if (typeof this.#value === 'boolean') return this.#value;
    this.fail('true or false');
    return false;
  }

  integer(min: number, max: number): number {
    const value = this.#value;
    const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
    if (isWhole && value >= min && value <= max) return value;
    this.fail(min === max ? String(min) : `a whole number from ${min} to ${max}`);
    return min;
  }

  number(min: number, max: number): number {
    const value = this.#value;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.fail(`a number from ${min} to ${max}`);
    return min;
  }

  text(pattern: RegExp, allowed: string): string {
    const value = this.#value;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.fail(allowed);
    return '';
  }

  /** A text of which no message shows anything. */
  secret(pattern: RegExp, allowed: string): string {
    const value = this.#value;
    if (typeof value === 'string' && pattern.test(value)) return value;
    this.fail(allowed, typeof value === 'string' ? 'another text' : undefined);
    return '';
  }

  oneOf<T extends string>(...allowed: readonly T[]): T {
    const found = allowed.find((item) => item === this.#value);
    if (found === undefined) this.fail(allowed.join(', '));
    return found ?? allowed[0]!;
  }

  /** Lower-case hex, or padded base64, of `size` bytes. */
  bytes(encoding: 'hex' | 'base64', size: number): Uint8Array {
    const text = typeof this.#value === 'string' ? this.#value : '';
    const bytes = Buffer.from(text, encoding);
    // Buffer skips foreign characters; encoding again shows whether there were any.
    if (bytes.length === size && bytes.toString(encoding) === text) return new Uint8Array(bytes);
    const allowed = encoding === 'hex' ? `${2 * size} lower-case hex digits` : 'padded base64';
    const got = `${text.length} characters for ${bytes.length} bytes`;
    this.fail(`${allowed} for ${size} bytes`, typeof this.#value === 'string' ? got : undefined);
    return new Uint8Array(size);
  }
}

/**
 * Reads a JSON file and hands its root to `parse`.
 * @throws UsageError with all problems, each with path, got and allowed, under the file's name
 */
export function readDocument<T>(file: string, parse: (root: JsonNode) => T): T {
  const root = new JsonNode('', parseJson(file), []);
  try {
    const parsed = parse(root);
    root.settle();
    return parsed;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message.replaceAll(/^/gm, `${file}: `));
  }
}

function parseJson(file: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > FILE_SIZE_MAX) throw new RangeError('too large');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(file, 'a file that can be read', error);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The engine's message quotes the text around the fault: part of a key, in a key file.
    throw new UsageError(`${file}: got text that is not JSON, allowed: one JSON document`);
  }
}

/** Where the file system refuses: its code, for example ENOENT. */
export function fileError(file: string, allowed: string, error: unknown): UsageError {
  const { code, message } = error as { code?: string; message?: string };
  return new UsageError(`${file}: got ${code ?? message}, allowed: ${allowed}`, { cause: error });
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const quoted = JSON.stringify(value);
  return quoted.length <= QUOTED_MAX + 2 ? quoted : `a string of ${quoted.length - 2} characters`;
}
