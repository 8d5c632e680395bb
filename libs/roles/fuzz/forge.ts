/**
 * Builds Avro containers by hand, wrong ones too: what a stranger may put into a bucket. Nothing is
 * checked here, and nothing of the decoders is used.
 * Source: Apache Avro 1.11 specification, "Object Container Files".
 */

export interface Forged {
  /** Entries of the metadata, in this order; schema text or bytes. */
  readonly metadata: readonly (readonly [key: string, value: string | Uint8Array])[];
  readonly blocks: readonly ForgedBlock[];
}

export interface ForgedBlock {
  readonly count: number | bigint;
  readonly data: Uint8Array;
  /** What the block says of its size; the truth unless given. */
  readonly size?: number | bigint;
  /** The marker after it; the right one unless given. */
  readonly sync?: Uint8Array;
}

export const FORGED_SYNC: Uint8Array = Uint8Array.from({ length: 16 }, (_, index) => 0xa0 + index);

export function forge({ metadata, blocks }: Forged): Uint8Array {
  return concat(
    Uint8Array.of(0x4f, 0x62, 0x6a, 1),
    varint(metadata.length),
    ...metadata.flatMap(([key, value]) => [text(key), blob(value)]),
    varint(0),
    FORGED_SYNC,
    ...blocks.flatMap(({ count, data, size, sync }) => [
      varint(count),
      varint(size ?? data.length),
      data,
      sync ?? FORGED_SYNC,
    ]),
  );
}

/** A container of one block with the codec null. */
export function forgeOne(schema: string, count: number | bigint, data: Uint8Array): Uint8Array {
  const metadata = [
    ['avro.schema', schema],
    ['avro.codec', 'null'],
  ] as const;
  return forge({ metadata, blocks: [{ count, data }] });
}

/** Avro's zigzag varint of any 64-bit number. */
export function varint(value: number | bigint): Uint8Array {
  const wide = BigInt(value);
  let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
  const digits: number[] = [];
  for (; rest >= 0x80n; rest >>= 7n) digits.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...digits, Number(rest)]);
}

/** A string or bytes value: its size, then its bytes. */
export function blob(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return concat(varint(bytes.length), bytes);
}

export const text = (value: string): Uint8Array => blob(value);

export function double(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
