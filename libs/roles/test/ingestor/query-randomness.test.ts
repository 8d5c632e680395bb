/**
 * The point r: out of the device's reach, different for every upload, never where the check of a
 * proof is worthless.
 */

import { createBackend, sha256 } from '@priolab/crypto';
import { FIELD_MODULUS, isSafeQueryRandomness, prio2Shape } from '@priolab/prio';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  createQueryRandomness,
  createQueryRandomnessOfDigests,
} from '../../src/ingestor/query-randomness.ts';
import { createDeployment, flipped, someBits, toBlock, withBackend } from '../fixture.ts';

const backend = createBackend('node');
const shape = prio2Shape(1);
const secret = new Uint8Array(32).fill(9);

/** A square root of -1 in the field: with it, -1 and 1 all the 4th roots of unity. */
function rootOfMinusOne(): number {
  const p = BigInt(FIELD_MODULUS);
  for (let base = 2n; ; base++) {
    let power = 1n;
    for (const bit of ((p - 1n) / 4n).toString(2)) {
      power = (power * power * (bit === '1' ? base : 1n)) % p;
    }
    if ((power * power) % p === p - 1n) return Number(power);
  }
}

function draw(uploads: readonly Uint8Array[], options: { key?: Uint8Array } = {}): number[] {
  const capacity = uploads.length;
  const fill = createQueryRandomness({ backend, shape, secret: options.key ?? secret, capacity });
  const out = new Uint32Array(capacity);
  fill(toBlock(uploads), new Uint8Array(capacity), out);
  return [...out];
}

describe('unknown to the device', () => {
  test('the same upload bytes get another r from an ingestor with another secret', () => {
    const [mine, theirs] = ['ingestor', 'other ingestor'].map((ingestorSeed) => {
      const deployment = createDeployment({ ingestorSeed });
      const uploads = deployment.uploads(someBits(8, 3));
      const { leader } = deployment.receive(uploads).batches[0]!;
      return { uploads, r: [...leader.queryRandomness] };
    });
    expect(mine!.uploads).toEqual(theirs!.uploads);
    expect(mine!.r).toHaveLength(8);
    expect(mine!.r.filter((r) => theirs!.r.includes(r))).toEqual([]);
  });

  test('every byte of the secret counts', () => {
    const upload = Uint8Array.of(1, 2, 3);
    const keys = Array.from({ length: 32 }, (_, at) => flipped(secret, at));
    const points = [secret, ...keys].map((key) => draw([upload], { key })[0]!);
    expect(new Set(points).size).toBe(33);
  });

  test('any other byte in the upload, another length, another r', () => {
    const uploads = fc.uint8Array({ minLength: 1, maxLength: 700 });
    fc.assert(
      fc.property(uploads, fc.nat(), fc.integer({ min: 1, max: 255 }), (upload, at, mask) => {
        const changed = flipped(upload, at % upload.length, mask);
        const longer = new Uint8Array([...upload, 0]);
        const points = draw([upload, changed, longer, upload]);
        expect(new Set(points).size).toBe(3);
        expect(points[3]).toBe(points[0]);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

describe('safe points only', () => {
  test('many uploads at two roots, all safe and nearly all different', () => {
    const uploads = Array.from({ length: 4096 }, (_, i) => Uint8Array.of(i, i >> 8));
    const points = draw(uploads);
    expect(points.every((r) => isSafeQueryRandomness(r, shape.rootCount))).toBe(true);
    expect(new Set(points).size).toBeGreaterThan(4090);
    // Uniform in quarters, by far less than six deviations.
    for (const part of [0, 1, 2, 3]) {
      const inside = points.filter((r) => Math.floor(r / 2 ** 30) === part).length;
      expect(Math.abs(inside - 1024)).toBeLessThan(6 * Math.sqrt(768));
    }
  });

  const quarter = rootOfMinusOne();
  /** Words that must not become r: not below p, then all 4th roots of unity. */
  const unsafe = [
    FIELD_MODULUS,
    2 ** 32 - 1,
    FIELD_MODULUS + 1,
    FIELD_MODULUS,
    1,
    FIELD_MODULUS - 1,
    quarter,
    FIELD_MODULUS - quarter,
  ];

  test('the unsafe words really are unsafe', () => {
    expect(new Set(unsafe).size).toBe(7);
    for (const word of unsafe) expect(isSafeQueryRandomness(word, shape.rootCount)).toBe(false);
  });

  test.each([
    ['a later word of the digest', 0, 77],
    ['a later attempt', 2, 78],
  ])('%s is taken instead', (_name, badAttempts, expected) => {
    let calls = 0;
    const attemptsSeen: number[] = [];
    const rigged = withBackend(backend, {
      sha256(count, messages, offsets, sizes, digests) {
        backend.sha256(count, messages, offsets, sizes, digests);
        // The first call hashes the uploads, each other one an attempt.
        if (calls++ === 0) return;
        const attempt = new DataView(messages.buffer).getUint32(offsets[0]! + sizes[0]! - 4);
        attemptsSeen.push(attempt);
        const view = new DataView(digests.bytes.buffer, digests.offset, 32);
        const words = attempt < badAttempts ? unsafe : [...unsafe.slice(1), expected];
        words.forEach((word, k) => view.setUint32(4 * k, word, true));
      },
    });
    const fill = createQueryRandomness({ backend: rigged, shape, secret, capacity: 1 });
    const out = new Uint32Array(1);
    fill(toBlock([Uint8Array.of(5)]), new Uint8Array(1), out);
    expect([...out]).toEqual([expected]);
    expect(attemptsSeen).toEqual(Array.from({ length: badAttempts + 1 }, (_, k) => k));
  });

  test('refused uploads get none', () => {
    const out = Uint32Array.of(111, 222);
    const fill = createQueryRandomness({ backend, shape, secret, capacity: 2 });
    fill(toBlock([Uint8Array.of(1), Uint8Array.of(2)]), Uint8Array.of(3, 0), out);
    expect(out[0]).toBe(111);
    expect(out[1]).toBe(draw([Uint8Array.of(2)])[0]);
  });
});

test('of digests it is what it is of the uploads, whatever was drawn before', () => {
  const uploads = Array.from({ length: 40 }, (_, i) => new Uint8Array(i * 3).fill(i));
  const fill = createQueryRandomnessOfDigests({ backend, shape, secret, capacity: 40 });
  const out = new Uint32Array(40);
  const digests = new Uint8Array(Buffer.concat(uploads.map(sha256)));
  fill(40, digests.toReversed(), out);
  fill(40, digests, out);
  expect([...out]).toEqual(draw(uploads));
});
