/**
 * The kernels behind signatures that are verified together, each against the reference: points from
 * x coordinates, weighted scalars, and the sum that is infinity or not.
 */

import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sha256 } from '../../src/index.ts';
import { createKernelInstance } from '../../src/wasm/instance.ts';
import { PointKeys } from '../../src/wasm/point-keys.ts';
import { createSha256 } from '../../src/wasm/sha256.ts';
import { createSumAreas, FIRST_FREE, FIRST_POINT, largestNeeds } from '../../src/wasm/sum-areas.ts';
import { needsOf, SHORT_BITS, windowWidth } from '../../src/wasm/sum-areas.ts';
import { createVerifyTogether, TOGETHER_COUNT_MIN } from '../../src/wasm/verify-together.ts';
import { createWeights, WEIGHT_SIZE } from '../../src/wasm/weights.ts';
import { CHUNK_COUNT, createWorkspace, ENTRY_SIZE } from '../../src/wasm/workspace.ts';
import { utf8 } from '../blocks.ts';
import { bytesOf, encoded, hexOf, laid, N, P, pointOf, uniformScalars } from './scalars.ts';

const { Fn, BASE } = p256.Point;
const kernels = createKernelInstance();
const { exports, memory } = kernels;
const workspace = createWorkspace(kernels);
const generator = encoded(BASE);
const areas = createSumAreas(kernels, workspace, generator);

function place(address: number, items: readonly Uint8Array[], size = 32): void {
  items.forEach((item, i) => workspace.view(address + i * size, size).set(item));
}

function entryOf(point: Uint8Array): Uint8Array {
  expect(workspace.importPoint(point)).toBe(true);
  return workspace.selectedEntry().slice();
}

describe('recoverPoints', () => {
  /** The root of x^3 - 3x + b, or undefined. */
  function yOf(x: bigint, odd: number): bigint | undefined {
    try {
      return p256.Point.fromBytes(Uint8Array.of(2 + odd, ...bytesOf(x))).toAffine().y;
    } catch {
      return undefined;
    }
  }

  it('finds the y that is asked for, or none', () => {
    const near = [0n, 1n, 2n, 3n, 5n, P - 1n, P - 2n, P - 3n, N, N - 1n, 2n ** 255n, 2n ** 224n];
    const xs = [...near, ...uniformScalars('x', 84)].flatMap((x) => [x, x]);
    const odd = xs.map((_, i) => i & 1);
    place(areas.xs, xs.map(bytesOf));
    workspace.view(areas.parities, xs.length).set(odd);
    exports.recoverPoints(areas.points, areas.xs, areas.parities, xs.length / 4, areas.recovered);
    const found = workspace.view(areas.recovered, xs.length).slice();
    const entries = workspace.view(areas.points, xs.length * ENTRY_SIZE).slice();
    let none = 0;
    xs.forEach((x, i) => {
      const y = yOf(x, odd[i]!);
      expect(found[i], `x ${x}`).toBe(y === undefined ? 0 : 1);
      if (y === undefined) none++;
      const entry = entries.subarray(i * ENTRY_SIZE, (i + 1) * ENTRY_SIZE);
      const point = y === undefined ? generator : Uint8Array.of(4, ...bytesOf(x), ...bytesOf(y));
      expect(hexOf(coordinatesOf(entry))).toBe(hexOf(point));
    });
    expect(none).toBeGreaterThan(60);
  });

  /** 65 bytes of an entry's point. */
  function coordinatesOf(entry: Uint8Array): Uint8Array {
    const view = workspace.view(workspace.tables, 4 * ENTRY_SIZE);
    for (let lane = 0; lane < 4; lane++) view.set(entry, lane * ENTRY_SIZE);
    exports.selectKeys(workspace.multiplied, 0, workspace.tables, workspace.indexes, 1);
    workspace.exportPoints(1);
    return workspace.view(workspace.bytes, 65).slice();
  }
});

