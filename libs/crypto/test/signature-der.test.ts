/** DER and raw signatures, strictly. */

import fc from 'fast-check';
import { createPrivateKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, KeyPair, keyPairToPkcs8, sha256, toHex } from '../src/index.ts';
import { signatureFromDer, signatureToDer } from '../src/index.ts';
import { scalarOf, utf8 } from './blocks.ts';

const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const RUNS = { seed: 20213, numRuns: 200 } as const;

const integer = fc.oneof(
  fc.bigInt({ min: 1n, max: N - 1n }),
  fc.nat(255).map((bits) => 1n << BigInt(bits)),
  fc.constantFrom(1n, 127n, 128n, 255n, 256n, N - 1n),
);

function raw(r: bigint, s: bigint): Uint8Array {
  return new Uint8Array(Buffer.concat([scalarOf(r), scalarOf(s)]));
}

const refusal = expect.objectContaining({ name: 'CryptoError', code: 'invalid-signature' });

describe('signature DER', () => {
  it('round-trips', () => {
    fc.assert(
      fc.property(integer, integer, (r, s) => {
        const der = signatureToDer(raw(r, s));
        expect(toHex(signatureFromDer(der))).toBe(toHex(raw(r, s)));
        for (let size = 0; size < der.length; size++) {
          expect(() => signatureFromDer(der.subarray(0, size))).toThrow(refusal);
        }
        expect(() => signatureFromDer(Uint8Array.of(...der, 0))).toThrow(refusal);
      }),
      RUNS,
    );
  });

  it('has the shortest and longest encodings', () => {
    expect(toHex(signatureToDer(raw(1n, 127n)))).toBe('300602010102017f');
    expect(toHex(signatureToDer(raw(128n, 256n)))).toBe('30080202008002020100');
    expect(signatureToDer(raw(N - 1n, N - 1n))).toHaveLength(72);
  });

  it('is what OpenSSL writes and takes', () => {
    const der = Buffer.from(keyPairToPkcs8(new KeyPair(sha256(utf8('der')))));
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    for (let i = 0; i < 20; i++) {
      const message = utf8(`message ${i}`);
      const theirs = sign('sha256', message, key);
      const signature = signatureFromDer(theirs);
      expect(toHex(signatureToDer(signature))).toBe(toHex(theirs));
      expect(verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    }
  });

  it.each([
    ['nothing', ''],
    ['another tag', '310602010102017f'],
    ['an integer of another tag', '300603010102017f'],
    ['a long-form length', '30810602010102017f'],
    ['an indefinite length', '308002010102017f0000'],
    ['a wrong length', '300702010102017f'],
    ['a byte after it', '300602010102017f00'],
    ['a byte inside after s', '300702010102017f00'],
    ['one integer', '3003020101'],
    ['r = 0', '300602010002017f'],
    ['s = 0', '3006020101020100'],
    ['an empty integer', '30050200020101'],
    ['a negative integer', '3006020181020101'],
    ['a padded integer', '300702020001020101'],
    ['an integer past the end', '300602010102057f'],
    ['an integer of 33 bytes', `30260221${'01'.repeat(33)}020101`],
    ['r = n', `302602210000${toHex(scalarOf(N)).slice(2)}020101`],
    ['r = n, encoded well', `3026022100${toHex(scalarOf(N))}020101`],
  ])('refuses %s', (_, hex) => {
    expect(() => signatureFromDer(fromHex(hex))).toThrow(refusal);
  });

  it('refuses to write r or s out of range, or another size', () => {
    for (const [r, s] of [
      [0n, 1n],
      [1n, 0n],
      [N, 1n],
      [1n, N],
    ] as const) {
      expect(() => signatureToDer(raw(r, s))).toThrow(refusal);
    }
    expect(() => signatureToDer(new Uint8Array(63).fill(1))).toThrow(refusal);
  });
});
