/**
 * ECDSA signatures on the wire (ASN.1 DER) and in blocks (r || s, 64 bytes).
 * Source: RFC 3279 section 2.2.3: Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }; X.690
 * section 8.3 (integers). Strict: one encoding for one signature, nothing after it.
 */

import { CryptoError } from './errors.ts';
import { isScalar } from './scalars.ts';
import { SCALAR_SIZE, SIGNATURE_SIZE } from './backend.ts';

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * DER of a raw signature, 8 to 72 bytes.
 * @throws CryptoError `invalid-signature` unless it is 64 bytes with r and s in [1, n-1].
 */
export function signatureToDer(signature: Uint8Array): Uint8Array {
  checkSignature(signature);
  const r = magnitude(signature.subarray(0, SCALAR_SIZE));
  const s = magnitude(signature.subarray(SCALAR_SIZE));
  const body = [INTEGER, r.length, ...r, INTEGER, s.length, ...s];
  return Uint8Array.from([SEQUENCE, body.length, ...body]);
}

/**
 * The raw signature of a DER one.
 * @throws CryptoError `invalid-signature` on anything but what `signatureToDer` writes.
 */
export function signatureFromDer(der: Uint8Array): Uint8Array {
  // r and s have at most 33 bytes, so that every length is a single byte.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2) throw refusal('a SEQUENCE of its length');
  const signature = new Uint8Array(SIGNATURE_SIZE);
  const middle = readInteger(der, 2, signature, 0);
  const end = readInteger(der, middle, signature, SCALAR_SIZE);
  if (end !== der.length) throw refusal('two INTEGERs only');
  checkSignature(signature);
  return signature;
}

/** Reads the INTEGER at `start` right-aligned into 32 bytes of `out`; returns where it ends. */
function readInteger(der: Uint8Array, start: number, out: Uint8Array, offset: number): number {
  const size = der[start + 1] ?? 0;
  const first = start + 2;
  const end = first + size;
  if (der[start] !== INTEGER || size === 0 || end > der.length) throw refusal('an INTEGER');
  const padded = der[first] === 0;
  if (der[first]! >= 0x80) throw refusal('a positive INTEGER');
  if (padded && (size === 1 || der[first + 1]! < 0x80)) throw refusal('an INTEGER without padding');
  const value = der.subarray(padded ? first + 1 : first, end);
  if (value.length > SCALAR_SIZE) throw refusal('an INTEGER of 32 bytes at most');
  out.set(value, offset + SCALAR_SIZE - value.length);
  return end;
}

/** Minimal two's complement bytes of a positive big-endian integer. */
function magnitude(bytes: Uint8Array): readonly number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = [...bytes.subarray(first)];
  return digits[0]! >= 0x80 ? [0, ...digits] : digits;
}

function checkSignature(signature: Uint8Array): void {
  if (signature.length !== SIGNATURE_SIZE) throw refusal(`${SIGNATURE_SIZE} bytes`);
  if (!isScalar(signature, 0) || !isScalar(signature, SCALAR_SIZE)) {
    throw refusal('r and s in [1, n-1]');
  }
}

function refusal(expected: string): CryptoError {
  return new CryptoError('invalid-signature', expected, 'another encoding');
}
