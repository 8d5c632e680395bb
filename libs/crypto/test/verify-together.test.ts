/**
 * Signatures verified together against noble, which verifies each alone: the same verdicts on
 * honest blocks, on all that can be wrong with one, and on what only a sum of many could miss.
 */

import { p256 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { createNobleBackend, createSeedTree, fillScalars, sha256, toHex } from '../src/index.ts';
import type { CryptoBackend, Strided } from '../src/index.ts';
import { createWasmBackend, tally } from '../src/wasm-backend.ts';
import { PIECE_COUNT, TOGETHER_COUNT_MIN } from '../src/wasm/verify-together.ts';
import { FAILURE, scalarOf, utf8 } from './blocks.ts';

const { Fn, BASE } = p256.Point;
const P = p256.Point.CURVE().p;
const N = p256.Point.CURVE().n;
/** Signatures of the largest block that the harness makes. */
const CAPACITY = 512;
const noble = createNobleBackend();
const wasm = createWasmBackend();
const root = createSeedTree('verified together');

interface Signed {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

function integer(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function scalars(name: string, count: number): Strided {
  const out = { bytes: new Uint8Array(32 * count), offset: 0, stride: 32 };
  const indexes = Uint32Array.from({ length: count }, (_, i) => i);
  fillScalars(root.child(name), indexes, count, out);
  return out;
}

function scalar(name: string): bigint {
  return integer(scalars(name, 1).bytes);
}

/** Honest signatures, each of a key of its own. */
function honest(name: string, count: number): Signed[] {
  const [keys, nonces] = [scalars(`${name} keys`, count), scalars(`${name} nonces`, count)];
  const messages = Array.from({ length: count }, (_, i) => utf8(`${name} ${i}`));
  const digests = new Uint8Array(Buffer.concat(messages.map(sha256)));
  const signatures = new Uint8Array(64 * count);
  const points = new Uint8Array(65 * count);
  wasm.publicKeys(count, keys, { bytes: points, offset: 0, stride: 65 });
  wasm.sign({
    count,
    scalars: keys,
    nonces,
    digests: { bytes: digests, offset: 0, stride: 32 },
    signatures: { bytes: signatures, offset: 0, stride: 64 },
    status: new Uint8Array(count),
  });
  return messages.map((message, i) => ({
    key: points.slice(65 * i, 65 * (i + 1)),
    message,
    signature: signatures.slice(64 * i, 64 * (i + 1)),
  }));
}

function signed(d: bigint, k: bigint, message: Uint8Array): Signed {
  const signature = new Uint8Array(64);
  const one = (bytes: Uint8Array): Strided => ({ bytes, offset: 0, stride: bytes.length });
  noble.sign({
    count: 1,
    scalars: one(scalarOf(d)),
    nonces: one(scalarOf(k)),
    digests: one(sha256(message)),
    signatures: one(signature),
    status: new Uint8Array(1),
  });
  return { key: pointOf(d).toBytes(false), message, signature };
}

function pointOf(k: bigint): typeof BASE {
  return BASE.multiplyUnsafe(Fn.create(k));
}

function withS(of: Signed, s: bigint): Signed {
  return { ...of, signature: new Uint8Array([...of.signature.subarray(0, 32), ...scalarOf(s)]) };
}

function withR(of: Signed, r: bigint): Signed {
  return { ...of, signature: new Uint8Array([...scalarOf(r), ...of.signature.subarray(32)]) };
}

function sOf({ signature }: Signed): bigint {
  return integer(signature.subarray(32));
}

/** Statuses after verification; one key index for equal keys. */
function verify(backend: CryptoBackend, items: readonly Signed[], before?: Uint8Array): number[] {
  const keys = backend.verifyingKeys();
  const known = new Map<string, number>();
  const keyIndex = Int32Array.from(items, ({ key }) => {
    const name = toHex(key);
    if (!known.has(name)) known.set(name, keys.add(key));
    return known.get(name)!;
  });
  const sizes = Uint32Array.from(items, ({ message }) => message.length);
  let end = 0;
  const status = before?.slice() ?? new Uint8Array(items.length);
  backend.verify({
    count: items.length,
    keys,
    keyIndex,
    messages: new Uint8Array(Buffer.concat(items.map(({ message }) => message))),
    offsets: sizes.map((size) => (end += size) - size),
    sizes,
    signatures: {
      bytes: new Uint8Array(Buffer.concat(items.map(({ signature }) => signature))),
      offset: 0,
      stride: 64,
    },
    status,
    failure: FAILURE,
  });
  return [...status];
}

/** As `verify` on wasm, and how many signatures were verified which way. */
function counted(items: readonly Signed[]): { status: number[] } & typeof tally {
  const start = { ...tally };
  const status = verify(wasm, items);
  return { status, together: tally.together - start.together, alone: tally.alone - start.alone };
}

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

describe('honest blocks', () => {
  it.each([1, 2, TOGETHER_COUNT_MIN - 1])('%i signatures: each alone', (count) => {
    const found = counted(honest('few', count));
    expect(found).toEqual({ status: zeros(count), together: 0, alone: count });
  });

  it.each([TOGETHER_COUNT_MIN, 5, 17, 31, 64, 65, 100, 250, CAPACITY - 1, CAPACITY])(
    '%i signatures: all together',
    (count) => {
      const found = counted(honest('many', count));
      expect(found).toEqual({ status: zeros(count), together: count, alone: 0 });
    },
  );

  it('more than a chunk: the rest alone, if it is too small', () => {
    const found = counted(honest('many', CAPACITY + 3));
    expect(found).toEqual({ status: zeros(CAPACITY + 3), together: CAPACITY, alone: 3 });
  });

  it('slots refused before are left out', () => {
    const items = honest('many', 100);
    const before = Uint8Array.from(items, (_, i) => (i % 3 === 1 ? 9 : 0));
    expect(verify(wasm, items, before)).toEqual([...before]);
  });

  it('a few keys for all, and the same signature more than once', () => {
    const keys = [scalar('a'), scalar('b'), scalar('c')];
    const nonces = scalars('few keys', 40);
    const items = Array.from({ length: 40 }, (_, i) =>
      signed(keys[i % 3]!, integer(nonces.bytes.subarray(32 * i, 32 * i + 32)), utf8(`${i}`)),
    );
    expect(counted(items)).toEqual({ status: zeros(40), together: 40, alone: 0 });
    const repeated = [...items, ...items.slice(0, 20), items[0]!, items[0]!];
    expect(verify(wasm, repeated)).toEqual(zeros(62));
  });

  it('one key for all goes by the table of that key', () => {
    const nonces = scalars('one key', 20);
    const items = Array.from({ length: 20 }, (_, i) =>
      signed(5n, integer(nonces.bytes.subarray(32 * i, 32 * i + 32)), utf8(`${i}`)),
    );
    expect(counted(items)).toEqual({ status: zeros(20), together: 0, alone: 20 });
  });
});

describe('forgeries among honest signatures', () => {
  const items = honest('many', CAPACITY);

  it.each([0, 200, CAPACITY - 1])('one, at %i, is found, and only that', (at) => {
    const forged = items.with(at, { ...items[at]!, message: utf8('other') });
    const { status, together, alone } = counted(forged);
    expect(status).toEqual(zeros(CAPACITY).with(at, FAILURE));
    expect([together, alone]).toEqual([CAPACITY - PIECE_COUNT, PIECE_COUNT]);
  });

  it('two that cancel where weights are equal are found', () => {
    // With logarithms to base G, the error of a signature is (e + r d) / s - k.
    const made = ['first', 'second'].map((name, i) => {
      const [d, shift] = [scalar(`${name} key`), i === 0 ? 1n : -1n];
      let k = scalar(`${name} nonce`);
      if (pointOf(k).toAffine().y % 2n === 1n) k = N - k;
      const message = utf8(name);
      const good = signed(d, k, message);
      const r = integer(good.signature.subarray(0, 32));
      const sum = Fn.create(integer(sha256(message)) + r * d);
      const s = Fn.div(sum, Fn.create(k + shift));
      return { item: withS(good, s), error: Fn.sub(Fn.div(sum, s), k) };
    });
    expect(Fn.add(made[0]!.error, made[1]!.error)).toBe(0n);
    const block = items.slice(0, 40).with(3, made[0]!.item).with(17, made[1]!.item);
    expect(verify(wasm, block)).toEqual(zeros(40).with(3, FAILURE).with(17, FAILURE));
  });

  it('one that has the error of another, turned, is found', () => {
    // r / s and e / s of opposite signs: n - s and the negative of all that follows from it.
    const [a, b] = [items[0]!, items[1]!];
    const block = items.slice(0, 30);
    block[4] = withS(a, Fn.create(sOf(a) + 1n));
    block[5] = withS(a, Fn.create(-sOf(a) - 1n));
    block[6] = withS(b, Fn.create(-sOf(b)));
    expect(verify(wasm, block)).toEqual(zeros(30).with(4, FAILURE).with(5, FAILURE));
  });
});

/** A signature by nobody's key with R of choice: Q = (s R - e G) / r. */
function withPoint(R: typeof BASE, name: string): Signed {
  const message = utf8(name);
  const [s, r] = [scalar(`${name} s`), Fn.create(R.toAffine().x)];
  const e = Fn.create(integer(sha256(message)));
  const sum = R.multiplyUnsafe(s).add(pointOf(N - e));
  const key = sum.multiplyUnsafe(Fn.inv(r)).toBytes(false);
  return { key, message, signature: new Uint8Array([...scalarOf(r), ...scalarOf(s)]) };
}

/** The points with the least x from n on: their r is x - n. */
function pointsFromN(count: number): (typeof BASE)[] {
  const found: (typeof BASE)[] = [];
  for (let x = N; x < P && found.length < count; x++) {
    try {
      found.push(p256.Point.fromBytes(Uint8Array.of(2, ...scalarOf(x))));
    } catch {
      // No point has this x.
    }
  }
  return found;
}

/** The least r from `from` on that is no x of a point. */
function rWithoutPoint(from: bigint): bigint {
  for (let r = from; ; r++) {
    try {
      p256.Point.fromBytes(Uint8Array.of(2, ...scalarOf(r)));
    } catch {
      return r;
    }
  }
}

describe('all that can be odd about a signature', () => {
  const [a, b] = honest('base', 2) as [Signed, Signed];
  const [d, k] = [scalar('odd d'), scalar('odd k')];
  const text = utf8('text');
  const [wrapped, wrapped2] = pointsFromN(2) as [typeof BASE, typeof BASE];
  const top = 2n ** 256n - 1n;
  const cases: Record<string, { item: Signed; valid: boolean }> = {
    'n - s, whose R has an odd y': { item: withS(a, N - sOf(a)), valid: true },
    'R with an odd y, chosen': { item: withPoint(oddPoint(), 'odd'), valid: true },
    'R with an even y, chosen': { item: withPoint(oddPoint().negate(), 'even'), valid: true },
    'x = r + n': { item: withPoint(wrapped, 'wrapped'), valid: true },
    'x = r + n, the other y': { item: withPoint(wrapped2.negate(), 'wrapped 2'), valid: true },
    'r that is no x': { item: withR(a, rWithoutPoint(1n)), valid: false },
    'r of another': { item: withR(a, integer(b.signature.subarray(0, 32))), valid: false },
    'r = 0': { item: withR(a, 0n), valid: false },
    'r = n': { item: withR(a, N), valid: false },
    'r = n - 1': { item: withR(a, N - 1n), valid: false },
    'r = 2^256 - 1': { item: withR(a, top), valid: false },
    's = 0': { item: withS(a, 0n), valid: false },
    's = n': { item: withS(a, N), valid: false },
    's = 2^256 - 1': { item: withS(a, top), valid: false },
    's = 1': { item: withS(a, 1n), valid: false },
    's + 1': { item: withS(a, sOf(a) + 1n), valid: false },
    'another message': { item: { ...a, message: b.message }, valid: false },
    "another's key": { item: { ...a, key: b.key }, valid: false },
    'the negative key': { item: { ...a, key: negated(a.key) }, valid: false },
    'no message': { item: signed(d, k, new Uint8Array()), valid: true },
    'R = Q or -Q': { item: signed(d, d, text), valid: true },
    'R = -Q or Q': { item: signed(d, N - d, text), valid: true },
    'R = G or -G': { item: signed(d, 1n, text), valid: true },
    'Q = G': { item: signed(1n, k, text), valid: true },
    'Q = -G': { item: signed(N - 1n, k, text), valid: true },
    'Q = G, R = G or -G': { item: signed(1n, N - 1n, text), valid: true },
    'R = 2G, Q = 2G': { item: signed(2n, 2n, text), valid: true },
    'R of another': { item: signed(d, k, utf8('twice')), valid: true },
    'R of another, once more': { item: signed(scalar('other'), k, utf8('twice')), valid: true },
  };

  function oddPoint(): typeof BASE {
    const point = pointOf(scalar('chosen R'));
    return point.toAffine().y % 2n === 1n ? point : point.negate();
  }

  function negated(key: Uint8Array): Uint8Array {
    return p256.Point.fromBytes(key).negate().toBytes(false);
  }

  it.each(Object.entries(cases))('%s: alone among honest ones', (_, { item, valid }) => {
    const status = zeros(24).with(7, valid ? 0 : FAILURE);
    expect(verify(noble, [item])).toEqual([status[7]]);
    expect(verify(wasm, honest('around', 24).with(7, item))).toEqual(status);
    expect(verify(wasm, [item])).toEqual([status[7]]);
  });

  it('all at once', () => {
    const items = [...Object.values(cases).map(({ item }) => item), ...honest('after', 9)];
    const status = verify(noble, items);
    expect(status.filter((s) => s === 0)).toHaveLength(9 + 15);
    expect(verify(wasm, items)).toEqual(status);
    const many = [...items, ...honest('more', 90), ...items];
    expect(verify(wasm, many)).toEqual([...status, ...zeros(90), ...status]);
  });

  it('the same valid signature in every slot, by two keys', () => {
    const other = signed(d, k, text);
    const items = Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? a : other));
    expect(verify(wasm, items)).toEqual(zeros(64));
    items[9] = { ...a, message: text };
    expect(verify(wasm, items)).toEqual(zeros(64).with(9, FAILURE));
  });

  it('nothing but bad ones', () => {
    const items = honest('bad', 70).map((item) => withS(item, Fn.create(sOf(item) + 1n)));
    expect(verify(wasm, items)).toEqual(items.map(() => FAILURE));
  });

  it('random bits flipped, in a block with refused slots', () => {
    const random = root.child('flips').bytes(0, 400);
    const items = honest('flips', 100).map((item, i) => {
      const [kind, at, bit] = random.subarray(4 * i, 4 * i + 3) as unknown as number[];
      if (kind! % 8 !== 0) return item;
      const signature = item.signature.slice();
      signature[at! % 64]! ^= 1 << (bit! & 7);
      return { ...item, signature };
    });
    const before = Uint8Array.from(items, (_, i) => (i % 10 === 4 ? 3 : 0));
    const status = verify(noble, items, before);
    expect(new Set(status)).toEqual(new Set([0, 3, FAILURE]));
    expect(verify(wasm, items, before)).toEqual(status);
  });
});
