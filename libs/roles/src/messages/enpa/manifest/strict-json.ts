/**
 * JSON that others wrote, read without losing anything: numbers keep their text (AWS account ids
 * are unsigned 64-bit), and a member that stands twice is a problem instead of its last value.
 * Source: RFC 8259. The text's length and the depth of values are bounded.
 */

/** Longer than any manifest: the published ones have up to 8,000 characters. */
const LENGTH_MAX = 2 ** 18;
const DEPTH_MAX = 8;
const QUOTED_MAX = 40;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
// oxlint-disable-next-line no-control-regex -- RFC 8259 section 7: these must be escaped
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** A number as it was written. */
export interface JsonNumber {
  readonly digits: string;
}

/** What is wrong with a document, and where: a path of names and positions, '' at its root. */
export interface ManifestProblem {
  readonly path: string;
  readonly expected: string;
  /** Never text of a key: strings are quoted up to 40 characters only. */
  readonly got: string;
}

/**
 * The document's value.
 * @param problems gets what is wrong; where the value is undefined, the text is no JSON
 */
export function parseStrictJson(text: string, problems: ManifestProblem[]): Json | undefined {
  const fail = (expected: string, got: string): undefined => {
    problems.push({ path: '', expected, got });
    return undefined;
  };
  if (text.length > LENGTH_MAX) {
    return fail(`a text of ${LENGTH_MAX} characters at most`, `${text.length}`);
  }
  const state: State = { text, at: 0, problems };
  try {
    const value = readValue(state, '', 0);
    space(state);
    if (state.at < text.length) throw new Unreadable();
    return value;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const line = text.slice(0, state.at).split('\n').length;
    return fail('one JSON document', `${error.message || 'other text'} in line ${line}`);
  }
}

/** A name in a path. */
export function step(path: string, name: string): string {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return path === '' ? name : `${path}.${name}`;
  return `${path}[${quoted(name)}]`;
}

export function quoted(text: string): string {
  return text.length <= QUOTED_MAX ? JSON.stringify(text) : `a string of ${text.length} characters`;
}

/** Ends the reading; never leaves this file. */
class Unreadable extends Error {}

interface State {
  readonly text: string;
  at: number;
  readonly problems: ManifestProblem[];
}

function readValue(state: State, path: string, depth: number): Json {
  if (depth > DEPTH_MAX) throw new Unreadable(`more than ${DEPTH_MAX} levels`);
  space(state);
  const first = state.text[state.at];
  if (first === '{') return readObject(state, path, depth);
  if (first === '[') return readList(state, path, depth);
  if (first === '"') return readString(state);
  const word = token(state, WORD);
  if (word !== '') return word === 'null' ? null : word === 'true';
  const digits = token(state, NUMBER);
  if (digits === '') throw new Unreadable();
  return { digits };
}

function readObject(state: State, path: string, depth: number): JsonObject {
  const members = new Map<string, Json>();
  state.at++;
  for (let isFirst = true; !take(state, '}'); isFirst = false) {
    if (!isFirst) need(state, ',');
    space(state);
    const name = readString(state);
    const at = step(path, name);
    need(state, ':');
    const value = readValue(state, at, depth + 1);
    // Which of two would be believed depends on the reader; a signer must not be able to choose.
    if (members.has(name)) {
      state.problems.push({ path: at, expected: 'one member of this name', got: 'another one' });
    }
    members.set(name, value);
  }
  return members;
}

function readList(state: State, path: string, depth: number): readonly Json[] {
  const items: Json[] = [];
  state.at++;
  while (!take(state, ']')) {
    if (items.length > 0) need(state, ',');
    items.push(readValue(state, `${path}[${items.length}]`, depth + 1));
  }
  return items;
}

function readString(state: State): string {
  const found = token(state, STRING);
  if (found === '') throw new Unreadable();
  const value = JSON.parse(found) as string;
  // Half of a pair has no form in UTF-8: another reader would see another name.
  if (/\p{Surrogate}/u.test(value)) throw new Unreadable('half of a surrogate pair');
  return value;
}

function need(state: State, sign: string): void {
  if (!take(state, sign)) throw new Unreadable();
}

function take(state: State, sign: string): boolean {
  space(state);
  if (state.text[state.at] !== sign) return false;
  state.at++;
  return true;
}

function space(state: State): void {
  token(state, SPACE);
}

function token(state: State, pattern: RegExp): string {
  pattern.lastIndex = state.at;
  const found = pattern.exec(state.text)?.[0] ?? '';
  state.at += found.length;
  return found;
}
