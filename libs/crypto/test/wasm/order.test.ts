/**
 * The kernels modulo n against BigInt, on random and edge values, and against whole signatures of
 * noble. Values near multiples of n are those where a reduction too few or too many would show.
 */

import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKernelInstance } from '../../src/wasm/instance.ts';
import { createOrderArithmetic } from '../../src/wasm/order.ts';
import type { Strided } from '../../src/index.ts';
import { createBackend, sha256, toHex } from '../../src/index.ts';
import { FAILURE, scalarOf, utf8 } from '../blocks.ts';

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const TOP = 2n ** 256n;
const order = createOrderArithmetic(createKernelInstance());

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => integer(bytes));
/** Any 256 bits: uniform, or a little above or below what matters. */
const number256 = fc.oneof(
  bytes32,
  fc
    .tuple(
      fc.constantFrom(0n, N, P, TOP, TOP - N, N / 2n, 2n ** 255n, 2n ** 232n, 2n ** 29n),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([base, off]) => (((base + BigInt(off)) % TOP) + TOP) % TOP),
  fc.integer({ min: 0, max: 255 }).map((bit) => 2n ** BigInt(bit)),
);
const scalar = number256.map((value) => (value % (N - 1n)) + 1n);
const edges256 = [0n, 1n, 2n, N - 2n, N - 1n, N, N + 1n, P - 1n, P, TOP - N, TOP - 2n, TOP - 1n];

