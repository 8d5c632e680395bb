/**
 * Multiples of points by the kernels against the reference, for uniform scalars and for those at
 * the edges, in blocks of every size around a group and around a chunk.
 */

import { createECDH } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { describe, expect, test } from 'vitest';

import { FREQUENT_COUNT } from '../../src/wasm/point-keys.ts';
import { bytesOf, curve, encoded, filled, laid, N, P, pointOf, room } from './scalars.ts';
import { uniformScalars, xOf } from './scalars.ts';

const { Fn } = p256.Point;
const FAILURE = 77;
const EDGES = [1n, 2n, 3n, 4n, 15n, 16n, 17n, 31n, 32n, 33n, 2n ** 128n, 2n ** 255n, N >> 1n];
const SCALARS = [...EDGES, ...EDGES.map((k) => N - k)];
const COUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * The scalars whose last window meets its own entry: k = 2e - n for an entry e of that window, so
 * that the sum before it is e - n.
 */
function collidingScalars(width: number): bigint[] {
  const last = BigInt(width * (Math.ceil(256 / width) - 1));
  const found: bigint[] = [];
  for (let d = 1n; d < 2n ** BigInt(width); d += 2n) {
    const k = 2n * (d << last) - N;
    const rest = k - (d << last);
    if (k > 0n && k < N && k % 2n === 1n && rest < 1n << last && rest > -(1n << last))
      found.push(k);
  }
  return found;
}

function multiples(scalars: readonly bigint[], base = curve.generator, status?: Uint8Array) {
  const out = room(scalars.length, 65);
  curve.multiplyFixed({
    count: scalars.length,
    base,
    scalars: laid(scalars.map(bytesOf), 32),
    out,
    coordinates: 'both',
    status: status ?? new Uint8Array(scalars.length),
  });
  return out;
}

describe('multiples of the base point', () => {
  test('edges and uniform scalars', () => {
    const scalars = [...SCALARS, ...uniformScalars('fixed', 70)];
    const expected = scalars.map((k) => encoded(pointOf(k)));
    expect(multiples(scalars)).toEqual(filled(expected, 65));
  });

  test.each(COUNTS)('%i of them', (count) => {
    const scalars = uniformScalars(`fixed ${count}`, count);
    const expected = scalars.map((k) => encoded(pointOf(k)));
    expect(multiples(scalars)).toEqual(filled(expected, 65));
  });

  test('more than a chunk, and only x, against OpenSSL', () => {
    const scalars = uniformScalars('chunk', 515);
    const ecdh = createECDH('prime256v1');
    const expected = scalars.map((k) => {
      ecdh.setPrivateKey(bytesOf(k));
      return new Uint8Array(ecdh.getPublicKey());
    });
    expect(multiples(scalars)).toEqual(filled(expected, 65));
    const out = room(515, 32);
    const status = new Uint8Array(515);
    const block = { count: 515, base: curve.generator, out, status, coordinates: 'x' } as const;
    curve.multiplyFixed({ ...block, scalars: laid(scalars.map(bytesOf), 32) });
    expect(out).toEqual(
      filled(
        expected.map((point) => point.subarray(1, 33)),
        32,
      ),
    );
  });

  test('a scalar whose sum meets the entry it adds is done by the reference', () => {
    const colliding = collidingScalars(11);
    expect(colliding.length).toBeGreaterThan(0);
    const scalars = [...uniformScalars('around', 9), ...colliding, ...uniformScalars('after', 6)];
    const expected = scalars.map((k) => encoded(pointOf(k)));
    expect(multiples(scalars)).toEqual(filled(expected, 65));
  });

  test('slots with a status are left alone, whatever their scalar', () => {
    const scalars = [0n, 5n, N, 6n, 7n];
    const status = Uint8Array.of(3, 0, 4, 0, 0);
    const expected = scalars.map((k, i) => (status[i] === 0 ? encoded(pointOf(k)) : undefined));
    expect(multiples(scalars, curve.generator, status)).toEqual(filled(expected, 65));
    expect([...status]).toEqual([3, 0, 4, 0, 0]);
  });

  test.each([0n, N, 2n ** 256n - 1n])('scalar %i is refused', (k) => {
    const refusal = expect.objectContaining({ name: 'CryptoError', code: 'invalid-scalar' });
    expect(() => multiples([1n, k])).toThrow(refusal);
  });
});

describe('multiples of other points', () => {
  test('edges and uniform scalars, more points than there are tables', () => {
    const factors = [...uniformScalars('bases', 4), 1n, N - 1n];
    const bases = factors.map((q) => curve.fixedBase(encoded(pointOf(q))));
    const scalars = [...SCALARS, ...uniformScalars('on bases', 5)];
    for (const round of [0, 1]) {
      factors.forEach((q, i) => {
        const some = round === 0 ? scalars : scalars.slice(0, 3);
        const expected = some.map((k) => encoded(pointOf(Fn.mul(q, k))));
        expect(multiples(some, bases[i])).toEqual(filled(expected, 65));
      });
    }
  });

  test.each(['off the curve', 'short'])('a point that is %s is refused', (kind) => {
    const point = encoded(pointOf(5n));
    point[64]! ^= 1;
    const bad = kind === 'short' ? point.subarray(1) : point;
    const refusal = expect.objectContaining({ name: 'CryptoError', code: 'invalid-point' });
    expect(() => curve.fixedBase(bad)).toThrow(refusal);
  });
});

