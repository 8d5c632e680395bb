/**
 * ECDSA P-256 with SHA-256 by OpenSSL: for keys of a service. Its nonces are fresh and its time
 * does not depend on the key; so no two signatures of a message are the same. `node-sign.ts` is the
 * one for simulation, where they must be.
 * Source: FIPS 186-5 section 6.4.1; DER of RFC 3279 section 2.2.3.
 */

import { createPrivateKey, sign } from 'node:crypto';

import { keyPairToPkcs8 } from './keys.ts';
import type { KeyPair } from './keys.ts';

/** The signature of the SHA-256 of `message`, in DER. */
export function signMessage(keyPair: KeyPair, message: Uint8Array): Uint8Array {
  const der = Buffer.from(keyPairToPkcs8(keyPair));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return new Uint8Array(sign('sha256', message, { key, dsaEncoding: 'der' }));
}