function integer(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function modN(value: bigint): bigint {
  return ((value % N) + N) % N;
}

/** By Fermat, so as to share nothing with an Euclidean algorithm elsewhere. */
function inverse(value: bigint): bigint {
  let [base, result] = [modN(value), 1n];
  for (let e = N - 2n; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = (result * base) % N;
    base = (base * base) % N;
  }
  return result;
}

/** Numbers at a stride and offset of their own, among bytes that must not matter. */
function strided(values: readonly bigint[], stride = 35, size = 32): Strided {
  const bytes = new Uint8Array(3 + values.length * stride + size).fill(0xa5);
  values.forEach((value, i) => {
    bytes.set(Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex'), 3 + i * stride);
  });
  return { bytes, offset: 3, stride };
}

function numberAt({ bytes, offset, stride }: Strided, index: number, half = 0): bigint {
  const start = offset + index * stride + 32 * half;
  return integer(bytes.subarray(start, start + 32));
}

interface Signing {
  readonly k: bigint;
  readonly d: bigint;
  readonly e: bigint;
  readonly x: bigint;
  /** Of kG, 0 if left out: its last bit decides about s. */
  readonly y?: bigint;
}

/** 65-byte points. */
function pointsOf(slots: readonly { x: bigint; y?: bigint }[]): Strided {
  const encoded = slots.map(({ x, y = 0n }) => (4n << 512n) | (x << 256n) | y);
  return strided(encoded, 68, 65);
}

function sign(slots: readonly Signing[], status = new Uint8Array(slots.length)): Strided {
  const signatures = strided(
    slots.map(() => 0n),
    67,
    64,
  );
  order.signScalars({
    count: slots.length,
    nonces: strided(slots.map(({ k }) => k)),
    scalars: strided(slots.map(({ d }) => d)),
    digests: strided(slots.map(({ e }) => e)),
    points: pointsOf(slots),
    signatures,
    status,
  });
  return signatures;
}

/** s of FIPS 186-5 section 6.4.1, negated where y is odd. */
function sOf({ k, d, e, x, y = 0n }: Signing): bigint {
  const s = inverse(k) * (e + modN(x) * d);
  return modN(y % 2n === 1n ? -s : s);
}

const signing = fc
  .record({ k: scalar, d: scalar, e: number256, x: number256, y: number256 })
  .filter((slot) => modN(slot.x) !== 0n && sOf(slot) !== 0n);

describe('signScalars', () => {
  it('is r = x, s = (e + r d) / k or its negative, by the y, on any numbers', () => {
    fc.assert(
      fc.property(fc.array(signing, { minLength: 1, maxLength: 12 }), (slots) => {
        const found = sign(slots);
        slots.forEach((slot, i) => {
          expect(numberAt(found, i)).toBe(modN(slot.x));
          expect(numberAt(found, i, 1)).toBe(sOf(slot));
        });
      }),
    );
  });

  it('is so for all edges of digest and x, with k and d at theirs', () => {
    const ends = [1n, 2n, N - 2n, N - 1n];
    const slots = edges256
      .flatMap((e) => edges256.map((x) => ({ e, x })))
      .flatMap(({ e, x }) => ends.flatMap((k) => ends.map((d) => ({ e, x, k, d }))))
      .flatMap((slot) => [0n, TOP - 1n].map((y) => ({ ...slot, y })))
      .filter((slot) => modN(slot.x) !== 0n && sOf(slot) !== 0n);
    expect(slots.length).toBeGreaterThan(512);
    const found = sign(slots);
    for (const [i, slot] of slots.entries()) {
      if (numberAt(found, i) !== modN(slot.x)) expect(i, 'r').toBe(-1);
      if (numberAt(found, i, 1) !== sOf(slot)) expect(i, 's').toBe(-1);
    }
  });

  it('signs as noble does, one key for all, in blocks of more than a chunk', () => {
    const count = 1030;
    const d = scalarOf(0x1234567890abcdefn);
    const nonces = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const digests = nonces.map((k) => integer(sha256(utf8(`message ${k}`))));
    // k * G by adding G, which is cheap.
    let point = p256.Point.BASE;
    const points = nonces.map(() => {
      const affine = point.toAffine();
      point = point.add(p256.Point.BASE);
      return affine;
    });
    const signatures = strided(
      nonces.map(() => 0n),
      64,
      64,
    );
    const block = {
      count,
      nonces: strided(nonces),
      scalars: { bytes: d, offset: 0, stride: 0 },
      digests: strided(digests),
      signatures,
      status: new Uint8Array(count),
    };
    order.signScalars({ ...block, points: pointsOf(points) });
    const reference = { ...signatures, bytes: signatures.bytes.slice() };
    createBackend('node').sign({ ...block, signatures: reference });
    expect(toHex(signatures.bytes)).toBe(toHex(reference.bytes));
    for (const i of [0, 511, 512, 1029]) {
      const start = signatures.offset + i * 64;
      const signature = signatures.bytes.subarray(start, start + 64);
      const key = p256.getPublicKey(d);
      const options = { prehash: false, lowS: false };
      expect(p256.verify(signature, scalarOf(digests[i]!), key, options)).toBe(true);
    }
  });

  it('leaves out slots with a status, whatever is in them', () => {
    const good: Signing = { k: 5n, d: 7n, e: 11n, x: 13n };
    const bad: Signing = { k: 0n, d: N, e: 0n, x: 0n };
    const found = sign([bad, good, bad, bad, good], Uint8Array.of(1, 0, 255, 2, 0));
    expect([0, 2, 3].map((i) => numberAt(found, i))).toEqual([0n, 0n, 0n]);
    expect([1, 4].map((i) => numberAt(found, i, 1))).toEqual([sOf(good), sOf(good)]);
    expect(sign([bad], Uint8Array.of(9)).bytes).toEqual(strided([0n], 67, 64).bytes);
    expect(sign([])).toBeDefined();
  });

  const good: Signing = { k: 5n, d: 7n, e: 11n, x: 13n };
  it.each<[string, Partial<Signing>, string]>([
    ['k = 0', { k: 0n }, 'invalid-scalar'],
    ['k = n', { k: N }, 'invalid-scalar'],
    ['k = 2^256 - 1', { k: TOP - 1n }, 'invalid-scalar'],
    ['d = 0', { d: 0n }, 'invalid-scalar'],
    ['d = n', { d: N }, 'invalid-scalar'],
    ['r = 0 from x = 0', { x: 0n }, 'invalid-signature'],
    ['r = 0 from x = n', { x: N }, 'invalid-signature'],
    ['s = 0', { e: N - 7n * 13n }, 'invalid-signature'],
    ['s = 0, negated', { e: N - 7n * 13n, y: 1n }, 'invalid-signature'],
    ['s = 0 with a digest above n', { d: N - 1n, x: 13n, e: N + 13n }, 'invalid-signature'],
  ])('refuses %s', (_, change, code) => {
    const slots = [good, { ...good, ...change }, good];
    expect(() => sign(slots)).toThrow(expect.objectContaining({ name: 'CryptoError', code }));
    // In a later chunk too.
    const many = [...Array.from({ length: 700 }, () => good), ...slots];
    expect(() => sign(many)).toThrow(expect.objectContaining({ code }));
  });
});

interface Verifying {
  readonly e: bigint;
  readonly r: bigint;
  readonly s: bigint;
}

function verify(slots: readonly Verifying[], status = new Uint8Array(slots.length)) {
  const u1 = strided(slots.map(() => 0n));
  const u2 = strided(slots.map(() => 0n));
  order.verifyScalars({
    count: slots.length,
    digests: strided(slots.map(({ e }) => e)),
    signatures: strided(
      slots.map(({ r, s }) => (r << 256n) | s),
      64,
      64,
    ),
    u1,
    u2,
    status,
    failure: FAILURE,
  });
  return { u1, u2, status };
}

function expectVerified(slots: readonly Verifying[]): void {
  const { u1, u2, status } = verify(slots);
  slots.forEach(({ e, r, s }, i) => {
    const isGood = r > 0n && r < N && s > 0n && s < N;
    const w = isGood ? inverse(s) : 1n;
    expect(status[i], `slot ${i}`).toBe(isGood ? 0 : FAILURE);
    expect(numberAt(u1, i), `u1 ${i}`).toBe(isGood ? modN(e * w) : 1n);
    expect(numberAt(u2, i), `u2 ${i}`).toBe(isGood ? modN(r * w) : 1n);
  });
}

describe('verifyScalars', () => {
  it('is u1 = e / s, u2 = r / s, bad slots set apart', () => {
    const slot = fc.record({ e: number256, r: number256, s: number256 });
    fc.assert(fc.property(fc.array(slot, { minLength: 1, maxLength: 12 }), expectVerified));
  });

  it('is so for all edges, in blocks of more than a chunk', () => {
    const slots = edges256.flatMap((e) =>
      edges256.flatMap((r) => edges256.map((s) => ({ e, r, s }))),
    );
    expectVerified(slots);
  });

  it('leaves a status as it was', () => {
    const good = { e: 1n, r: 2n, s: 3n };
    const { u1, status } = verify([good, { e: 1n, r: 0n, s: 0n }, good], Uint8Array.of(0, 5, 6));
    expect([...status]).toEqual([0, 5, 6]);
    expect([0, 1, 2].map((i) => numberAt(u1, i))).toEqual([inverse(3n), 1n, 1n]);
  });

  it('gives the scalars that verify signatures of noble', () => {
    const { Point } = p256;
    for (let i = 0; i < 5; i++) {
      const secret = scalarOf(BigInt(i + 1) ** 50n % N);
      const digest = sha256(utf8(`message ${i}`));
      const signature = p256.sign(digest, secret, { prehash: false, lowS: false });
      const [r, s] = [integer(signature.subarray(0, 32)), integer(signature.subarray(32))];
      const { u1, u2, status } = verify([{ e: integer(digest), r, s }]);
      const point = Point.BASE.multiply(numberAt(u1, 0)).add(
        Point.fromBytes(p256.getPublicKey(secret)).multiply(numberAt(u2, 0)),
      );
      expect(status[0]).toBe(0);
      expect(match([{ x: point.toAffine().x, r }])).toEqual([0]);
      expect(match([{ x: point.toAffine().x ^ 1n, r }])).toEqual([FAILURE]);
    }
  });
});

function match(
  slots: readonly { x: bigint; r: bigint }[],
  status = new Uint8Array(slots.length),
): number[] {
  order.matchR({
    count: slots.length,
    xs: strided(slots.map(({ x }) => x)),
    signatures: strided(
      slots.map(({ r }) => (r << 256n) | 1n),
      64,
      64,
    ),
    status,
    failure: FAILURE,
  });
  return [...status];
}

describe('matchR', () => {
  it('compares x mod n, in blocks of more than a chunk', () => {
    const slots = edges256.flatMap((x) =>
      [...edges256, P - N, P - N - 1n]
        .filter((r) => r > 0n && r < N)
        .map((r) => ({ x, r }))
        .concat(modN(x) === 0n ? [] : { x, r: modN(x) }),
    );
    const many = Array.from({ length: 12 }, () => slots).flat();
    expect(many.length).toBeGreaterThan(512);
    expect(match(many)).toEqual(many.map(({ x, r }) => (modN(x) === r ? 0 : FAILURE)));
  });

  it('sees any bit, and leaves a status as it was', () => {
    for (let bit = 0; bit < 256; bit++) {
      const r = (2n ** 200n + 12345n) ^ (1n << BigInt(bit));
      if (r >= N) continue;
      expect(match([{ x: 2n ** 200n + 12345n, r }])).toEqual([FAILURE]);
    }
    expect(
      match(
        [
          { x: 1n, r: 2n },
          { x: 2n, r: 2n },
        ],
        Uint8Array.of(8, 9),
      ),
    ).toEqual([8, 9]);
  });
});

describe('layouts', () => {
  const layout = expect.objectContaining({ name: 'CryptoError', code: 'invalid-layout' });

  it('refuses arrays that are too short or overlap', () => {
    const two = strided([1n, 1n]);
    const wide = strided([1n, 1n], 64, 64);
    const short = { ...two, bytes: two.bytes.subarray(0, 60) };
    const overlapping = { ...two, stride: 31 };
    const status = new Uint8Array(2);
    const all = { count: 2, digests: two, signatures: wide, status, failure: FAILURE };
    const verifying = { ...all, u1: two, u2: two };
    const points = strided([1n, 1n], 65, 65);
    const signing = { ...all, nonces: two, scalars: two, points };
    order.verifyScalars({ ...verifying });
    for (const bad of [short, overlapping]) {
      expect(() => order.verifyScalars({ ...verifying, u1: bad })).toThrow(layout);
      expect(() => order.verifyScalars({ ...verifying, u2: bad })).toThrow(layout);
    }
    expect(() => order.verifyScalars({ ...verifying, digests: short })).toThrow(layout);
    expect(() => order.verifyScalars({ ...verifying, signatures: short })).toThrow(layout);
    expect(() => order.verifyScalars({ ...verifying, status: new Uint8Array(1) })).toThrow(layout);
    expect(() => order.signScalars({ ...signing, points: { ...points, stride: 140 } })).toThrow(
      layout,
    );
    expect(() => order.signScalars({ ...signing, nonces: short })).toThrow(layout);
    expect(() => order.matchR({ ...all, xs: short })).toThrow(layout);
    expect(() => order.matchR({ ...all, xs: two, signatures: short })).toThrow(layout);
  });
});