function agreed(scalar: bigint, points: readonly Uint8Array[], status: Uint8Array) {
  const sharedX = room(points.length, 32);
  curve.agree({
    count: points.length,
    scalar: bytesOf(scalar),
    points: laid(points, 65),
    sharedX,
    status,
    failure: FAILURE,
  });
  return sharedX;
}

describe('agree', () => {
  const factors = [1n, N - 1n, 2n, N - 2n, ...uniformScalars('points', 5)];
  const points = factors.map((q) => encoded(pointOf(q)));

  test.each([...SCALARS, ...uniformScalars('private', 8)])('scalar %i', (d) => {
    const expected = factors.map((q) => xOf(pointOf(Fn.mul(q, d))));
    const status = new Uint8Array(points.length);
    expect(agreed(d, points, status)).toEqual(filled(expected, 32));
    expect(status).toEqual(new Uint8Array(points.length));
  });

  test.each(COUNTS)('%i points', (count) => {
    const [d] = uniformScalars('private', 1) as [bigint];
    const some = uniformScalars(`points ${count}`, count);
    const expected = some.map((q) => xOf(pointOf(Fn.mul(q, d))));
    const status = new Uint8Array(count);
    expect(
      agreed(
        d,
        some.map((q) => encoded(pointOf(q))),
        status,
      ),
    ).toEqual(filled(expected, 32));
  });

  test('more than a chunk, against OpenSSL', () => {
    const [d] = uniformScalars('long', 1) as [bigint];
    const ecdh = createECDH('prime256v1');
    const many = uniformScalars('many points', 515).map((q) => {
      ecdh.setPrivateKey(bytesOf(q));
      return new Uint8Array(ecdh.getPublicKey());
    });
    ecdh.setPrivateKey(bytesOf(d));
    const expected = many.map((point) => new Uint8Array(ecdh.computeSecret(point)));
    expect(agreed(d, many, new Uint8Array(515))).toEqual(filled(expected, 32));
  });

  test('bad points are refused and spoil no neighbour', () => {
    const good = pointOf(9n);
    const { x, y } = good.toAffine();
    const uncompressed = (form: number, a: bigint, b: bigint) =>
      Uint8Array.of(form, ...bytesOf(a), ...bytesOf(b));
    const yOfZero = 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4n;
    const list: [Uint8Array, boolean][] = [
      [uncompressed(4, x, y), true],
      [uncompressed(4, x, y ^ 1n), false],
      [uncompressed(4, x ^ 2n, y), false],
      [uncompressed(5, x, y), false],
      [uncompressed(6 + Number(y & 1n), x, y), false],
      [uncompressed(0, 0n, 0n), false],
      [uncompressed(4, 0n, 0n), false],
      [uncompressed(4, 0n, yOfZero), true],
      [uncompressed(4, P, yOfZero), false],
      [uncompressed(4, 2n ** 256n - 1n, 2n ** 256n - 1n), false],
      [uncompressed(4, P - 1n, P - 1n), false],
      [uncompressed(4, x, P - y), true],
      [uncompressed(4, 5n, withYBelow(5n)), true],
      [uncompressed(4, 5n + P, withYBelow(5n)), false],
    ];
    const d = uniformScalars('private', 3)[2]!;
    const status = new Uint8Array(list.length);
    const expected = list.map(([point, fine]) =>
      fine ? xOf(p256.Point.fromBytes(point).multiply(d)) : undefined,
    );
    expect(
      agreed(
        d,
        list.map(([point]) => point),
        status,
      ),
    ).toEqual(filled(expected, 32));
    expect([...status]).toEqual(list.map(([, fine]) => (fine ? 0 : FAILURE)));
  });

  test('slots with a status are left alone', () => {
    const status = Uint8Array.of(0, 9, 0);
    const expected = [0, 1, 2].map((i) => (i === 1 ? undefined : xOf(pointOf(factors[i]! * 3n))));
    expect(agreed(3n, points.slice(0, 3), status)).toEqual(filled(expected, 32));
    expect([...status]).toEqual([0, 9, 0]);
  });
});

/** A y for an x that has one. */
function withYBelow(x: bigint): bigint {
  return p256.Point.fromBytes(Uint8Array.of(2, ...bytesOf(x))).toAffine().y;
}

interface Sum {
  readonly u1: bigint;
  readonly u2: bigint;
  readonly q: bigint;
}
type Keys = ReturnType<typeof curve.keys>;

