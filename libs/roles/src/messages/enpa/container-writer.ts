/**
 * Writes Avro object container files. The header is ours alone: schema text and order of the
 * metadata go in as given, so that the same records give the same bytes.
 * Source: Apache Avro 1.11 specification, "Object Container Files"; ENPA section 6.1.
 *
 *   container = "Obj" 1 || metadata (map of bytes) || sync[16] || block ...
 *   block     = count (long) || size (long) || records || sync[16]
 */

import { EnpaError } from './errors.ts';
import type { RecordKind } from './records.ts';

export const MAGIC: Uint8Array = Uint8Array.of(0x4f, 0x62, 0x6a, 1);
export const SYNC_SIZE = 16;
export const SCHEMA_KEY = 'avro.schema';
export const CODEC_KEY = 'avro.codec';
/** The facilitator's library ends a block when it has so many bytes or more. */
const BLOCK_SIZE = 16_000;

const UTF8 = new TextEncoder();

/** What two containers of the same records may differ in. */
export interface ContainerForm {
  /** 16 bytes that end the header and each block; unpredictable, so that no record imitates it. */
  readonly sync: Uint8Array;
  /** Order of the metadata; schema, then codec unless given. Without a codec it is null, too. */
  readonly metadata?: readonly ('avro.schema' | 'avro.codec')[];
}

/** Writes a container piece by piece: `head` once, then blocks of one record or more. */
export interface ContainerWriter<T> {
  head(): Uint8Array;
  /** Empty where `items` is. @throws EnpaError `wrong-value` */
  block(items: readonly T[]): Uint8Array;
}

/** @throws EnpaError `wrong-value` unless `sync` is 16 bytes and the metadata has the schema */
export function createContainerWriter<T>(
  kind: RecordKind<T>,
  form: ContainerForm,
): ContainerWriter<T> {
  const { sync, metadata = [SCHEMA_KEY, CODEC_KEY] } = form;
  if (sync.length !== SYNC_SIZE) {
    throw new EnpaError('wrong-value', `sync: expected ${SYNC_SIZE} bytes, got ${sync.length}`);
  }
  if (!metadata.includes(SCHEMA_KEY) || new Set(metadata).size !== metadata.length) {
    throw new EnpaError('wrong-value', 'metadata: expected the schema, and each entry once');
  }
  const values = { [SCHEMA_KEY]: UTF8.encode(kind.schema), [CODEC_KEY]: UTF8.encode('null') };
  return {
    head: () =>
      join([
        MAGIC,
        long(metadata.length),
        ...metadata.flatMap((key) => [...sized(UTF8.encode(key)), ...sized(values[key])]),
        long(0),
        sync,
      ]),
    block: (items) => blockOf(items.map(kind.encode), sync),
  };
}

/**
 * A whole container, in blocks as the facilitator cuts them. No records give no bytes, as there: an
 * object store then holds no object.
 */
export function encodeContainer<T>(
  kind: RecordKind<T>,
  items: readonly T[],
  form: ContainerForm,
): Uint8Array {
  const pieces = [createContainerWriter(kind, form).head()];
  if (items.length === 0) return new Uint8Array(0);
  let pending: Uint8Array[] = [];
  let size = 0;
  for (const item of items) {
    const record = kind.encode(item);
    pending.push(record);
    size += record.length;
    if (size >= BLOCK_SIZE) {
      pieces.push(blockOf(pending, form.sync));
      pending = [];
      size = 0;
    }
  }
  pieces.push(blockOf(pending, form.sync));
  return join(pieces);
}

function blockOf(encoded: readonly Uint8Array[], sync: Uint8Array): Uint8Array {
  if (encoded.length === 0) return new Uint8Array(0);
  const size = encoded.reduce((sum, record) => sum + record.length, 0);
  return join([long(encoded.length), long(size), ...encoded, sync]);
}

function sized(bytes: Uint8Array): Uint8Array[] {
  return [long(bytes.length), bytes];
}

/** Avro's zigzag varint of a number from 0 to 2^52. */
function long(value: number): Uint8Array {
  const digits: number[] = [];
  let rest = value * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) + 128);
  return Uint8Array.from([...digits, rest]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
