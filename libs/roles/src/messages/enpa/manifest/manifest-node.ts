/**
 * One value inside a manifest: asks for types, sizes and known names, and notes every problem on
 * the way, so that all of them are told at once. Where the value is not what is asked for, a
 * placeholder is returned; `readManifest` throws before one can leave.
 */

import { parseStrictJson, quoted, step } from './strict-json.ts';
import type { Json, JsonObject, ManifestProblem } from './strict-json.ts';

const PROBLEMS_SHOWN = 20;
const KEYS_MAX = 64;
/** Names of Cloud KMS key versions, which Google signs with, have some 150 characters. */
const KEY_ID_LENGTH_MAX = 512;

/** A manifest that can't be used: with all that is wrong with it. Trying again does not help. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly code = 'manifest';
  readonly retryable = false;
  readonly problems: readonly ManifestProblem[];

  constructor(problems: readonly ManifestProblem[]) {
    const lines = problems.map(problemText);
    const hidden = lines.length - PROBLEMS_SHOWN;
    if (hidden > 0) lines.splice(PROBLEMS_SHOWN, hidden, `and ${hidden} more problems`);
    super(lines.join('\n'));
    this.problems = problems;
  }
}

function problemText({ path, expected, got }: ManifestProblem): string {
  return `${path || 'manifest'}: expected ${expected}, got ${got}`;
}

/** Parses `text` and hands its root to `read`. @throws ManifestError with all problems */
export function readManifest<T>(text: string, read: (root: ManifestNode) => T): T {
  const problems: ManifestProblem[] = [];
  const value = parseStrictJson(text, problems);
  const found = value === undefined ? undefined : read(new ManifestNode('', value, problems));
  if (problems.length > 0 || found === undefined) throw new ManifestError(problems);
  return found;
}

export class ManifestNode {
  readonly #path: string;
  readonly #value: Json | undefined;
  readonly #problems: ManifestProblem[];

  constructor(path: string, value: Json | undefined, problems: ManifestProblem[]) {
    this.#path = path;
    this.#value = value;
    this.#problems = problems;
  }

  /** null is nothing, as it is to the facilitator in fields that may be left out. */
  get isThere(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  has(name: string): boolean {
    return this.#value instanceof Map && this.#value.has(name);
  }

  fail(expected: string, got = describe(this.#value)): void {
    this.#problems.push({ path: this.#path, expected, got });
  }

  /** Members by name; a missing one gives a node without a value, an unknown one is a problem. */
  members<K extends string>(...names: readonly K[]): Record<K, ManifestNode> {
    const found = this.#object();
    for (const name of found.keys()) {
      const isKnown = (names as readonly string[]).includes(name);
      if (!isKnown) this.#child(found, name).fail(names.join(', '), 'an unknown member');
    }
    const nodes = names.map((name) => [name, this.#child(found, name)]);
    return Object.fromEntries(nodes) as Record<K, ManifestNode>;
  }

  /** Each member of an object whose names are key ids. */
  byKeyId<T>(read: (node: ManifestNode) => T): ReadonlyMap<string, T> {
    const found = this.#object();
    if (found.size > KEYS_MAX) this.fail(`${KEYS_MAX} keys at most`, `${found.size}`);
    const items = new Map<string, T>();
    for (const name of found.keys()) {
      const node = this.#child(found, name);
      if (name === '' || name.length > KEY_ID_LENGTH_MAX) {
        node.fail(`a key id of 1 to ${KEY_ID_LENGTH_MAX} characters`, `${name.length}`);
      }
      if (items.size < KEYS_MAX) items.set(name, read(node));
    }
    return items;
  }

  /** @param fault what is expected instead of a text that is not right */
  text(lengthMax: number, fault: (text: string) => string | undefined = () => undefined): string {
    const value = this.#value;
    if (typeof value !== 'string') {
      this.fail('a string');
      return '';
    }
    if (value.length > lengthMax) {
      this.fail(`a string of ${lengthMax} characters at most`, `${value.length}`);
      return '';
    }
    const expected = fault(value);
    if (expected !== undefined) this.fail(expected);
    return value;
  }

  oneOf<T extends number>(...allowed: readonly T[]): T {
    const found = allowed.find((item) => `${item}` === this.#digits());
    if (found === undefined) this.fail(allowed.join(' or '));
    return found ?? allowed[0]!;
  }

  unsigned64(): bigint {
    const digits = this.#digits() ?? '';
    const value = /^\d{1,20}$/.test(digits) ? BigInt(digits) : 2n ** 64n;
    if (value < 2n ** 64n) return value;
    this.fail('an unsigned 64-bit number');
    return 0n;
  }

  #digits(): string | undefined {
    const value = this.#value;
    if (typeof value !== 'object' || value === null || !('digits' in value)) return undefined;
    return value.digits;
  }

  #object(): JsonObject {
    if (this.#value instanceof Map) return this.#value;
    this.fail('an object');
    return new Map();
  }

  #child(found: JsonObject, name: string): ManifestNode {
    return new ManifestNode(step(this.#path, name), found.get(name), this.#problems);
  }
}

function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (value instanceof Map) return 'an object';
  return 'digits' in value ? `the number ${value.digits.slice(0, 24)}` : 'a list';
}
