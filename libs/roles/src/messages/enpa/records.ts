/**
 * The seven records of ENPA: their fields under our names, and what a reader may rely on. Here a
 * value is only checked to be what its type says (a uuid is one, epsilon is finite, numbers are
 * exact); whether bins, prime or a digest are the right ones is for the caller to judge.
 * Source: ENPA section 6.1.
 *
 * One exception is the packet's own fault and not the batch's: `rPit`, `fR`, `gR` and `hR` that are
 * no unsigned 32-bit number are read as NaN, so that this packet alone can be refused (`isU32`).
 */

import { createRecordCodec } from './avro-codec.ts';
import { EnpaError } from './errors.ts';
import * as schemas from './schemas.ts';
import type { RawRecord, RecordCodec } from './avro-codec.ts';
import type { EnpaErrorCode } from './errors.ts';

/** What a batch says of its contributions; the same in all its headers. */
export interface BatchParameters {
  readonly name: string;
  readonly bins: number;
  readonly epsilon: number;
  readonly prime: number;
  readonly numberOfServers: number;
  readonly hammingWeight: number | null;
}

export interface IngestionHeader extends BatchParameters {
  readonly batchUuid: string;
  /** As on the wire: in milliseconds or in seconds (`time.ts`). */
  readonly batchStartTime: number;
  readonly batchEndTime: number;
  readonly packetFileDigest: Uint8Array;
}

export interface DataSharePacket {
  readonly uuid: string;
  readonly encryptedPayload: Uint8Array;
  readonly encryptionKeyId: string | null;
  /** The point r; NaN where the packet holds no unsigned 32-bit number. */
  readonly rPit: number;
  readonly versionConfiguration: string | null;
  readonly deviceNonce: Uint8Array | null;
}

export interface ValidityHeader extends BatchParameters {
  readonly batchUuid: string;
  readonly packetFileDigest: Uint8Array;
}

/** Numbers as in `DataSharePacket.rPit`. */
export interface ValidityPacket {
  readonly uuid: string;
  readonly fR: number;
  readonly gR: number;
  readonly hR: number;
}

export interface SumPart extends BatchParameters {
  readonly batchUuids: readonly string[];
  readonly sum: readonly number[];
  /** In milliseconds. */
  readonly aggregationStartTime: number;
  readonly aggregationEndTime: number;
  readonly packetFileDigest: Uint8Array;
  readonly totalIndividualClients: number;
}

export interface InvalidPacket {
  readonly uuid: string;
}

export interface BatchSignature {
  /** ASN.1 DER. */
  readonly batchHeaderSignature: Uint8Array;
  readonly keyIdentifier: string;
  /** Of the single-object form; it counts only where `packets` is there too. */
  readonly batchHeader: Uint8Array | null;
  readonly packets: Uint8Array | null;
}

/** One of the seven records: its schema, its bytes, its fields. */
export interface RecordKind<T> {
  readonly name: string;
  /** The schema text that goes into containers. */
  readonly schema: string;
  /** Bytes that one record may have in a container, at most. */
  readonly sizeMax: number;
  readonly codec: RecordCodec;
  /** @throws EnpaError `malformed-...` where a field is not what its type says */
  read(raw: RawRecord): T;
  /** The record's bytes; @throws EnpaError `wrong-value` where `read` would not give it back */
  encode(record: T): Uint8Array;
}

const KIB = 1024;
const LONE_SURROGATE = /\p{Surrogate}/u;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a number is an unsigned 32-bit one; NaN is not. */
export function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

/** Whether a text is a uuid in the form that we use: 36 characters, lower case. */
export function isUuid(text: string): boolean {
  return text.length === 36 && UUID.test(text);
}

/** Types of fields. `read` gets what the library read; both return undefined where it is wrong. */
interface FieldType<V> {
  read(raw: unknown): V | undefined;
  write(value: V): unknown;
}

const uuid: FieldType<string> = {
  read(raw) {
    if (typeof raw !== 'string') return undefined;
    if (isUuid(raw)) return raw;
    // The facilitator joins packets by their bits, whatever the case of the digits.
    const lower = raw.toLowerCase();
    return isUuid(lower) ? lower : undefined;
  },
  write: (value) => (typeof value === 'string' && isUuid(value) ? value : undefined),
};

const text: FieldType<string> = {
  read: (raw) => (typeof raw === 'string' ? raw : undefined),
  // A lone surrogate has no UTF-8; it would come back as another character.
  write: (value) => (typeof value === 'string' && !LONE_SURROGATE.test(value) ? value : undefined),
};

const bytes: FieldType<Uint8Array> = {
  // No Buffer, whose `slice` is another one than that of byte arrays.
  read: (raw) =>
    raw instanceof Uint8Array ? new Uint8Array(raw.buffer, raw.byteOffset, raw.length) : undefined,
  write: (value) =>
    value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.length)
      : undefined,
};

function numberWhere(isRight: (value: number) => boolean): FieldType<number> {
  const check = (value: unknown) =>
    typeof value === 'number' && isRight(value) ? value : undefined;
  return { read: check, write: check };
}