describe('weighScalars', () => {
  const small = fc.constantFrom(0n, 1n, 2n, N - 2n, N - 1n);
  const scalar = fc.oneof(small, fc.bigInt({ min: 0n, max: N - 1n }));
  const slot = fc.record({
    weight: fc.oneof(fc.constant(1n), fc.bigInt({ min: 1n, max: 2n ** 128n - 1n })),
    positive: fc.integer({ min: 0, max: 1 }),
    u1: scalar,
    u2: scalar,
    owner: fc.integer({ min: 1, max: 4 }),
  });

  it('is the sum of w u1, and of w u2 for each key, mod n', () => {
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 20 }), (slots) => {
        const of = (value: (item: (typeof slots)[number]) => bigint): Uint8Array[] =>
          slots.map((item) => bytesOf(value(item)));
        place(
          areas.weights,
          of((item) => item.weight),
        );
        place(
          areas.u1,
          of((item) => item.u1),
        );
        place(
          areas.u2,
          of((item) => item.u2),
        );
        workspace.view(areas.parities, slots.length).set(slots.map(({ positive }) => positive));
        const owners = new Uint32Array(memory.buffer, areas.owners, slots.length);
        owners.set(slots.map(({ owner }) => owner));
        const { weights, parities, u1, u2, scalars, sums } = areas;
        const owned = areas.owners;
        exports.weighScalars(slots.length, weights, parities, u1, u2, owned, scalars, 5, sums);
        const expected = Array.from({ length: 5 }, () => 0n);
        for (const item of slots) {
          const weight = item.positive === 1 ? item.weight : -item.weight;
          expected[0]! += weight * item.u1;
          expected[item.owner]! += weight * item.u2;
        }
        const found = expected.map((_, i) => hexOf(workspace.view(areas.scalars + 32 * i, 32)));
        expect(found).toEqual(expected.map((sum) => hexOf(bytesOf(Fn.create(sum)))));
      }),
    );
  });
});

interface Term {
  /** The point is this multiple of the base point. */
  readonly log: bigint;
  readonly scalar: bigint;
}

/** Whether the kernels find the sum to be infinity; short scalars are odd and below 2^128. */
function vanishes(long: readonly Term[], short: readonly Term[], width: number): boolean {
  const put = (terms: readonly Term[], entries: number, scalars: number): void => {
    terms.forEach(({ log, scalar }, i) => {
      workspace.view(entries + i * ENTRY_SIZE, ENTRY_SIZE).set(entryOf(encoded(pointOf(log))));
      workspace.view(scalars + 32 * i, 32).set(bytesOf(scalar));
    });
  };
  put(long, areas.entries, areas.scalars);
  put(short, areas.points, areas.weights);
  const { longDigits, shortDigits, lists, words, pairs, products } = areas;
  exports.recode(longDigits, areas.scalars, long.length, width);
  exports.recodeShort(shortDigits, areas.weights, short.length, width, SHORT_BITS);
  const found = exports.sumVanishes(
    areas.entries,
    longDigits,
    long.length,
    shortDigits,
    short.length,
    SHORT_BITS,
    FIRST_POINT,
    FIRST_FREE,
    width,
    lists,
    words,
    pairs,
    products,
  );
  return found !== 0;
}

function totalOf(terms: readonly Term[]): bigint {
  return Fn.create(terms.reduce((sum, { log, scalar }) => sum + log * scalar, 0n));
}

function uniformTerms(name: string, count: number, bits: 128 | 256): Term[] {
  const logs = uniformScalars(`${name} logs`, count);
  return uniformScalars(`${name} scalars`, count).map((scalar, i) => ({
    log: logs[i]!,
    scalar: bits === 256 ? scalar : BigInt.asUintN(128, scalar) | 1n,
  }));
}

/** The base point's term, which makes the sum of all infinity. */
function closing(terms: readonly Term[]): Term {
  return { log: 1n, scalar: Fn.neg(totalOf(terms)) };
}

