/**
 * Records to Avro's bytes and back with the library `avsc`, and the writer's schema resolved to
 * ours (an older signature has two fields only; Java writes `doc` and other orders of keys). The
 * library sees only cleaned schemas and records that the walker has been over.
 * Source: Apache Avro 1.11 specification, "Schema Resolution".
 */

import avro from 'avsc';
import { parseWriterSchema } from './avro-schema.ts';
import { EnpaError } from './errors.ts';
import { broken } from './avro-walk.ts';
import type { AvroNode } from './avro-schema.ts';
import type { Walker } from './avro-walk.ts';

/** A record as the library has it: Avro's field names, longs of 2^53 and more as NaN. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** Reads records of one writer's schema as ours. */
export interface RecordDecoder {
  /** What the walker steps over. */
  readonly root: AvroNode;
  /**
   * The record in bytes `start` to `end`, which `walker` has just been over; with copies of bytes.
   * @throws EnpaError `avro`
   */
  decode(bytes: Buffer, start: number, end: number, walker: Walker): RawRecord;
}

export interface RecordCodec {
  /** The record's bytes; its values must have been checked. */
  encode(record: RawRecord): Uint8Array;
  /** @throws EnpaError `schema` where `writerSchema` is none or can't be read as ours */
  decoder(writerSchema: string): RecordDecoder;
}

/** Decoders kept for each record: a bucket's objects come from one or two writers. */
const DECODERS_MAX = 8;

/** Longs of any size, as numbers; NaN where a number would not be exact. */
const wideLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => exact(bytes.readBigInt64LE()),
  // Asked for defaults only.
  toBuffer: (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number) => value,
  toJSON: (value: number) => value,
  isValid: (value: unknown) => typeof value === 'number',
  compare: (a: number, b: number) => a - b,
});

function exact(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

/** @param schemaText one of ours (`schemas.ts`) */
export function createRecordCodec(schemaText: string): RecordCodec {
  const schema = JSON.parse(schemaText) as avro.Schema;
  const type = avro.Type.forSchema(schema);
  const wideType = avro.Type.forSchema(schema, { registry: { long: wideLong } });
  const own = parseWriterSchema(schemaText).root;
  const decoders = new Map<string, RecordDecoder>();

  function createDecoder(writerSchema: string): RecordDecoder {
    const { root, clean } = parseWriterSchema(writerSchema);
    refuseBytesAsText(own, root);
    const resolvers = attempt(() => {
      const writer = avro.Type.forSchema(clean as avro.Schema);
      return { exact: type.createResolver(writer), wide: wideType.createResolver(writer) };
    });
    return {
      root,
      decode(bytes, start, end, walker) {
        let decoded: { value: unknown; offset: number };
        try {
          decoded = walker.isWide
            ? wideType.decode(bytes, start, resolvers.wide)
            : type.decode(bytes, start, resolvers.exact);
        } catch (error) {
          throw new EnpaError('avro', 'the Avro library refuses the record', error);
        }
        if (decoded.offset !== end) throw broken('a record that ends where its schema says');
        return decoded.value as RawRecord;
      },
    };
  }

  return {
    encode: (record) => type.toBuffer(record),
    decoder(writerSchema) {
      const known = decoders.get(writerSchema);
      if (known !== undefined) return known;
      const decoder = createDecoder(writerSchema);
      const oldest = decoders.keys().next().value;
      if (decoders.size >= DECODERS_MAX && oldest !== undefined) decoders.delete(oldest);
      decoders.set(writerSchema, decoder);
      return decoder;
    },
  };
}

/**
 * Avro would read bytes as text. The walker looks for UTF-8 where the writer says text, so that
 * bytes would get by it; no writer of these records needs the promotion.
 */
function refuseBytesAsText(own: AvroNode, writer: AvroNode): void {
  for (const [index, name] of own.names.entries()) {
    const field = writer.nodes[writer.names.indexOf(name)];
    if (field === undefined || !holds(own.nodes[index]!, 'string')) continue;
    if (holds(field, 'bytes')) {
      throw new EnpaError('schema', `schema of the writer: expected text for "${name}", got bytes`);
    }
  }
}

/** Whether values of the type are, or are lists or choices of, `kind`. */
function holds(node: AvroNode, kind: AvroNode['kind']): boolean {
  if (node.kind === kind) return true;
  if (node.kind !== 'union' && node.kind !== 'array') return false;
  return node.nodes.some((one) => one.kind === kind || (one.kind !== 'record' && holds(one, kind)));
}

function attempt<T>(resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    throw new EnpaError('schema', 'schema of the writer: it can not be read as ours', error);
  }
}
