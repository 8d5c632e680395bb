/**
 * Containers made to hurt: each must end in a typed error, after few steps and without memory of a
 * size that only a number in the file speaks of.
 */

import { describe, expect, test } from 'vitest';
import {
  EnpaError,
  createContainerReader,
  decodeContainer,
  decodeOne,
  records,
} from '../../../src/messages/enpa/index.ts';
import { blob, concat, double, forge, forgeOne, text, varint } from '../../../fuzz/forge.ts';
import { foreignPackets, sampleContainer } from '../../../fuzz/samples.ts';

const UUID = 'b8a5579a-f984-460a-a42d-2813cbf57771';
const packetSchema = records.dataSharePacket.schema;
const HUGE = 2n ** 50n;

const LONG_70 = Uint8Array.of(...new Uint8Array(9).fill(0xff), 2);

/** A packet of the wire, with one thing wrong. */
function packet(
  change: {
    readonly uuid?: string;
    /** What the payload says of its size. */
    readonly size?: bigint;
    readonly keyId?: Uint8Array;
    readonly r?: bigint;
    readonly rBytes?: Uint8Array;
  } = {},
) {
  const payload = new Uint8Array(3);
  const keyId = change.keyId === undefined ? varint(0) : concat(varint(1), blob(change.keyId));
  return concat(
    text(change.uuid ?? UUID),
    varint(change.size ?? payload.length),
    payload,
    keyId,
    change.rBytes ?? varint(change.r ?? 5n),
    varint(0),
    varint(0),
  );
}

/** A sum part whose list of batches is `batches`; all else is right. */
function sumPart(batches: Uint8Array) {
  const parameters = concat(text('a'), varint(5), double(8), varint(17), varint(2), varint(1));
  const sum = concat(varint(1), varint(7), varint(0));
  return concat(batches, parameters, sum, varint(0), varint(0), blob(''), varint(9));
}

/** What the whole and the byte-by-byte reader say; both must say the same. */
function failure(kind: 'dataSharePacket' | 'sumPart', bytes: Uint8Array) {
  let found: unknown;
  try {
    decodeContainer<object>(records[kind] as never, bytes);
  } catch (error) {
    found = error;
  }
  expect(found).toBeInstanceOf(EnpaError);
  const reader = createContainerReader<object>(records[kind] as never);
  expect(() => {
    for (const byte of bytes) reader.push(Uint8Array.of(byte));
    reader.end();
  }).toThrow(EnpaError);
  expect(reader.steps).toBeLessThan(100 * bytes.length);
  return (found as EnpaError).code;
}

const packetsOf = (data: Uint8Array, count: number | bigint = 1) =>
  forgeOne(packetSchema, count, data);

describe('packets', () => {
  test.each<readonly [string, string, Uint8Array]>([
    ['more records than bytes', 'avro', packetsOf(packet(), HUGE)],
    ['a negative number of records', 'avro', packetsOf(packet(), -1)],
    ['fewer records than the block has', 'avro', packetsOf(concat(packet(), packet()))],
    ['an empty block with bytes', 'avro', packetsOf(packet(), 0)],
    ['a payload of 2^50 bytes', 'avro', packetsOf(packet({ size: HUGE }))],
    ['a payload of less than no bytes', 'avro', packetsOf(packet({ size: -1n }))],
    ['a payload of 2^63 - 1 bytes', 'avro', packetsOf(packet({ size: 2n ** 63n - 1n }))],
    ['a union branch that is none', 'avro', packetsOf(concat(text(UUID), blob(''), varint(2)))],
    ['a union branch below 0', 'avro', packetsOf(concat(text(UUID), blob(''), varint(-1)))],
    ['a long of 70 bits', 'avro', packetsOf(packet({ rBytes: LONG_70 }))],
    ['a varint without end', 'avro', packetsOf(new Uint8Array(40).fill(0xff))],
    ['a key id that is no UTF-8', 'avro', packetsOf(packet({ keyId: Uint8Array.of(0xc3, 0x28) }))],
    ['a uuid that is none', 'malformed-packet', packetsOf(packet({ uuid: 'x'.repeat(36) }))],
    ['a uuid without hyphens', 'malformed-packet', packetsOf(packet({ uuid: '0'.repeat(32) }))],
  ])('%s: %s', (_, code, bytes) => expect(failure('dataSharePacket', bytes)).toBe(code));

  test('a record larger than any of ours is not waited for', () => {
    const reader = createContainerReader(records.dataSharePacket);
    const start = forge({
      metadata: [['avro.schema', packetSchema]],
      blocks: [{ count: 1, size: HUGE, data: concat(text(UUID), varint(2n ** 40n)) }],
    });
    expect(() => reader.push(start)).toThrow(expect.objectContaining({ code: 'limit' }));
    expect(() => reader.push(new Uint8Array(1))).toThrow(EnpaError);
    expect(reader.pendingSize).toBe(0);
  });

  test.each([2n ** 32n, -1n, -998_314_904n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)])(
    'r of %d spoils its own packet only',
    (r) => {
      const bytes = packetsOf(concat(packet(), packet({ r }), packet({ r: 7n })), 3);
      const found = decodeContainer(records.dataSharePacket, bytes);
      expect(found.map(({ rPit }) => rPit)).toEqual([5, Number.NaN, 7]);
    },
  );

  test('f, g and h outside of 32 bits are NaN as well, the other two stay', () => {
    const data = concat(
      text(UUID),
      varint(2n ** 40n),
      varint(2n ** 32n - 1n),
      varint(-(2n ** 60n)),
    );
    const bytes = forgeOne(records.validityPacket.schema, 1, data);
    expect(decodeOne(records.validityPacket, bytes)).toEqual({
      uuid: UUID,
      fR: Number.NaN,
      gR: 2 ** 32 - 1,
      hR: Number.NaN,
    });
  });

  test('upper-case digits of a uuid join as lower-case ones', () => {
    const bytes = packetsOf(packet({ uuid: UUID.toUpperCase() }));
    expect(decodeOne(records.dataSharePacket, bytes).uuid).toBe(UUID);
  });
});

