/**
 * Firestore's typed values in JSON, those that the upload document holds: written, and read
 * strictly. Every reader takes what is at one place of the document and names that place in a
 * refusal, never what it found there.
 * Source: Firestore's REST API v1, `Value`; ENPA section 7.1 (no extra keys at any level).
 */

import { Refusal } from './refusal.ts';

export type FirestoreValue =
  | { readonly stringValue: string }
  | { readonly integerValue: string }
  | { readonly doubleValue: number }
  | { readonly timestampValue: string }
  | { readonly mapValue: { readonly fields: Readonly<Record<string, FirestoreValue>> } }
  | { readonly arrayValue: { readonly values: readonly FirestoreValue[] } };

/** Something that JSON.parse made; its members are own properties, whatever they are called. */
export type Json = unknown;

export const stringValue = (text: string): FirestoreValue => ({ stringValue: text });
export const integerValue = (value: number): FirestoreValue => ({ integerValue: `${value}` });
export const doubleValue = (value: number): FirestoreValue => ({ doubleValue: value });
export const timestampValue = (timeMs: number): FirestoreValue => ({
  timestampValue: new Date(timeMs).toISOString(),
});
export const mapValue = (fields: Readonly<Record<string, FirestoreValue>>): FirestoreValue => ({
  mapValue: { fields },
});
export const arrayValue = (values: readonly FirestoreValue[]): FirestoreValue => ({
  arrayValue: { values },
});
export const bytesValue = (bytes: Uint8Array): FirestoreValue =>
  stringValue(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'));

/** 2^53 - 1 has 16 digits. */
const INTEGER = /^(?:0|[1-9]\d{0,15})$/;
/** RFC 3339 in UTC, as the API gives it; it takes up to nanoseconds. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;
const TIMESTAMP_LENGTH_MAX = 30;

export interface Members {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/**
 * The members of an object that has all of `required`, perhaps some of `optional`, and no other:
 * `__proto__` is a key like others, and no one's.
 */
export function membersOf(json: Json, place: string, members: Members): ReadonlyMap<string, Json> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw formRefusal(`${place}: expected an object`);
  }
  const { required, optional = [] } = members;
  const found = new Map<string, Json>(Object.entries(json));
  const missing = required.find((name) => !found.has(name));
  if (missing !== undefined) throw formRefusal(`${place}: ${missing} is missing`);
  for (const name of found.keys()) {
    if (required.includes(name) || optional.includes(name)) continue;
    throw formRefusal(`${place}: a member that is not known`);
  }
  return found;
}

/** The fields of a mapValue, see `membersOf`. */
export function readMap(json: Json, place: string, members: Members): ReadonlyMap<string, Json> {
  return membersOf(only(only(json, place, 'mapValue'), place, 'fields'), place, members);
}

/** The items of an arrayValue; Firestore leaves `values` out where there are none. */
export function readArray(json: Json, place: string): readonly Json[] {
  const array = membersOf(only(json, place, 'arrayValue'), place, {
    required: [],
    optional: ['values'],
  });
  const values = array.has('values') ? array.get('values') : [];
  if (!Array.isArray(values)) throw formRefusal(`${place}: expected a list of values`);
  return values;
}

/** A text of fewer than `lengthMax` characters, as the rules count: UTF-16 units are no fewer. */
export function readString(json: Json, place: string, lengthMax: number): string {
  const text = only(json, place, 'stringValue');
  if (typeof text !== 'string') throw formRefusal(`${place}: expected a stringValue`);
  if (text.length >= lengthMax) throw tooLong(place, text.length, lengthMax);
  return text;
}

/** Bytes of a base64 text of fewer than `lengthMax` characters: padded, nothing else in it. */
export function readBytes(json: Json, place: string, lengthMax: number): Uint8Array {
  const text = readString(json, place, lengthMax);
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips foreign characters and takes base64url; what it writes is the one right form.
  if (text === '' || bytes.toString('base64') !== text) {
    throw formRefusal(`${place}: expected padded base64, not empty`);
  }
  return new Uint8Array(bytes);
}

/** A whole number from 0 to 2^53 - 1. */
export function readInteger(json: Json, place: string): number {
  const text = only(json, place, 'integerValue');
  const value = typeof text === 'string' && INTEGER.test(text) ? Number(text) : -1;
  if (!Number.isSafeInteger(value) || value < 0) {
    throw formRefusal(`${place}: expected an integerValue from 0 to 2^53 - 1, in decimal`);
  }
  return value;
}

/** A finite number. */
export function readDouble(json: Json, place: string): number {
  const value = only(json, place, 'doubleValue');
  // JSON.parse makes Infinity of 1e999.
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw formRefusal(`${place}: expected a finite doubleValue`);
  }
  return value;
}

/** Milliseconds since the Unix epoch; what is finer is dropped. */
export function readTimestamp(json: Json, place: string): number {
  const text = only(json, place, 'timestampValue');
  const isText = typeof text === 'string' && text.length <= TIMESTAMP_LENGTH_MAX;
  const match = isText ? TIMESTAMP.exec(text) : null;
  const seconds = match?.[1] ?? '';
  const timeMs = Date.parse(`${seconds}Z`);
  // The 30th of February is a date to some parsers.
  if (Number.isNaN(timeMs) || !new Date(timeMs).toISOString().startsWith(seconds)) {
    throw formRefusal(`${place}: expected a timestampValue in UTC`);
  }
  return timeMs + Number((match?.[2] ?? '').padEnd(3, '0').slice(0, 3));
}

function only(json: Json, place: string, name: string): Json {
  return membersOf(json, place, { required: [name] }).get(name);
}

function formRefusal(detail: string): Refusal<'form'> {
  return new Refusal('form', detail);
}

function tooLong(place: string, length: number, lengthMax: number): Refusal<'form'> {
  return formRefusal(`${place}: expected fewer than ${lengthMax} characters, got ${length}`);
}
