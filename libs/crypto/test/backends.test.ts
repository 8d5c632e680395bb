/** The fast backends against the reference one: same bytes, same refusals, same guard bytes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createNobleBackend,
  createNodeBackend,
  createWasmBackend,
  sha256,
  toHex,
} from '../src/index.ts';
import { SEAL_OVERHEAD } from '../src/index.ts';
import type { CryptoBackend, Strided } from '../src/index.ts';
import { FAILURE, scalarOf, utf8 } from './blocks.ts';

const noble = createNobleBackend();
const fastOnes = [createNodeBackend(), createWasmBackend()];
const RUNS = { seed: 20211, numRuns: 12 } as const;

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** Enough for signatures to be verified together. */
const COUNT_MAX = 6;

const bytesOf = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: size, maxLength: size });
const scalar = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 1n, max: N - 1n }).map(scalarOf) },
  fc.constantFrom(1n, 2n, N - 2n, N - 1n).map(scalarOf),
);
const digest = fc.oneof(
  { weight: 3, arbitrary: bytesOf(32) },
  fc.constantFrom(new Uint8Array(32), new Uint8Array(32).fill(0xff), scalarOf(N)),
);
/** Statuses of a block; about a third of the slots were refused before. */
const statuses = fc.uint8Array({ minLength: 1, maxLength: COUNT_MAX, max: 2 });
/** Bytes before the first item and between items. */
const layout = fc.record({ lead: fc.nat(9), gap: fc.nat(5) });
type Layout = { readonly lead: number; readonly gap: number };

/** Room for `count` items, guard bytes around them included. */
function room(count: number, size: number, { lead, gap }: Layout): Strided {
  const bytes = new Uint8Array(lead + count * (size + gap) + 8).fill(0xa5);
  return { bytes, offset: lead, stride: size + gap };
}

function laidOut(items: readonly Uint8Array[], size: number, layoutOf: Layout): Strided {
  const strided = room(items.length, size, layoutOf);
  items.forEach((item, i) => strided.bytes.set(item, strided.offset + i * strided.stride));
  return strided;
}

/** Runs `operation` with each backend; all must leave the same bytes, which are returned. */
function agree(operation: (backend: CryptoBackend) => readonly Uint8Array[]): Uint8Array[] {
  const reference = operation(noble);
  for (const backend of fastOnes) {
    expect(operation(backend).map(toHex), backend.name).toEqual(reference.map(toHex));
  }
  return [...reference];
}

const block = fc.record({
  status: statuses,
  layout,
  scalars: fc.array(scalar, { minLength: COUNT_MAX, maxLength: COUNT_MAX }),
  others: fc.array(scalar, { minLength: COUNT_MAX, maxLength: COUNT_MAX }),
  digests: fc.array(digest, { minLength: COUNT_MAX, maxLength: COUNT_MAX }),
  size: fc.constantFrom(0, 1, 15, 16, 17, 64, 924),
  flips: fc.array(fc.option(fc.nat(2000)), { minLength: COUNT_MAX, maxLength: COUNT_MAX }),
});

