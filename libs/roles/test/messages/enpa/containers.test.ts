/** The published golden files: read, written again byte by byte, and in pieces. */

import { readVector, vectorsDir } from '@priolab/vectors';
import { describe, expect, test } from 'vitest';
import {
  createContainerReader,
  decodeContainer,
  decodeOne,
  encodeContainer,
  records,
} from '../../../src/messages/enpa/index.ts';
import { anyKind, goldenFiles, plain } from './golden-files.ts';

const SYNC_SIZE = 16;
const OLD_SIGNATURE = 0;

describe.skipIf(vectorsDir === undefined)('published containers', () => {
  const files = vectorsDir === undefined ? [] : goldenFiles();

  test('there are 17, and all seven schemas are embedded as ours', () => {
    expect(files).toHaveLength(17);
    const embedded = readVector<Record<string, { schema_json: string }>>(
      'enpa/avro_embedded_schemas.json',
    );
    const ours = Object.values(records).map(({ name, schema }) => [name, schema]);
    const theirs = Object.entries(embedded).map(([name, { schema_json: text }]) => [name, text]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  test.each(files.map((file, index) => [index, file.kind, file] as const))(
    'file %i, a %s: decodes to what is expected, and encodes to the same bytes',
    (index, name, { bytes, expected }) => {
      const kind = anyKind(name);
      const record = decodeOne(kind, bytes);
      expect(plain(record)).toEqual(expected);

      const codecFirst = bytes[6] === 'a'.charCodeAt(0) && bytes[11] === 'c'.charCodeAt(0);
      const form = {
        sync: bytes.slice(-SYNC_SIZE),
        metadata: codecFirst
          ? (['avro.codec', 'avro.schema'] as const)
          : (['avro.schema', 'avro.codec'] as const),
      };
      const again = encodeContainer(kind, [record], form);
      if (index === OLD_SIGNATURE) {
        // The two-field schema of before 2022: read, never written.
        expect(plain(decodeOne(kind, again))).toEqual(expected);
      } else expect(Buffer.from(again).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
    },
  );

  test.each(files.map((file, index) => [index, file] as const))(
    'file %i, byte by byte',
    (_, { kind, bytes, expected }) => {
      const reader = createContainerReader(anyKind(kind));
      const found = [...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)));
      expect([...found, ...reader.end()].map(plain)).toEqual([expected]);
    },
  );

  test.each(files.map((file, index) => [index, file] as const))(
    'file %i, cut anywhere: refused, worth another try',
    (_, { kind, bytes }) => {
      for (let size = 1; size < bytes.length; size++) {
        const cut = bytes.subarray(0, size);
        const isHeadAlone = size === bytes.length - SYNC_SIZE - recordSize(bytes);
        if (isHeadAlone) expect(decodeContainer(anyKind(kind), cut)).toEqual([]);
        else {
          expect(() => decodeContainer(anyKind(kind), cut)).toThrow(
            expect.objectContaining({ code: 'avro', retryable: true }),
          );
        }
      }
    },
  );
});

/** Bytes of the one block without its sync marker: the header ends with the same marker. */
function recordSize(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes);
  const sync = buffer.subarray(-SYNC_SIZE);
  return buffer.length - SYNC_SIZE - (buffer.indexOf(sync) + SYNC_SIZE);
}