const int = numberWhere((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 31 - 1);
// The library writes no larger ones exactly. Times, moduli and sums are far below.
const long = numberWhere((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 52);
const finite = numberWhere(Number.isFinite);
const u32: FieldType<number> = {
  read: (raw) => (typeof raw === 'number' && isU32(raw) ? raw : Number.NaN),
  write: (value) => (isU32(value) ? value : undefined),
};

function orNull<V>(type: FieldType<V>): FieldType<V | null> {
  return {
    read: (raw) => (raw === null ? null : type.read(raw)),
    write: (value) => (value === null ? null : type.write(value)),
  };
}

function listOf<V>(type: FieldType<V>): FieldType<readonly V[]> {
  const all = <A, B>(items: readonly A[], change: (item: A) => B | undefined) => {
    const changed: B[] = [];
    for (const item of items) {
      const one = change(item);
      if (one === undefined) return undefined;
      changed.push(one);
    }
    return changed;
  };
  return {
    read: (raw) => (Array.isArray(raw) ? all(raw as unknown[], type.read) : undefined),
    write: (value) => (Array.isArray(value) ? all(value as V[], type.write) : undefined),
  };
}

/** For each of our fields, in the order of the wire: Avro's name of it and its type. */
type Fields<T> = { readonly [K in keyof T]-?: readonly [avroName: string, FieldType<T[K]>] };

function createKind<T extends object>(options: {
  readonly schema: string;
  readonly malformed: EnpaErrorCode;
  readonly sizeMax: number;
  readonly fields: Fields<T>;
}): RecordKind<T> {
  const { schema, malformed, sizeMax } = options;
  const { name } = JSON.parse(schema) as { name: string };
  const codec = createRecordCodec(schema);
  const fields = Object.entries(options.fields) as [
    keyof T & string,
    readonly [string, FieldType<unknown>],
  ][];
  const refuse = (code: EnpaErrorCode, field: string): EnpaError =>
    new EnpaError(code, `${name}.${field}: not a value of its type`);
  return Object.freeze({
    name,
    schema,
    sizeMax,
    codec,
    read(raw: RawRecord): T {
      const record: Record<string, unknown> = {};
      for (const [field, [avroName, type]] of fields) {
        const value = type.read(raw[avroName]);
        if (value === undefined) throw refuse(malformed, avroName);
        record[field] = value;
      }
      return record as T;
    },
    encode(record: T): Uint8Array {
      const raw: Record<string, unknown> = {};
      for (const [field, [avroName, type]] of fields) {
        const value = type.write(record[field]);
        if (value === undefined) throw refuse('wrong-value', field);
        raw[avroName] = value;
      }
      return codec.encode(raw);
    },
  });
}

const parameters: Fields<BatchParameters> = {
  name: ['name', text],
  bins: ['bins', int],
  epsilon: ['epsilon', finite],
  prime: ['prime', long],
  numberOfServers: ['number_of_servers', int],
  hammingWeight: ['hamming_weight', orNull(int)],
};

const digest = ['packet_file_digest', bytes] as const;

export const records = Object.freeze({
  ingestionHeader: createKind<IngestionHeader>({
    schema: schemas.ingestionHeaderSchema,
    malformed: 'malformed-header',
    sizeMax: 64 * KIB,
    fields: {
      batchUuid: ['batch_uuid', uuid],
      ...parameters,
      batchStartTime: ['batch_start_time', long],
      batchEndTime: ['batch_end_time', long],
      packetFileDigest: digest,
    },
  }),
  dataSharePacket: createKind<DataSharePacket>({
    schema: schemas.dataSharePacketSchema,
    malformed: 'malformed-packet',
    // The longest share of the protocol, of 2^19 - 1 bins, takes 6 MiB.
    sizeMax: 8 * KIB * KIB,
    fields: {
      uuid: ['uuid', uuid],
      encryptedPayload: ['encrypted_payload', bytes],
      encryptionKeyId: ['encryption_key_id', orNull(text)],
      rPit: ['r_pit', u32],
      versionConfiguration: ['version_configuration', orNull(text)],
      deviceNonce: ['device_nonce', orNull(bytes)],
    },
  }),
  validityHeader: createKind<ValidityHeader>({
    schema: schemas.validityHeaderSchema,
    malformed: 'malformed-header',
    sizeMax: 64 * KIB,
    fields: { batchUuid: ['batch_uuid', uuid], ...parameters, packetFileDigest: digest },
  }),
  validityPacket: createKind<ValidityPacket>({
    schema: schemas.validityPacketSchema,
    malformed: 'malformed-packet',
    sizeMax: 64 * KIB,
    fields: { uuid: ['uuid', uuid], fR: ['f_r', u32], gR: ['g_r', u32], hR: ['h_r', u32] },
  }),
  sumPart: createKind<SumPart>({
    schema: schemas.sumPartSchema,
    malformed: 'malformed-header',
    // 200,000 batches, and 2^19 bins.
    sizeMax: 16 * KIB * KIB,
    fields: {
      batchUuids: ['batch_uuids', listOf(uuid)],
      ...parameters,
      sum: ['sum', listOf(long)],
      aggregationStartTime: ['aggregation_start_time', long],
      aggregationEndTime: ['aggregation_end_time', long],
      packetFileDigest: digest,
      totalIndividualClients: ['total_individual_clients', long],
    },
  }),
  invalidPacket: createKind<InvalidPacket>({
    schema: schemas.invalidPacketSchema,
    malformed: 'malformed-packet',
    sizeMax: 64 * KIB,
    fields: { uuid: ['uuid', uuid] },
  }),
  batchSignature: createKind<BatchSignature>({
    schema: schemas.batchSignatureSchema,
    malformed: 'malformed-signature',
    // With the packets of a whole batch in it.
    sizeMax: 1024 * KIB * KIB,
    fields: {
      batchHeaderSignature: ['batch_header_signature', bytes],
      keyIdentifier: ['key_identifier', text],
      batchHeader: ['batch_header', orNull(bytes)],
      packets: ['packets', orNull(bytes)],
    },
  }),
});
