/**
 * A reader of Avro object container files that shares nothing with the code under test: straight
 * from the specification, and only with the schema that it finds in the file.
 * Source: Apache Avro 1.11 specification, "Binary Encoding" and "Object Container Files".
 */

type Schema = string | readonly Schema[] | ComplexSchema;

interface ComplexSchema {
  readonly type: Schema;
  readonly fields?: readonly { readonly name: string; readonly type: Schema }[];
  readonly items?: Schema;
  readonly values?: Schema;
}

export interface PlainFile {
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  readonly schema: ComplexSchema;
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Records in each block. */
  readonly blocks: readonly number[];
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a whole file; anything that is not as specified is an error. */
export function readPlain(file: Uint8Array): PlainFile {
  const input = new Input(file);
  if (Buffer.from(input.take(4)).toString('latin1') !== 'Obj\u0001') throw new Error('magic');
  const metadata = new Map<string, Uint8Array>();
  input.blocks(() => metadata.set(input.text(), input.bytes()));
  const codec = metadata.get('avro.codec');
  if (codec !== undefined && UTF8.decode(codec) !== 'null') throw new Error('codec');
  const schema = JSON.parse(UTF8.decode(metadata.get('avro.schema'))) as ComplexSchema;
  const sync = Buffer.from(input.take(16));

  const records: Record<string, unknown>[] = [];
  const blocks: number[] = [];
  while (!input.isDone) {
    const count = Number(input.long());
    const block = new Input(input.take(Number(input.long())));
    for (let i = 0; i < count; i++) {
      records.push(valueOf(schema, block) as Record<string, unknown>);
    }
    if (!block.isDone) throw new Error('bytes after the last record of a block');
    if (!sync.equals(input.take(16))) throw new Error('sync marker');
    blocks.push(count);
  }
  return { metadata, schema, records, blocks };
}

function valueOf(schema: Schema, input: Input): unknown {
  if (typeof schema !== 'string' && !('type' in schema)) {
    return valueOf(schema[Number(input.long())]!, input);
  }
  const { type, fields, items, values } =
    typeof schema === 'string' ? ({ type: schema } as ComplexSchema) : schema;
  // A logical type or another attribute around a type changes nothing in the bytes.
  if (typeof type !== 'string') return valueOf(type, input);
  switch (type) {
    case 'null':
      return null;
    case 'int':
    case 'long': {
      const long = input.long();
      return Number.isSafeInteger(Number(long)) ? Number(long) : long;
    }
    case 'double':
      return Buffer.from(input.take(8)).readDoubleLE();
    case 'bytes':
      return input.bytes();
    case 'string':
      return input.text();
    case 'record':
      return Object.fromEntries(fields!.map((field) => [field.name, valueOf(field.type, input)]));
    case 'array': {
      const list: unknown[] = [];
      input.blocks(() => list.push(valueOf(items!, input)));
      return list;
    }
    case 'map': {
      const map: Record<string, unknown> = {};
      input.blocks(() => (map[input.text()] = valueOf(values!, input)));
      return map;
    }
    default:
      throw new Error(`type ${type}`);
  }
}

class Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(size: number): Uint8Array {
    if (size < 0 || this.#at + size > this.#bytes.length) throw new Error('end of the file');
    this.#at += size;
    return Uint8Array.from(this.#bytes.subarray(this.#at - size, this.#at));
  }

  /** Seven bits a byte, the lowest first; then 0, -1, 1, -2 ... for 0, 1, 2, 3 ... */
  long(): bigint {
    let zigzag = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.take(1)[0]!;
      zigzag |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return zigzag % 2n === 0n ? zigzag / 2n : -(zigzag + 1n) / 2n;
    }
  }

  bytes(): Uint8Array {
    return this.take(Number(this.long()));
  }

  text(): string {
    return UTF8.decode(this.bytes());
  }

  /** Items of an array or a map: counted blocks; where the count is negative, a size follows. */
  blocks(readItem: () => void): void {
    for (let count = this.long(); count !== 0n; count = this.long()) {
      if (count < 0n) this.long();
      for (let left = count < 0n ? -count : count; left > 0n; left--) readItem();
    }
  }
}