describe('combine', () => {
  /** u1 G + u2 q G. */
  function check(items: readonly Sum[]): void {
    const keys = curve.keys();
    // Keys are imported in another order than they are used in.
    const indexes = [...items]
      .reverse()
      .map(({ q }) => keys.add(encoded(pointOf(q))))
      .reverse();
    checkWith(keys, indexes, items);
  }

  function checkWith(keys: Keys, indexes: readonly number[], items: readonly Sum[]): void {
    const count = items.length;
    const [x, status] = [room(count, 32), new Uint8Array(count)];
    curve.combine({
      count,
      u1: laid(
        items.map(({ u1 }) => bytesOf(u1)),
        32,
      ),
      u2: laid(
        items.map(({ u2 }) => bytesOf(u2)),
        32,
      ),
      keys,
      keyIndex: Int32Array.from(indexes),
      x,
      status,
      failure: FAILURE,
    });
    const sums = items.map(({ u1, u2, q }) => xOf(pointOf(u1 + Fn.mul(u2, q))));
    expect([...status]).toEqual(sums.map((sum) => (sum === undefined ? FAILURE : 0)));
    expect(x).toEqual(filled(sums, 32));
  }

  function uniform(name: string, count: number): { u1: bigint; u2: bigint; q: bigint }[] {
    const [a, b, c] = ['u1', 'u2', 'q'].map((part) => uniformScalars(`${name} ${part}`, count));
    return a!.map((u1, i) => ({ u1, u2: b![i]!, q: c![i]! }));
  }

  test.each(COUNTS)('%i sums', (count) => check(uniform(`sums ${count}`, count)));

  test('more than a chunk', () => check(uniform('chunk', 515)), 120_000);

  test('scalars at the edges, of the base point and its negative', () => {
    const edges = [0n, 1n, 2n, 3n, 32n, N - 3n, N - 2n, N - 1n];
    const q = uniformScalars('edge key', 1)[0]!;
    for (const key of [1n, N - 1n, q]) {
      for (const u1 of edges) check(edges.map((u2) => ({ u1, u2, q: key })));
    }
  }, 120_000);

  test('sums that meet themselves or infinity, among others', () => {
    const items = uniform('collisions', 23);
    for (const i of [0, 5, 6, 22]) items[i]!.u1 = Fn.mul(items[i]!.u2, items[i]!.q);
    for (const i of [1, 9]) items[i]!.u1 = Fn.neg(Fn.mul(items[i]!.u2, items[i]!.q));
    check(items);
  });

  test('a key that signs time and again gets a table, and sums stay the same', () => {
    const q = uniformScalars('authority', 1)[0]!;
    const keys = curve.keys();
    const index = [keys.add(encoded(pointOf(3n))), keys.add(encoded(pointOf(q)))][1]!;
    const withKey = (items: readonly Sum[]) => items.map((item) => ({ ...item, q }));
    const many = withKey(uniform('before the table', FREQUENT_COUNT));
    checkWith(keys, Array(many.length).fill(index), many);
    const slots = Uint32Array.of(0);
    expect(keys.frequent(Int32Array.of(index), slots)).toBeDefined();
    for (const count of [1, 4, 7]) {
      checkWith(keys, Array(count).fill(index), withKey(uniform(`after ${count}`, count)));
    }
    const edges = [0n, 1n, 2n, N - 2n, N - 1n];
    const odd = [1n, 2n, N - 1n].flatMap((u2) => [
      ...edges.map((u1) => ({ u1, u2 })),
      { u1: Fn.mul(u2, q), u2 },
      { u1: Fn.neg(Fn.mul(u2, q)), u2 },
    ]);
    checkWith(keys, Array(odd.length).fill(index), withKey(odd.map((item) => ({ ...item, q }))));
    // Another key between breaks the row, and a list that was cleared knows nothing.
    checkWith(
      keys,
      [0, index],
      [
        { u1: 5n, u2: 6n, q: 3n },
        { u1: 5n, u2: 6n, q },
      ],
    );
    keys.clear();
    keys.add(encoded(pointOf(11n)));
    checkWith(keys, [0], [{ u1: 2n, u2: 9n, q: 11n }]);
  }, 120_000);

  test('no such key is a failure', () => {
    const keys = curve.keys();
    keys.add(encoded(pointOf(7n)));
    const ones = laid(
      Array.from({ length: 4 }, () => bytesOf(1n)),
      32,
    );
    const [x, status] = [room(4, 32), new Uint8Array(4)];
    const keyIndex = Int32Array.of(-1, 0, 1, 2 ** 30);
    curve.combine({ count: 4, u1: ones, u2: ones, keys, keyIndex, x, status, failure: FAILURE });
    expect([...status]).toEqual([FAILURE, 0, FAILURE, FAILURE]);
    expect(x).toEqual(filled([undefined, xOf(pointOf(8n)), undefined, undefined], 32));
    keys.clear();
    expect(keys.size).toBe(0);
    expect(keys.add(new Uint8Array(65))).toBe(-1);
    expect(keys.add(encoded(pointOf(8n)).subarray(0, 64))).toBe(-1);
  });
});
