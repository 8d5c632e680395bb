/** What we write is read again as it was: by us, whole and in pieces, and by another reader. */

import avro from 'avsc';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  EnpaError,
  createContainerReader,
  createContainerWriter,
  decodeContainer,
  encodeContainer,
  records,
} from '../../../src/messages/enpa/index.ts';
import {
  anyKind,
  foreignPackets,
  sampleContainer,
  sampleForm,
  sampleRecords,
  sampleSingle,
} from '../../../fuzz/samples.ts';
import type { KindName } from '../../../fuzz/samples.ts';
import { arbitraries, own } from './arbitraries.ts';

const KINDS = Object.keys(records) as KindName[];

describe.each(KINDS)('%s', (name) => {
  const kind = anyKind(name);
  const lists = fc.array(arbitraries[name], { maxLength: 8 });

  test('any records come back, whole and in pieces', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 400 }), (items, size) => {
        const container = encodeContainer(kind, items, sampleForm(name));
        expect(decodeContainer(kind, container)).toEqual(own(items));
        const reader = createContainerReader(kind);
        const found: object[] = [];
        for (let at = 0; at < container.length; at += size) {
          found.push(...reader.push(container.subarray(at, at + size)));
        }
        expect([...found, ...reader.end()]).toEqual(own(items));
      }),
      { numRuns: 60 },
    );
  });

  test("another reader reads what we write: avsc's own", async () => {
    const items = [
      ...sampleRecords[name],
      ...fc.sample(arbitraries[name], { numRuns: 3, seed: 7 }),
    ];
    const container = encodeContainer(kind, items, sampleForm(name));
    const found: unknown[] = [];
    const decoder = new avro.streams.BlockDecoder();
    for await (const record of Readable.from([Buffer.from(container)]).pipe(decoder)) {
      found.push(record);
    }
    const raw = decodeContainer(kind, container).map((item) => Object.values(item));
    expect(plain(found.map((record) => Object.values(record as object)))).toEqual(plain(raw));
    expect(found).toHaveLength(items.length);
  });

  test('the bytes are those of the golden file', () => {
    const golden = readFileSync(join(import.meta.dirname, 'golden', `${name}.avro`));
    expect(Buffer.from(sampleContainer(name)).equals(golden)).toBe(true);
    expect(decodeContainer(kind, golden)).toEqual(sampleRecords[name]);
  });
});

test('golden files of a single object and of another writer', () => {
  const golden = (name: string) => readFileSync(join(import.meta.dirname, 'golden', name));
  expect(Buffer.from(sampleSingle()).equals(golden('single-object.avro'))).toBe(true);
  expect(Buffer.from(foreignPackets()).equals(golden('another-writer.avro'))).toBe(true);
});

test('pieces of a writer are a container; no records are no bytes', () => {
  const form = sampleForm('invalidPacket');
  const writer = createContainerWriter(records.invalidPacket, form);
  const items = sampleRecords.invalidPacket as { uuid: string }[];
  const blocks = [writer.block(items), writer.block([]), writer.block(items.slice(1))];
  const container = Buffer.concat([writer.head(), ...blocks]);
  expect(decodeContainer(records.invalidPacket, container)).toEqual([...items, ...items.slice(1)]);
  expect(encodeContainer(records.invalidPacket, [], form)).toHaveLength(0);
  expect(decodeContainer(records.invalidPacket, new Uint8Array(0))).toEqual([]);
});

test('long lists are cut into blocks as the facilitator cuts them', () => {
  const items = Array.from({ length: 1000 }, () => sampleRecords.invalidPacket[0] as never);
  const form = sampleForm('invalidPacket');
  const container = Buffer.from(encodeContainer(records.invalidPacket, items, form));
  const markers = container.toString('latin1').split(Buffer.from(form.sync).toString('latin1'));
  // 37 bytes each: 433 of them reach 16,000. Header, three blocks, and nothing after the last.
  expect(markers).toHaveLength(5);
  expect(decodeContainer(records.invalidPacket, container)).toHaveLength(1000);
});

test.each<readonly [KindName, object]>([
  ['invalidPacket', { uuid: 'ABCDEF00-0000-4000-8000-000000000000' }],
  ['invalidPacket', {}],
  ['validityPacket', { fR: Number.NaN }],
  ['validityPacket', { gR: 2 ** 32 }],
  ['validityPacket', { hR: -1 }],
  ['validityHeader', { epsilon: Infinity }],
  ['validityHeader', { bins: 2 ** 31 }],
  ['validityHeader', { bins: 1.5 }],
  ['validityHeader', { prime: 2 ** 52 }],
  ['validityHeader', { hammingWeight: undefined }],
  ['validityHeader', { name: '\ud800' }],
  ['sumPart', { sum: [1, 2, Number.NaN] }],
  ['sumPart', { batchUuids: ['x'] }],
  ['batchSignature', { packets: 'text' }],
])('%s with %o is not written', (name, change) => {
  const record = change === undefined ? {} : { ...sampleRecords[name][0], ...change };
  const wrong = Object.keys(change).length === 0 ? {} : record;
  const write = () => encodeContainer(anyKind(name), [wrong], sampleForm(name));
  expect(write).toThrow(EnpaError);
  expect(write).toThrow(expect.objectContaining({ code: 'wrong-value' }));
});

test.each([
  { sync: new Uint8Array(15) },
  { sync: new Uint8Array(16), metadata: ['avro.codec'] as const },
  { sync: new Uint8Array(16), metadata: ['avro.schema', 'avro.schema'] as const },
])('no form of a container: %o', (form) => {
  expect(() => createContainerWriter(records.invalidPacket, form)).toThrow(
    expect.objectContaining({ code: 'wrong-value' }),
  );
});

/** Bytes as hex, so that Buffers and byte arrays are equal. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return Array.isArray(value) ? value.map(plain) : value;
}
