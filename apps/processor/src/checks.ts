/**
 * Strict reading of JSON documents that others wrote: every key, type, size and range is checked
 * before anything else looks at it, and all problems are told at once. No message quotes a file's
 * bytes beyond short names and numbers, since one of the files is a private key.
 */

import { readFileSync, statSync } from 'node:fs';

/** A command line or a file that can't be used: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

/** The longest file that is read; strings of 512 MiB are the engine's limit. */
const FILE_SIZE_MAX = 2 ** 28;
const PROBLEMS_SHOWN = 10;
const QUOTED_MAX = 40;

/** Problems of one file, collected. */
class ProblemLog {
  readonly #file: string;
  readonly #problems: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(path: string, got: string, allowed: string): void {
    this.#problems.push(`${this.#file}: ${path}: got ${got}, allowed: ${allowed}`);
  }

  throwIfAny(): void {
    const hidden = this.#problems.length - PROBLEMS_SHOWN;
    if (this.#problems.length === 0) return;
    const shown = this.#problems.slice(0, PROBLEMS_SHOWN);
    if (hidden > 0) shown.push(`${this.#file}: and ${hidden} more problems`);
    throw new UsageError(shown.join('\n'));
  }
}

/**
 * One value inside a document. Each method notes a problem and returns a placeholder where the
 * value is not what it asks for; `readDocument` throws before a placeholder can leave.
 */
export class JsonNode {
  readonly #log: ProblemLog;
  readonly #path: string;
  readonly #value: unknown;

  constructor(log: ProblemLog, path: string, value: unknown) {
    this.#log = log;
    this.#path = path;
    this.#value = value;
  }

  get present(): boolean {
    return this.#value !== undefined;
  }

  fail(allowed: string, got = describe(this.#value)): void {
    this.#log.add(this.#path === '' ? 'document' : this.#path, got, allowed);
  }

  /** Ends the reading here if anything is wrong so far: what follows would be nonsense. */
  settle(): void {
    this.#log.throwIfAny();
  }

  /** Members by name; a missing one gives a node that is not present. */
  members<K extends string>(...keys: readonly K[]): Record<K, JsonNode> {
    const value = this.#value;
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isRecord) this.fail('an object');
    const entries = new Map(isRecord ? Object.entries(value) : []);
    const path = (key: string): string => (this.#path === '' ? key : `${this.#path}.${key}`);
    for (const key of entries.keys()) {
      if ((keys as readonly string[]).includes(key)) continue;
      this.#log.add(path(key.slice(0, QUOTED_MAX)), 'an unknown key', keys.join(', '));
    }
    const nodes = keys.map((key) => [key, new JsonNode(this.#log, path(key), entries.get(key))]);
    return Object.fromEntries(nodes) as Record<K, JsonNode>;
  }

  items(min: number, max: number): JsonNode[] {
    const value = this.#value;
    const allowed = min === max ? `a list of ${min}` : `a list of ${min} to ${max}`;
    if (!Array.isArray(value)) {
      this.fail(allowed);
      return [];
    }
    if (value.length < min || value.length > max) {
      this.fail(allowed, `a list of ${value.length}`);
      return [];
    }
    return value.map((item, i) => new JsonNode(this.#log, `${this.#path}[${i}]`, item));
  }

  integer(min: number, max: number): number {
    const value = this.#value;
    if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    this.fail(`a whole number from ${min} to ${max}`);
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

  oneOf<T extends string>(...allowed: readonly T[]): T {
    const found = allowed.find((item) => item === this.#value);
    if (found === undefined) this.fail(allowed.join(', '));
    return found ?? allowed[0]!;
  }

  /** Lower-case hex of `size` bytes. */
  hex(size: number): Uint8Array {
    return this.#bytes('hex', size, `${2 * size} lower-case hex digits`);
  }

  /** Padded base64 of `size` bytes. */
  base64(size: number): Uint8Array {
    return this.#bytes('base64', size, `padded base64 of ${size} bytes`);
  }

  #bytes(encoding: 'hex' | 'base64', size: number, allowed: string): Uint8Array {
    if (typeof this.#value !== 'string') {
      this.fail(allowed);
      return new Uint8Array(size);
    }
    const bytes = Buffer.from(this.#value, encoding);
    // Buffer skips foreign characters; encoding again shows whether there were any.
    if (bytes.toString(encoding) !== this.#value) {
      this.fail(allowed, `${this.#value.length} characters that are something else`);
    } else if (bytes.length !== size) this.fail(allowed, `${bytes.length} bytes`);
    return new Uint8Array(bytes);
  }
}

/**
 * Reads a JSON file and hands its root to `parse`.
 * @throws UsageError with all problems, each with file, path inside it, got and allowed
 */
export function readDocument<T>(file: string, parse: (root: JsonNode) => T): T {
  const log = new ProblemLog(file);
  const parsed = parse(new JsonNode(log, '', parseJson(file)));
  log.throwIfAny();
  return parsed;
}

function parseJson(file: string): unknown {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > FILE_SIZE_MAX) {
      throw new UsageError(`${file}: got ${size} bytes, allowed: up to ${FILE_SIZE_MAX}`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof UsageError ? error : fileError(file, 'read', error);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The engine's message quotes the text around the fault: part of a key, in a key file.
    throw new UsageError(`${file}: got text that is not JSON, allowed: one JSON document`);
  }
}

/** What to say where the file system refuses: its code, for example ENOENT. */
export function fileError(file: string, deed: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new UsageError(`${file}: can't be ${deed} (${code})`, { cause: error });
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return value.length <= QUOTED_MAX
      ? JSON.stringify(value)
      : `a string of ${value.length} characters`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