describe('fast backend = reference backend', () => {
  it('public keys', () => {
    fc.assert(
      fc.property(fc.array(scalar, { maxLength: 4 }), layout, (scalars, layoutOf) => {
        const input = laidOut(scalars, 32, layoutOf);
        agree((backend) => {
          const points = room(scalars.length, 65, layoutOf);
          backend.publicKeys(scalars.length, input, points);
          const halves = scalars.map((one) => backend.privateKey(one).publicKey);
          return [points.bytes, ...halves];
        });
      }),
      RUNS,
    );
  });

  it('seal, then open, with bytes flipped', () => {
    fc.assert(
      fc.property(block, ({ status, layout: layoutOf, scalars, others, size, flips }) => {
        const count = status.length;
        const recipient = noble.privateKey(others[0]!).publicKey;
        const plaintexts = Array.from({ length: count }, (_, i) =>
          new Uint8Array(size).fill(i + 1),
        );
        const sealedSize = size + SEAL_OVERHEAD;
        const [sealed] = agree((backend) => {
          const out = room(count, sealedSize, layoutOf);
          backend.seal({
            count,
            recipient,
            scalars: laidOut(scalars.slice(0, count), 32, layoutOf),
            plaintexts: laidOut(plaintexts, size, layoutOf),
            plaintextSize: size,
            sealed: out,
            status: Uint8Array.from(status),
          });
          return [out.bytes];
        });
        const { offset, stride } = room(count, sealedSize, layoutOf);
        for (let i = 0; i < count; i++) {
          const flip = flips[i];
          if (flip != null) sealed![offset + i * stride + (flip % sealedSize)]! ^= 0x10;
        }
        const [opened, fates] = agree((backend) => {
          const out = room(count, size, layoutOf);
          const after = Uint8Array.from(status);
          backend.open({
            count,
            privateKey: backend.privateKey(others[0]!),
            sealed: { bytes: sealed!, offset, stride },
            sealedSize,
            plaintexts: out,
            status: after,
            failure: FAILURE,
          });
          return [out.bytes, after];
        });
        const expected = room(count, size, layoutOf);
        for (let i = 0; i < count; i++) {
          const good = status[i] === 0 && flips[i] == null;
          expect(fates![i]).toBe(status[i] === 0 && !good ? FAILURE : status[i]);
          if (good) expected.bytes.set(plaintexts[i]!, expected.offset + i * expected.stride);
        }
        expect(toHex(opened!)).toBe(toHex(expected.bytes));
      }),
      RUNS,
    );
  });

  it('sign, then verify, with bits flipped', () => {
    fc.assert(
      fc.property(block, ({ status, layout: layoutOf, scalars, others, digests, flips }) => {
        const count = status.length;
        // Messages for verification, whose digests are signed first; then arbitrary digests.
        const signed = digests.slice(0, count);
        const messages = new Uint8Array(Buffer.concat(signed));
        const offsets = Uint32Array.from(signed, (_, i) => i * 32);
        const sizes = Uint32Array.from(signed, () => 32);
        const sign = (inputs: readonly Uint8Array[], stride?: 0): Uint8Array =>
          agree((backend) => {
            const out = room(count, 64, layoutOf);
            const keys = laidOut(scalars.slice(0, count), 32, layoutOf);
            backend.sign({
              count,
              scalars: { ...keys, stride: stride ?? keys.stride },
              digests: laidOut(inputs, 32, layoutOf),
              nonces: laidOut(others.slice(0, count), 32, layoutOf),
              signatures: out,
              status,
            });
            return [out.bytes];
          })[0]!;
        sign(signed, 0);
        const signatures = sign(signed.map(sha256));
        const { offset, stride } = room(count, 64, layoutOf);
        for (let i = 0; i < count; i++) {
          const flip = flips[i];
          if (flip != null) signatures[offset + i * stride + (flip % 64)]! ^= 0x10;
        }
        const [fates] = agree((backend) => {
          const keys = backend.verifyingKeys();
          const points = scalars.slice(0, count).map((one) => backend.privateKey(one).publicKey);
          const after = Uint8Array.from(status);
          backend.verify({
            count,
            keys,
            keyIndex: Int32Array.from(points, (point) => keys.add(point)),
            messages,
            offsets,
            sizes,
            signatures: { bytes: signatures, offset, stride },
            status: after,
            failure: FAILURE,
          });
          return [after];
        });
        for (let i = 0; i < count; i++) {
          const bad = status[i] === 0 && flips[i] != null;
          expect(fates![i]).toBe(bad ? FAILURE : status[i]);
        }
      }),
      RUNS,
    );
  });

  it('signs a block longer than one inversion batch, refused slots in between', () => {
    const count = 300;
    const labels = Array.from({ length: count }, (_, i) => sha256(utf8(`${i}`)));
    const packed = laidOut(labels, 32, { lead: 0, gap: 0 });
    const status = Uint8Array.from(labels, (_, i) => (i % 7 === 3 ? 1 : 0));
    agree((backend) => {
      const signatures = room(count, 64, { lead: 0, gap: 0 });
      backend.sign({
        count,
        scalars: packed,
        digests: packed,
        nonces: packed,
        signatures,
        status,
      });
      return [signatures.bytes];
    });
  });

  it('keystream, around the wrap of the counter', () => {
    const low = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 64n - 6n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 32n - 6n, max: 2n ** 32n - 1n }),
      fc.bigInt({ min: 2n ** 63n - 6n, max: 2n ** 63n - 1n }),
    );
    const seed = fc.tuple(bytesOf(24), low).map(([head, counter]) => {
      const bytes = new Uint8Array(32);
      bytes.set(head);
      new DataView(bytes.buffer).setBigUint64(24, counter);
      return bytes;
    });
    fc.assert(
      fc.property(
        fc.array(seed, { maxLength: 4 }),
        fc.nat(100),
        layout,
        (seeds, size, layoutOf) => {
          agree((backend) => {
            const out = room(seeds.length, size, layoutOf);
            backend.keystream(seeds.length, laidOut(seeds, 32, layoutOf), size, out);
            return [out.bytes];
          });
        },
      ),
      { seed: RUNS.seed, numRuns: 200 },
    );
  });

  it('SHA-256', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 130 })), layout, (messages, layoutOf) => {
        const sizes = Uint32Array.from(messages, (message) => message.length);
        let next = 0;
        const offsets = sizes.map((size) => (next += size) - size);
        agree((backend) => {
          const digests = room(messages.length, 32, layoutOf);
          const packed = new Uint8Array(Buffer.concat(messages));
          backend.sha256(messages.length, packed, offsets, sizes, digests);
          return [digests.bytes];
        });
      }),
      { seed: RUNS.seed, numRuns: 100 },
    );
  });
});
