/**
 * What a party writes down for itself alone: what it has decided, before it acts on it. A note is
 * written once, and nobody signs it; so it says under which name it was written, and begins with a
 * digest. One that comes back changed is then never taken for another decision, nor for none: it is
 * read again, and in the end what needs it fails, to be tried later.
 */

import { sha256, toHex } from '@priolab/crypto';
import { TransportError } from '@priolab/runtime';
import type { ObjectStore } from '@priolab/runtime';

import { READ_ATTEMPTS, WRITE_ATTEMPTS } from './signed-store.ts';

/** What a note says, and how to tell. */
export interface NoteKind<T> {
  /** For whoever reads that it is not: `a plan: a list of uploads`. */
  readonly what: string;
  readonly isOne: (value: unknown) => value is T;
}

/** It may come back right: to be tried again. */
export class DamagedNote extends TransportError {
  constructor(key: string, { what }: NoteKind<unknown>, got: string) {
    const text = `${key}: expected ${what}, got ${got}`;
    super('unavailable', text, { retryable: true, definite: true });
  }
}

type Found =
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly size: number }
  /** A note of another name: whatever put it there, it is no note of ours under this one. */
  | { readonly state: 'misplaced' }
  | { readonly state: 'good'; readonly body: unknown };

/** Its digest, the name that it is under and what it says, a line each. */
export function encodeNote(key: string, body: unknown): Uint8Array {
  const rest = `${key}\n${JSON.stringify(body)}`;
  return new TextEncoder().encode(`${digestOf(rest)}\n${rest}`);
}

/**
 * Undefined where there is none.
 * @throws DamagedNote for what is no such note
 */
export async function readNote<T>(
  store: ObjectStore,
  key: string,
  kind: NoteKind<T>,
): Promise<T | undefined> {
  const found = await look(store, key);
  return found.state === 'absent' || found.state === 'misplaced'
    ? undefined
    : bodyOf(found, key, kind);
}

/**
 * Writes what is not there yet, and looks whether all of it is: nobody has gone by a note of which
 * a part is missing since we wrote it, nor by one of another name, so both are written over.
 * @returns what is noted there from now on: this, or what was there first
 * @throws TransportError, to be tried again
 */
export async function putNote<T>(
  store: ObjectStore,
  key: string,
  kind: NoteKind<T>,
  body: T,
): Promise<{ readonly isNew: boolean; readonly body: T }> {
  const bytes = encodeNote(key, body);
  let overwrite = false;
  for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
    if (await store.put(key, bytes, { overwrite })) {
      const size = (await store.stat(key))?.size;
      if (size === bytes.length) return { isNew: true, body };
      overwrite = size !== undefined;
      continue;
    }
    const found = await look(store, key);
    if (found.state === 'good' || found.state === 'damaged') {
      return { isNew: false, body: bodyOf(found, key, kind) };
    }
    overwrite = found.state === 'misplaced';
  }
  throw new DamagedNote(key, kind, `none after ${WRITE_ATTEMPTS} writes`);
}

async function look(store: ObjectStore, key: string): Promise<Found> {
  for (let attempt = 1; ; attempt++) {
    const bytes = await store.get(key);
    const found = bytes === undefined ? ({ state: 'absent' } as const) : decode(key, bytes);
    if (found.state !== 'damaged' || attempt === READ_ATTEMPTS) return found;
  }
}

function decode(key: string, bytes: Uint8Array): Found {
  const [digest, name, text, ...more] = new TextDecoder().decode(bytes).split('\n');
  const isWhole =
    text !== undefined && more.length === 0 && digest === digestOf(`${name}\n${text}`);
  if (!isWhole) return { state: 'damaged', size: bytes.length };
  return name === key ? { state: 'good', body: JSON.parse(text) } : { state: 'misplaced' };
}

function bodyOf<T>(
  found: Extract<Found, { state: 'good' | 'damaged' }>,
  key: string,
  kind: NoteKind<T>,
): T {
  if (found.state === 'damaged') throw new DamagedNote(key, kind, `${found.size} damaged bytes`);
  if (!kind.isOne(found.body)) throw new DamagedNote(key, kind, 'a note of something else');
  return found.body;
}

function digestOf(text: string): string {
  return toHex(sha256(new TextEncoder().encode(text)));
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
