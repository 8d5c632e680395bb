/**
 * The published golden files of the facilitator, and what each decodes to under our names.
 */

import { readVector } from '@priolab/vectors';
import { records } from '../../../src/messages/enpa/index.ts';
import type { RecordKind } from '../../../src/messages/enpa/index.ts';

export type KindName = keyof typeof records;

export interface GoldenFile {
  readonly kind: KindName;
  readonly bytes: Uint8Array;
  readonly expected: Readonly<Record<string, unknown>>;
}

interface Published {
  readonly golden: Readonly<
    Record<
      string,
      readonly { rust_type: string; ocf_hex: string; expected: Record<string, unknown> }[]
    >
  >;
}

const KINDS: Readonly<Record<string, KindName>> = {
  BatchSignature: 'batchSignature',
  IngestionHeader: 'ingestionHeader',
  IngestionDataSharePacket: 'dataSharePacket',
  ValidationHeader: 'validityHeader',
  ValidationPacket: 'validityPacket',
  SumPart: 'sumPart',
  InvalidPacket: 'invalidPacket',
};
/** Rust's names of two fields that are called otherwise in Avro. */
const RENAMED: Readonly<Record<string, string>> = {
  batchHeaderBytes: 'batchHeader',
  packetBytes: 'packets',
};

export function goldenFiles(): GoldenFile[] {
  const { golden } = readVector<Published>('enpa/avro_golden.json');
  return Object.values(golden).flatMap((files) =>
    files.map(({ rust_type: type, ocf_hex: hex, expected }) => ({
      kind: KINDS[type]!,
      bytes: new Uint8Array(Buffer.from(hex, 'hex')),
      expected: renamed(expected),
    })),
  );
}

/** A kind whose record type the caller does not care about. */
export function anyKind(name: KindName): RecordKind<object> {
  return records[name] as unknown as RecordKind<object>;
}

/** Plain objects of plain byte arrays: what `toEqual` compares without regard to Buffers. */
export function plain(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Uint8Array.from(value) : (value as unknown),
    ]),
  );
}

function renamed(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => {
      const name = key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const isHex = typeof value === 'object' && value !== null && 'hex' in value;
      const bytes = isHex ? Uint8Array.from(Buffer.from(value.hex as string, 'hex')) : value;
      return [RENAMED[name] ?? name, bytes];
    }),
  );
}
