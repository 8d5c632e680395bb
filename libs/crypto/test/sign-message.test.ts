/** Signatures of a service: taken by every verifier, in strict DER, never the same twice. */

import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  KeyPair,
  backendNames,
  createBackend,
  sha256,
  signMessage,
  signatureFromDer,
  signatureToDer,
  toHex,
} from '../src/index.ts';
import { utf8 } from './blocks.ts';

const keyPair = new KeyPair(sha256(utf8('a service')));

/** Verifiers of blocks, and noble by itself. */
function verdicts(message: Uint8Array, signature: Uint8Array): boolean[] {
  const ours = backendNames.map((name) => {
    const backend = createBackend(name);
    const keys = backend.verifyingKeys();
    keys.add(keyPair.publicKey);
    const status = new Uint8Array(1);
    backend.verify({
      count: 1,
      keys,
      keyIndex: new Uint32Array(1),
      messages: message,
      offsets: new Uint32Array(1),
      sizes: Uint32Array.of(message.length),
      signatures: { bytes: signature, offset: 0, stride: 64 },
      status,
      failure: 1,
    });
    return status[0] === 0;
  });
  const options = { lowS: false, prehash: true };
  return [...ours, p256.verify(signature, message, keyPair.publicKey, options)];
}

it('verifies everywhere, for this message alone', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const der = signMessage(keyPair, message);
      const signature = signatureFromDer(der);
      expect(toHex(signatureToDer(signature))).toBe(toHex(der));
      expect(verdicts(message, signature)).toEqual([true, true, true, true]);
      const another = Uint8Array.of(...message, 1);
      expect(verdicts(another, signature)).toEqual([false, false, false, false]);
      // A nonce that came twice would show in r, and give the key away.
      const r = toHex(signature.subarray(0, 32));
      expect(seen.has(r)).toBe(false);
      seen.add(r);
    }),
    { numRuns: 20 },
  );
});

it('is another one each time', () => {
  const message = utf8('the same header');
  const made = Array.from({ length: 50 }, () => toHex(signMessage(keyPair, message)));
  expect(new Set(made).size).toBe(50);
});
