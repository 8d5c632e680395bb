/**
 * Files that are wrong in their structure, as fast-check makes and shrinks them: containers whose
 * counts, sizes, markers, schemas and records don't fit together, and any decoder's seeds with
 * bytes changed. Every decoder gives a value within the fuzzer's bounds or its typed error.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { records } from '../../../src/messages/enpa/index.ts';
import { decoders } from '../../../fuzz/decoders.ts';
import { forge } from '../../../fuzz/forge.ts';
import { examine } from '../../../fuzz/fuzz-decoders.ts';
import { manifestFuzzDecoders } from '../../../fuzz/manifest-decoders.ts';
import { createDraws } from '../../../fuzz/mutate.ts';
import { anyKind } from '../../../fuzz/samples.ts';
import type { KindName } from '../../../fuzz/samples.ts';
import { arbitraries } from './arbitraries.ts';

const KINDS = Object.keys(records) as KindName[];
const draws = createDraws('mutations');
/** The rest of a decoder's choices, such as how it cuts its input. */
const draw = fc.nat(10_000).map((index) => draws(index));

interface Edit {
  /** Where, as a part of the file. */
  readonly at: number;
  readonly removed: number;
  readonly added: Uint8Array;
}

const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(12),
    added: fc.uint8Array({ maxLength: 12 }),
  }),
  { maxLength: 4 },
);

function edited(file: Uint8Array, changes: readonly Edit[]): Uint8Array {
  let bytes = Buffer.from(file);
  for (const { at, removed, added } of changes) {
    const from = Math.floor(at * bytes.length);
    bytes = Buffer.concat([bytes.subarray(0, from), added, bytes.subarray(from + removed)]);
  }
  return new Uint8Array(bytes);
}

/** Mostly as it should be. */
const mostly = <T>(right: T, wrong: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: wrong });

const name = fc.constantFrom(
  'null',
  'int',
  'long',
  'string',
  'bytes',
  'double',
  'PrioSumPart',
  'x',
);
const type = fc.letrec<{ type: unknown }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    fc.array(tie('type'), { maxLength: 3 }),
    fc.record({ type: fc.constant('array'), items: tie('type') }),
    fc.record({ type: fc.constant('map'), values: tie('type') }),
    fc.record({ type: fc.constant('fixed'), name, size: fc.integer() }),
    fc.record({ type: name, logicalType: fc.constantFrom('uuid', 'timestamp-millis', 'decimal') }),
  ),
})).type;

interface SchemaText {
  fields: { name: string; type: unknown }[];
}

/** The schema of a kind, some fields of which may have another type, name or place. */
function schemas(kind: KindName): fc.Arbitrary<string> {
  const { fields, ...rest } = JSON.parse(anyKind(kind).schema) as SchemaText;
  const changed = fields.map((field) =>
    fc
      .tuple(mostly(field.type, type), mostly(field.name, fc.constantFrom('uuid', 'x', '')))
      .map(([other, another]) => ({ ...field, type: other, name: another })),
  );
  const list = fc.tuple(...changed).chain((all) => mostly(all, fc.shuffledSubarray(all)));
  const text = list.map((all) => JSON.stringify({ ...rest, fields: all }));
  return fc.oneof(fc.constant(anyKind(kind).schema), text);
}

const number = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

function containers(kind: KindName): fc.Arbitrary<Uint8Array> {
  const block = fc
    .tuple(fc.array(arbitraries[kind], { maxLength: 3 }), edits)
    .chain(([items, changes]) => {
      const whole = Buffer.concat(items.map((item) => anyKind(kind).encode(item)));
      const data = edited(whole, changes.slice(2));
      return fc.record({
        data: fc.constant(data),
        count: mostly<number | bigint>(items.length, number),
        size: mostly<number | bigint>(data.length, number),
        sync: mostly<Uint8Array | undefined>(undefined, fc.uint8Array({ maxLength: 20 })),
      });
    });
  const metadata = fc
    .tuple(schemas(kind), mostly('null', fc.constantFrom('deflate', 'snappy', '')))
    .chain(([schema, codec]) => {
      const entries: [string, string][] = [
        ['avro.schema', schema],
        ['avro.codec', codec],
      ];
      return mostly(entries, fc.shuffledSubarray([...entries, ...entries]));
    });
  return fc.record({ metadata, blocks: fc.array(block, { maxLength: 3 }) }).map((parts) =>
    forge({
      ...parts,
      blocks: parts.blocks.map(({ sync, ...rest }) =>
        sync === undefined ? rest : { ...rest, sync },
      ),
    }),
  );
}

test.each(KINDS)('containers that don’t fit together, read as %s', (kind) => {
  const [whole, pieces] = ['container', 'stream'].map((form) =>
    decoders.find((one) => one.name === `${form}/${kind}`)!,
  );
  let decoded = 0;
  fc.assert(
    fc.property(containers(kind), draw, (input, choices) => {
      for (const decoder of [whole!, pieces!]) {
        const { message, code } = examine(decoder, { input, draw: choices });
        expect(message).toBeUndefined();
        if (code === undefined) decoded++;
      }
    }),
    { numRuns: 60 },
  );
  // Some must have got through, or only the first check was tried.
  expect(decoded).toBeGreaterThan(0);
});

test('any decoder’s own inputs with bytes changed', () => {
  const seeded = fc
    .constantFrom(...decoders, ...manifestFuzzDecoders)
    .chain((decoder) => fc.tuple(fc.constant(decoder), fc.constantFrom(...decoder.seeds)));
  fc.assert(
    fc.property(seeded, edits, draw, ([decoder, seed], changes, choices) => {
      const { message } = examine(decoder, { input: edited(seed, changes), draw: choices });
      expect(message).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
