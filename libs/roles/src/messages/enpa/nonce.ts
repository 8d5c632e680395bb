/**
 * Nonces for ECDSA on P-256 from the private key and the digest alone: the same message signed
 * twice gives the same signature, and no message shares its nonce with another.
 * Source: RFC 6979 section 3.2, with SHA-256.
 */

import { fromHex, sha256, toHex } from '@priolab/crypto';

/** Order n of P-256 (SEC 2 v2 section 2.4.2), 64 digits. */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const ZERO = '0'.repeat(64);
const HMAC_BLOCK_SIZE = 64;

/**
 * The nonce k in [1, n-1] for a digest, 32 bytes, secret.
 * @param scalar 32 bytes in [1, n-1]
 * @param digest SHA-256 of the message
 */
export function signatureNonce(scalar: Uint8Array, digest: Uint8Array): Uint8Array {
  const seed = [scalar, reduced(digest)];
  let value: Uint8Array = new Uint8Array(32).fill(1);
  let key: Uint8Array = new Uint8Array(32);
  for (const mark of [0, 1]) {
    key = hmac(key, [value, Uint8Array.of(mark), ...seed]);
    value = hmac(key, [value]);
  }
  for (;;) {
    value = hmac(key, [value]);
    const digits = toHex(value);
    // Hex of one length is ordered as the numbers are. Another round comes once in 2^32 messages.
    if (digits > ZERO && digits < ORDER) return value;
    key = hmac(key, [value, Uint8Array.of(0)]);
    value = hmac(key, [value]);
  }
}

/** A 256-bit number modulo n, which it reaches once in 2^32 times. */
function reduced(digest: Uint8Array): Uint8Array {
  const digits = toHex(digest);
  if (digits < ORDER) return digest;
  const rest = BigInt(`0x${digits}`) - BigInt(`0x${ORDER}`);
  return fromHex(rest.toString(16).padStart(64, '0'));
}

/** HMAC-SHA-256 (RFC 2104) under a key of 32 bytes. */
function hmac(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const pad = (byte: number) => {
    const block = new Uint8Array(HMAC_BLOCK_SIZE).fill(byte);
    for (const [index, keyByte] of key.entries()) block[index]! ^= keyByte;
    return block;
  };
  const inner = sha256(Buffer.concat([pad(0x36), ...parts]));
  return sha256(Buffer.concat([pad(0x5c), inner]));
}
