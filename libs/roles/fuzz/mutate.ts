/**
 * Damage: bytes changed, cut, doubled, spliced, and the structure of Avro aimed at (varints that
 * claim too much, types of the schema exchanged). Every case draws from its own number.
 */

import { createSeedTree } from '@priolab/crypto';
import { varint } from './forge.ts';

/** Numbers for one case; the same for the same seed and case, on every machine. */
export interface Draw {
  /** A whole number from 0 to `below` - 1. */
  number(below: number): number;
  bytes(size: number): Uint8Array;
}

const ITEM_SIZE = 4096;

export function createDraws(seed: string): (index: number) => Draw {
  const branch = createSeedTree(seed).child('fuzz-decoders');
  return (index) => {
    let stream = branch.bytes(index, ITEM_SIZE);
    let at = 0;
    const next = (): number => {
      if (at + 4 > stream.length) {
        // Rarely reached: a case that draws more goes on with what it has.
        stream = stream.map((byte, k) => byte ^ stream[(k + 1) % stream.length]! ^ 0x5a);
        at = 0;
      }
      const word = new DataView(stream.buffer, stream.byteOffset + at, 4).getUint32(0);
      at += 4;
      return word;
    };
    return {
      number: (below) => next() % below,
      bytes: (size) => Uint8Array.from({ length: size }, () => next() & 0xff),
    };
  };
}

/** Longs that lengths and counts get wrong by. */
const LONGS: readonly bigint[] = [
  0n,
  1n,
  -1n,
  63n,
  -64n,
  1024n,
  -1024n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n,
  2n ** 50n,
  -(2n ** 50n),
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

const WORDS = [
  '"null"',
  '"string"',
  '"bytes"',
  '"long"',
  '"double"',
  '["null","bytes"]',
  '{"type":"array","items":"null"}',
  '{"type":"array","items":"long"}',
  '{"type":"map","values":"bytes"}',
  '{"type":"fixed","name":"f","size":2147483648}',
  '{"type":"enum","name":"e","symbols":["A"]}',
  '"PrioDataSharePacket"',
  '-1',
  '1e308',
  '[[[[[[',
] as const;
const QUOTED = /"(?:string|bytes|long|int|double|record|null)"/g;

/** One to four damages, one after another, to `seed`; `other` is another file to splice from. */
export function mutate(draw: Draw, seed: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = seed;
  for (let left = 1 + draw.number(4); left > 0; left--) bytes = damage(draw, bytes, other);
  return bytes;
}

function damage(draw: Draw, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  // Half of the damage goes to the records, which most decoders reach last.
  const from = draw.number(2) === 0 ? 0 : Math.floor((bytes.length * 2) / 3);
  const at = from + draw.number(bytes.length - from + 1);
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at);
  switch (draw.number(9)) {
    case 0: {
      const changed = Uint8Array.from(bytes);
      if (at < bytes.length) changed[at]! ^= 1 << draw.number(8);
      return changed;
    }
    case 1: {
      const changed = Uint8Array.from(bytes);
      if (at < bytes.length) changed[at] = draw.number(256);
      return changed;
    }
    case 2:
      return join(before, draw.bytes(1 + draw.number(8)), after);
    case 3:
      return join(before, after.subarray(Math.min(after.length, 1 + draw.number(16))));
    case 4:
      return before;
    case 5:
      return join(before, after, bytes.subarray(draw.number(bytes.length + 1)));
    case 6:
      return join(before, other.subarray(draw.number(other.length + 1)));
    case 7: {
      const long = varint(LONGS[draw.number(LONGS.length)]!);
      return join(before, long, after.subarray(Math.min(after.length, draw.number(3))));
    }
    default:
      return exchangeType(draw, bytes);
  }
}

/**
 * Puts another type for one in the schema text; the size that stands before it is put right, so
 * that the decoder gets as far as the schema.
 */
function exchangeType(draw: Draw, bytes: Uint8Array): Uint8Array {
  const latin1 = Buffer.from(bytes).toString('latin1');
  const start = latin1.indexOf('{');
  const end = latin1.lastIndexOf('}') + 1;
  const before = latin1.slice(0, Math.max(0, start));
  const key = before.lastIndexOf('avro.schema') + 'avro.schema'.length;
  const json = latin1.slice(Math.max(0, start), Math.max(0, end));
  const found = [...json.matchAll(QUOTED)];
  const target = found[draw.number(Math.max(1, found.length))];
  if (start < 0 || target === undefined) return bytes;
  const word = WORDS[draw.number(WORDS.length)]!;
  const changed = json.slice(0, target.index) + word + json.slice(target.index + target[0].length);
  const size = Buffer.from(varint(changed.length)).toString('latin1');
  const head = key > 'avro.schema'.length ? before.slice(0, key) + size : before;
  return new Uint8Array(Buffer.from(head + changed + latin1.slice(end), 'latin1'));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