describe('other fields', () => {
  const header = (epsilon: number, prime: bigint, weight: Uint8Array) =>
    concat(
      concat(text(UUID), text('a'), varint(5), double(epsilon), varint(prime), varint(2), weight),
      concat(varint(0), varint(0), blob('')),
    );
  const noWeight = varint(1);
  test.each<readonly [string, string, Uint8Array]>([
    ['an infinite epsilon', 'malformed-header', header(Infinity, 17n, noWeight)],
    ['epsilon NaN', 'malformed-header', header(Number.NaN, 17n, noWeight)],
    ['a prime beyond 2^53', 'malformed-header', header(8, 2n ** 60n, noWeight)],
    ['a weight of 33 bits', 'avro', header(8, 17n, concat(varint(0), varint(2n ** 32n)))],
  ])('%s: %s', (_, code, data) => {
    const bytes = forgeOne(records.ingestionHeader.schema, 1, data);
    expect(() => decodeOne(records.ingestionHeader, bytes)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test.each<readonly [string, string, Uint8Array]>([
    ['2^50 batches', 'avro', varint(HUGE)],
    ['-2^50 batches, in no bytes', 'avro', concat(varint(-HUGE), varint(0))],
    ['a block that says 5 bytes', 'avro', concat(varint(-1), varint(5), text(UUID), varint(0))],
    ['a block that says 38 bytes', 'avro', concat(varint(-1), varint(38), text(UUID), varint(0))],
    ['-2^63 batches', 'avro', varint(-(2n ** 63n))],
  ])('a sum part of %s: %s', (_, code, data) => {
    const { schema } = records.sumPart;
    expect(failure('sumPart', forgeOne(schema, 1, sumPart(data)))).toBe(code);
  });

  test('a block of batches that says its right size is read', () => {
    const batches = concat(varint(-1), varint(37), text(UUID), varint(0));
    const bytes = forgeOne(records.sumPart.schema, 1, sumPart(batches));
    expect(decodeOne(records.sumPart, bytes)).toMatchObject({ batchUuids: [UUID], sum: [7] });
  });
});

describe('schemas of strangers', () => {
  const named = (name: string, fields: unknown) => ({
    type: 'record',
    name: `org.abetterinternet.prio.v1.${name}`,
    fields,
  });
  const withField = (type: unknown) =>
    JSON.stringify(
      named('PrioInvalidPacket', [
        { name: 'uuid', type: 'string' },
        { name: 'more', type },
      ]),
    );
  const nested = (depth: number): unknown =>
    depth === 0 ? 'int' : { type: 'array', items: nested(depth - 1) };
  // Thirty types, of which each holds the one before twice: 2^30 steps, without a byte of data.
  const doubling = Array.from({ length: 30 }).reduce<unknown>(
    (inner, _, index) => ({
      type: 'record',
      name: `R${index}`,
      fields: [
        { name: 'a', type: inner },
        { name: 'b', type: index === 0 ? 'null' : `R${index - 1}` },
      ],
    }),
    'null',
  );
  test.each<readonly [string, string]>([
    ['no JSON', '{'],
    ['no record', '"string"'],
    ['nothing', 'null'],
    ['a text of 100 kB', `"${'x'.repeat(100_000)}"`],
    ['64,000 brackets', '['.repeat(32_000)],
    ['types 100 deep', withField(nested(100))],
    ['arrays of nothing', withField({ type: 'array', items: 'null' })],
    ['maps of nothing', withField({ type: 'map', values: { type: 'null' } })],
    ['a field of nothing', withField('null')],
    ['a record without fields', withField({ type: 'record', name: 'E', fields: [] })],
    ['a fixed of 2^31 bytes', withField({ type: 'fixed', name: 'F', size: 2 ** 31 })],
    ['a fixed of no bytes', withField({ type: 'fixed', name: 'F', size: 0 })],
    ['a record in itself', withField('org.abetterinternet.prio.v1.PrioInvalidPacket')],
    ['types that double', withField(doubling)],
    ['a name for the prototype', withField({ type: 'fixed', name: '__proto__', size: 1 })],
    ['a union in a union', withField(['null', ['int', 'long']])],
    ['an unknown name', withField('Object')],
    ['a name of every object', withField('toString')],
    [
      'bytes for text',
      JSON.stringify(named('PrioInvalidPacket', [{ name: 'uuid', type: 'bytes' }])),
    ],
    ['another record', JSON.stringify(named('PrioOther', [{ name: 'uuid', type: 'string' }]))],
    ['no uuid', JSON.stringify(named('PrioInvalidPacket', [{ name: 'id', type: 'string' }]))],
  ])('%s', (_, schema) => {
    const bytes = forgeOne(schema, 1, text(UUID));
    expect(() => decodeContainer(records.invalidPacket, bytes)).toThrow(
      expect.objectContaining({ code: 'schema', retryable: false }),
    );
  });

  test('a record that holds itself in a union is followed as deep as we go', () => {
    const schema = withField(['null', 'org.abetterinternet.prio.v1.PrioInvalidPacket']);
    const data = (depth: number) =>
      concat(...Array.from({ length: depth }, () => concat(text(UUID), varint(1))), text(UUID));
    const chain = (depth: number) => forgeOne(schema, 1, concat(data(depth), varint(0)));
    expect(decodeContainer(records.invalidPacket, chain(10))).toEqual([{ uuid: UUID }]);
    expect(() => decodeContainer(records.invalidPacket, chain(10_000))).toThrow(
      expect.objectContaining({ code: 'avro' }),
    );
  });

  test('another writer: other orders, doc, no codec, fields that we do not know', () => {
    const found = decodeContainer(records.dataSharePacket, foreignPackets());
    expect(found).toHaveLength(3);
    expect(found[1]).toEqual({
      uuid: UUID,
      encryptedPayload: Uint8Array.from({ length: 20 }, (_, index) => 7 * index),
      encryptionKeyId: 'key',
      rPit: 77,
      versionConfiguration: null,
      deviceNonce: Uint8Array.of(0, 7, 14),
    });
  });
});

describe('around the records', () => {
  const block = { count: 1, data: packet() };
  const schema = ['avro.schema', packetSchema] as const;
  test.each<readonly [string, string, Uint8Array]>([
    [
      'codec deflate',
      'codec',
      forge({ metadata: [schema, ['avro.codec', 'deflate']], blocks: [] }),
    ],
    ['no schema', 'schema', forge({ metadata: [['avro.codec', 'null']], blocks: [block] })],
    ['the schema twice', 'avro', forge({ metadata: [schema, schema], blocks: [block] })],
    ['2^50 entries', 'avro', concat(Uint8Array.of(0x4f, 0x62, 0x6a, 1), varint(HUGE))],
    [
      'a wrong marker',
      'avro',
      forge({ metadata: [schema], blocks: [{ ...block, sync: new Uint8Array(16) }] }),
    ],
    [
      'a block that says a byte more than it has',
      'avro',
      forge({ metadata: [schema], blocks: [{ ...block, size: block.data.length + 1 }] }),
    ],
    ['no Avro', 'avro', new TextEncoder().encode('PK, or something else')],
    ['two bytes', 'avro', Uint8Array.of(0x4f, 0x62)],
  ])('%s: %s', (_, code, bytes) => expect(failure('dataSharePacket', bytes)).toBe(code));

  test('a block of more records than bytes is refused before they come', () => {
    const reader = createContainerReader(records.dataSharePacket);
    reader.push(forge({ metadata: [schema], blocks: [] }));
    expect(() => reader.push(concat(varint(1000), varint(999)))).toThrow(
      expect.objectContaining({ code: 'avro' }),
    );
  });

  test('a header that never ends is given up', () => {
    const reader = createContainerReader(records.dataSharePacket);
    const key = (index: number) => concat(text(`key ${index}`), blob(new Uint8Array(1000)));
    expect(() => {
      reader.push(concat(Uint8Array.of(0x4f, 0x62, 0x6a, 1), varint(HUGE)));
      for (let index = 0; index < 1000; index++) reader.push(key(index));
    }).toThrow(expect.objectContaining({ code: 'limit' }));
  });

  test('one record: none and two are told apart', () => {
    const decode = (bytes: Uint8Array) => () => decodeOne(records.invalidPacket, bytes);
    const { schema: own } = records.invalidPacket;
    const none = forge({ metadata: [['avro.schema', own]], blocks: [] });
    expect(decode(none)).toThrow(expect.objectContaining({ code: 'eof' }));
    const unwritten = expect.objectContaining({ code: 'avro', retryable: true }) as Error;
    expect(decode(new Uint8Array(0))).toThrow(unwritten);
    expect(decode(sampleContainer('invalidPacket'))).toThrow(
      expect.objectContaining({ code: 'extra-data' }),
    );
  });
});
