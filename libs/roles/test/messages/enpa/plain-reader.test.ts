/**
 * What we write, and what the facilitator wrote, read by the plain reader, which knows neither our
 * code nor the library under it.
 */

import { vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeContainer, records } from '../../../src/messages/enpa/index.ts';
import { FORGED_SYNC, blob, concat, text, varint } from '../../../fuzz/forge.ts';
import {
  anyKind,
  foreignPackets,
  sampleContainer,
  sampleForm,
  sampleRecords,
  sampleSingle,
} from '../../../fuzz/samples.ts';
import type { KindName } from '../../../fuzz/samples.ts';
import { arbitraries } from './arbitraries.ts';
import { goldenFiles } from './golden-files.ts';
import { readPlain } from './plain-reader.ts';

const KINDS = Object.keys(records) as KindName[];

/** Records under the names of the wire. */
const onWire = (items: readonly object[]) =>
  items.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => [
        name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        value as unknown,
      ]),
    ),
  );

describe.each(KINDS)('%s', (name) => {
  test('as we write it', () => {
    const { records: found, schema, metadata, blocks } = readPlain(sampleContainer(name));
    expect(found).toEqual(onWire(sampleRecords[name]));
    expect(JSON.stringify(schema)).toBe(anyKind(name).schema);
    expect([...metadata.keys()]).toEqual(sampleForm(name).metadata);
    expect(blocks).toEqual([sampleRecords[name].length]);
  });

  test('with any values', () => {
    const lists = fc.array(arbitraries[name], { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lists, (items) => {
        const file = encodeContainer(anyKind(name), items, sampleForm(name));
        expect(readPlain(file).records).toEqual(onWire(items));
      }),
      { numRuns: 30 },
    );
  });
});

test('validity packets in several blocks', () => {
  const items = fc.sample(arbitraries.validityPacket, { numRuns: 1000, seed: 7 });
  const file = encodeContainer(anyKind('validityPacket'), items, sampleForm('validityPacket'));
  const { records: found, blocks } = readPlain(file);
  expect(found).toEqual(onWire(items));
  expect(blocks.length).toBeGreaterThan(2);
});

test('a single object: header and packets in the signature', () => {
  const [signature] = readPlain(sampleSingle()).records;
  const [header] = readPlain(signature!['batch_header'] as Uint8Array).records;
  expect(header).toMatchObject({ batch_uuid: 'b8a5579a-f984-460a-a42d-2813cbf57771', bins: 5 });
  const packets = readPlain(signature!['packets'] as Uint8Array);
  expect(packets.records).toEqual(onWire(sampleRecords.validityPacket));
});

test('another writer: arrays of negative count, maps, numbers of 62 bits, blocks', () => {
  const { records: found, blocks } = readPlain(foreignPackets());
  expect(blocks).toEqual([1, 1, 1]);
  expect(found[0]).toMatchObject({
    r_pit: 77,
    tags: [null, 'é'],
    counts: { n: 2n ** 62n },
    version_configuration: null,
  });
});

test('metadata in blocks of negative count, and no codec', () => {
  const entries = concat(text('avro.schema'), blob('{"type":"int"}'), text('x'), blob('y'));
  const file = concat(
    Uint8Array.of(0x4f, 0x62, 0x6a, 1),
    concat(varint(-2), varint(entries.length), entries, varint(0), FORGED_SYNC),
    concat(varint(2), varint(2), varint(-64), varint(63), FORGED_SYNC),
  );
  expect(readPlain(file)).toMatchObject({ records: [-64, 63], blocks: [2] });
});

test('damage does not pass', () => {
  const file = sampleContainer('sumPart');
  const changed = (at: number) => file.with(at < 0 ? file.length + at : at, 0xff);
  expect(() => readPlain(changed(0))).toThrow('magic');
  expect(() => readPlain(changed(-1))).toThrow('sync marker');
  expect(() => readPlain(file.subarray(0, -1))).toThrow('end of the file');
});

describe.skipIf(vectorsDir === undefined)('published containers', () => {
  const files = vectorsDir === undefined ? [] : goldenFiles();

  test.each(files.map((file, index) => [index, file.kind, file] as const))(
    'file %i, a %s',
    (_, __, { bytes, expected }) => {
      const [record, ...more] = readPlain(bytes).records;
      expect(more).toEqual([]);
      // The signature of 2020 has two fields, and null for the others by our schema only.
      const fields = Object.entries(onWire([expected])[0]!).filter(([key, value]) =>
        value === null ? key in record! : true,
      );
      expect(record).toEqual(Object.fromEntries(fields));
    },
  );
});