describe('sumVanishes', () => {
  const sizes: [number, number][] = [
    [12, 12],
    [40, 17],
    [3, 90],
    [90, 0],
  ];
  const widths = [4, 5, 6, 7, 8];
  const all = widths.flatMap((width) => sizes.map(([m, n]) => [width, m, n] as const));

  it.each(all)('windows of %i bits, %i long and %i short scalars', (width, m, n) => {
    const name = `${width} ${m} ${n}`;
    const [long, short] = [uniformTerms(name, m, 256), uniformTerms(`short ${name}`, n, 128)];
    const close = closing([...long, ...short]);
    expect(vanishes([close, ...long], short, width)).toBe(true);
    const off = { ...close, scalar: Fn.add(close.scalar, 1n) };
    expect(vanishes([off, ...long], short, width)).toBe(false);
    expect(vanishes([...long, close], short, width)).toBe(true);
    const turned = { ...long[1]!, log: N - long[1]!.log };
    expect(vanishes([close, ...long.with(1, turned)], short, width)).toBe(false);
    if (n > 0) {
      const other = { ...short[2]!, scalar: short[2]!.scalar ^ 2n };
      expect(vanishes([close, ...long], short.with(2, other), width)).toBe(false);
    }
  });

  it('says so of no other sum, whatever exceptions the points meet', () => {
    const log = fc.constantFrom(1n, 2n, 3n, N - 1n, N - 2n, N - 3n);
    const scalar = fc.constantFrom(0n, 1n, 2n, 3n, 2n ** 128n, N - 2n, N - 1n);
    const long = fc.record({ log, scalar });
    const odd = fc.constantFrom(1n, 3n, 255n, 2n ** 127n + 1n, 2n ** 128n - 1n);
    const short = fc.record({ log, scalar: odd });
    const width = fc.constantFrom(...widths);
    fc.assert(
      fc.property(
        fc.array(long, { minLength: 1, maxLength: 6 }),
        fc.array(short, { maxLength: 6 }),
        width,
        (longTerms, shortTerms, bits) => {
          const total = totalOf([...longTerms, ...shortTerms]);
          if (vanishes(longTerms, shortTerms, bits)) expect(total).toBe(0n);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has room for a chunk of signatures by any number of keys', () => {
    const most = largestNeeds();
    for (let count = 1; count <= CHUNK_COUNT; count += 7) {
      for (let keys = 1; keys <= count; keys++) {
        expect(widths).toContain(windowWidth(1 + keys, count));
        const needs = needsOf(1 + keys, count);
        expect(needs.digits <= most.digits && needs.lists <= most.lists).toBe(true);
        expect(needs.words <= most.words && needs.sums <= most.sums).toBe(true);
      }
    }
  });
});

describe('weights', () => {
  /** Two signatures whose errors cancel, among honest ones, by digests and secret logarithms. */
  function block(shift: bigint) {
    const count = TOGETHER_COUNT_MIN + 4;
    const keys = new PointKeys(workspace);
    const ds = uniformScalars('signers', count);
    const ks = uniformScalars('nonces', count).map((k) =>
      pointOf(k).toAffine().y % 2n === 0n ? k : N - k,
    );
    const digests = ds.map((_, i) => sha256(utf8(`${i}`)));
    const items = ds.map((d, i) => {
      const r = Fn.create(pointOf(ks[i]!).toAffine().x);
      const e = Fn.create(BigInt(`0x${hexOf(digests[i]!)}`));
      // Of the second and the fourth, u1 G + u2 Q misses R by `shift` and by -`shift`.
      const error = i === 1 ? shift : i === 3 ? -shift : 0n;
      const s = Fn.div(Fn.add(e, Fn.mul(r, d)), Fn.create(ks[i]! + error));
      return { r, s, u1: Fn.div(e, s), u2: Fn.div(r, s) };
    });
    return {
      count,
      digests: laid(digests, 32),
      signatures: laid(
        items.map(({ r, s }) => Uint8Array.of(...bytesOf(r), ...bytesOf(s))),
        64,
      ),
      u1: laid(
        items.map(({ u1 }) => bytesOf(u1)),
        32,
      ),
      u2: laid(
        items.map(({ u2 }) => bytesOf(u2)),
        32,
      ),
      keys,
      keyIndex: Int32Array.from(ds, (d) => keys.add(encoded(pointOf(d)))),
      status: new Uint8Array(count),
      valid: 1,
    };
  }

  const drawWeights = createWeights(createSha256(kernels));
  const together = createVerifyTogether(kernels, workspace, generator, drawWeights);

  it('that are drawn find two errors that cancel, which equal ones do not', () => {
    const equal = createVerifyTogether(kernels, workspace, generator, (_, slots, weights) => {
      weights.fill(0xab, 0, slots.length * WEIGHT_SIZE);
    });
    const honest = block(0n);
    expect(together(honest)).toBe(honest.count);
    expect([...honest.status]).toEqual(Array.from(honest.status, () => 1));
    const cancelling = block(7n);
    expect(together(cancelling)).toBe(0);
    expect([...cancelling.status]).toEqual(Array.from(honest.status, () => 0));
    expect(equal(cancelling)).toBe(cancelling.count);
  });

  it('follow from every digest, signature and key', () => {
    const draw = (of: ReturnType<typeof block>): string[] => {
      const weights = new Uint8Array(of.count * WEIGHT_SIZE);
      drawWeights(
        of,
        Uint32Array.from(of.status, (_, i) => i),
        weights,
      );
      return Array.from(of.status, (_, i) =>
        hexOf(weights.subarray(i * WEIGHT_SIZE, (i + 1) * WEIGHT_SIZE)),
      );
    };
    const before = draw(block(0n));
    expect(draw(block(0n))).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
    const changes: ((of: ReturnType<typeof block>) => void)[] = [
      ({ digests }) => (digests.bytes[digests.offset + 5 * digests.stride + 31]! ^= 1),
      ({ signatures }) => (signatures.bytes[signatures.offset + 63]! ^= 1),
      ({ signatures, count }) => {
        signatures.bytes[signatures.offset + (count - 1) * signatures.stride]! ^= 1;
      },
      ({ keyIndex }) => (keyIndex[2] = keyIndex[3]!),
    ];
    for (const change of changes) {
      const changed = block(0n);
      change(changed);
      const after = draw(changed);
      after.forEach((weight, i) => expect(weight).not.toBe(before[i]));
    }
  });
});
