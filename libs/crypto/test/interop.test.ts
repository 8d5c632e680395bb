/** Both backends against OpenSSL's and noble's own ECDSA, and on keys that are almost valid. */

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackend, KeyPair, keyPairToPkcs8, publicKeyToPem, sha256 } from '../src/index.ts';
import { signatureFromDer, signatureToDer } from '../src/index.ts';
import { backends, publicKeyOne, scalarOf, signOne, utf8, verifyOne } from './blocks.ts';

const { n: N, p: P, b: B } = p256.Point.CURVE();
const [noble, node] = [createBackend('noble'), createBackend('node')];
const keyPair = new KeyPair(sha256(utf8('interop')));
const messages = Array.from({ length: 10 }, (_, i) => utf8(`message ${i}`));

function isAccepted(message: Uint8Array, signature: Uint8Array): boolean[] {
  return backends.map((backend) => verifyOne(backend, keyPair.publicKey, message, signature));
}

describe('signatures', () => {
  it('of OpenSSL are accepted', () => {
    const der = Buffer.from(keyPairToPkcs8(keyPair));
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    for (const message of messages) {
      const signature = signatureFromDer(sign('sha256', message, key));
      expect(isAccepted(message, signature)).toEqual(backends.map(() => true));
      expect(isAccepted(utf8('other'), signature)).toEqual(backends.map(() => false));
    }
  });

  it('of noble are accepted', () => {
    for (const message of messages) {
      const signature = p256.sign(message, keyPair.scalar);
      expect(isAccepted(message, signature)).toEqual(backends.map(() => true));
    }
  });

  it.each(backends)('of backend $name are accepted by OpenSSL and noble', (backend) => {
    const key = createPublicKey(publicKeyToPem(keyPair.publicKey));
    messages.forEach((message, i) => {
      const nonce = scalarOf(BigInt(i + 1) << 200n);
      const signature = signOne(backend, keyPair.scalar, sha256(message), nonce);
      expect(verify('sha256', message, key, signatureToDer(signature))).toBe(true);
      expect(p256.verify(signature, message, keyPair.publicKey, { lowS: false })).toBe(true);
    });
  });
});

describe('verifying keys', () => {
  const added = (point: Uint8Array): number[] =>
    [noble, node].map((backend) => backend.verifyingKeys().add(point));

  it('are refused alike when any byte is changed', () => {
    const scalar = fc.bigInt({ min: 1n, max: N - 1n });
    fc.assert(
      fc.property(scalar, fc.nat(64), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const point = publicKeyOne(node, scalarOf(value));
        expect(added(point)).toEqual([0, 0]);
        // Few points share a coordinate with it, and no such point is a byte away for these runs.
        point[at]! ^= flip;
        expect(added(point)).toEqual([-1, -1]);
      }),
      { seed: 20213, numRuns: 100 },
    );
  });

  it('are refused alike where x is at least p, though on the curve mod p', () => {
    const { Fp } = p256.Point;
    let found = 0;
    for (let x = 0n; found < 8; x++) {
      const square = Fp.create(x * x * x - 3n * x + B);
      if (Fp.pow(square, (P - 1n) / 2n) !== 1n) continue;
      const point = p256.Point.fromAffine({ x, y: Fp.sqrt(square) }).toBytes(false);
      expect(added(point)).toEqual([0, 0]);
      point.set(scalarOf(x + P), 1);
      expect(added(point)).toEqual([-1, -1]);
      found++;
    }
  });
});
