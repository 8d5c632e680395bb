/**
 * Hex and SHA-256 of byte strings: the two conveniences that every layer above needs.
 */

import { hash } from 'node:crypto';
import { CryptoError } from './errors.ts';

/** SHA-256 of `bytes`, 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}

/** Lower-case hex of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

/**
 * Bytes of a hex string of either case.
 * @throws CryptoError `invalid-hex` on an odd length or any other character.
 */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || /[^0-9a-fA-F]/.test(hex)) {
    throw new CryptoError('invalid-hex', 'pairs of hex digits', `${hex.length} characters`);
  }
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
