/** Hashes and hex. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyBytes,
  createBackend,
  createServiceBackend,
  CryptoError,
  fromHex,
  sha256,
  toHex,
} from '../src/index.ts';
import { utf8 } from './blocks.ts';

describe('bytes', () => {
  it('hashes "abc" as FIPS 180-4 does', () => {
    expect(toHex(sha256(utf8('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('round-trips hex, views included', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(3), (bytes, skip) => {
        const view = bytes.subarray(Math.min(skip, bytes.length));
        expect(fromHex(toHex(view))).toEqual(Uint8Array.from(view));
        expect(fromHex(toHex(view).toUpperCase())).toEqual(Uint8Array.from(view));
      }),
      { seed: 20214, numRuns: 100 },
    );
  });

  it('copies any number of bytes to any place and touches no others', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 100, maxLength: 100 }),
        fc.nat(60),
        fc.nat(40),
        fc.nat(40),
        (from, size, fromAt, toAt) => {
          const to = new Uint8Array(110).fill(0xee);
          copyBytes(size, from, fromAt, to, toAt);
          const before = Array.from({ length: toAt }, () => 0xee);
          const after = Array.from({ length: 110 - toAt - size }, () => 0xee);
          expect([...to]).toEqual([...before, ...from.slice(fromAt, fromAt + size), ...after]);
        },
      ),
      { seed: 20215, numRuns: 200, examples: [[new Uint8Array(100), 24, 3, 5]] },
    );
  });

  it.each(['0', 'abc', 'zz', '0x', ' 00', '0g'])("refuses the hex '%s'", (hex) => {
    expect(() => fromHex(hex)).toThrow(expect.objectContaining({ code: 'invalid-hex' }));
  });
});

describe('errors', () => {
  it('say their code, what was expected and what was got, and keep a cause', () => {
    const cause = new Error('why');
    const error = new CryptoError('invalid-key', 'a key', 'a stone', cause);
    expect(error.message).toBe('invalid-key: expected a key, got a stone');
    expect([error.name, error.code, error.cause]).toEqual(['CryptoError', 'invalid-key', cause]);
    expect('cause' in new CryptoError('invalid-key', 'a key', 'a stone')).toBe(false);
  });
});

describe('registry', () => {
  it.each(['noble', 'node', 'wasm'] as const)("makes backend '%s'", (name) => {
    expect(createBackend(name).name).toBe(name);
  });

  it('gives services no backend that is not constant-time', () => {
    expect(createServiceBackend('node').name).toBe('node');
    for (const name of ['noble', 'wasm'] as const) {
      expect(() => createServiceBackend(name)).toThrow(
        expect.objectContaining({ code: 'unsafe-backend' }),
      );
    }
  });
});
