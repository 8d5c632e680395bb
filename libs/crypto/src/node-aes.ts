/**
 * AES-128 of single items on node:crypto: the keystream of a seed, and GCM under a 32-byte envelope
 * key. An OpenSSL cipher object costs some microseconds before its first byte and little after it.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';

const CTR = 'aes-128-ctr';
const GCM = 'aes-128-gcm';
const AES_KEY_SIZE = 16;
const AES_BLOCK_SIZE = 16;
/** Bytes of a GCM tag. */
export const TAG_SIZE = 16;

/**
 * Writes the keystream of `seed` (key || initial counter block), as long as `zeros`, to `out` at
 * `start`. ENPA section 3.4: a counter of 64 bits.
 */
export function writeKeystream(
  seed: Uint8Array,
  zeros: Uint8Array,
  out: Uint8Array,
  start: number,
): void {
  const key = seed.subarray(0, AES_KEY_SIZE);
  const counter = seed.subarray(AES_KEY_SIZE);
  const size = zeros.length;
  const first = Math.min(size, sizeToWrap(counter));
  out.set(createCipheriv(CTR, key, counter).update(zeros.subarray(0, first)), start);
  if (first === size) return;
  // The low 64 bits wrap to 0 without carry; OpenSSL would carry.
  const wrapped = Uint8Array.from(counter);
  wrapped.fill(0, 8);
  out.set(createCipheriv(CTR, key, wrapped).update(zeros.subarray(first)), start + first);
}

/** Bytes of keystream before the low half of `counter` wraps; Infinity where it is far away. */
function sizeToWrap(counter: Uint8Array): number {
  for (let i = 8; i < 12; i++) if (counter[i] !== 0xff) return Infinity;
  let low = 0;
  for (let i = 12; i < 16; i++) low = low * 256 + counter[i]!;
  return (2 ** 32 - low) * AES_BLOCK_SIZE;
}

/**
 * Writes ciphertext || tag of `plaintext` to `out` at `start`. ENPA section 4 step 4: the second
 * half of the envelope key is the nonce, 16 bytes and not the usual 12.
 */
export function writeSealed(
  envelopeKey: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
  start: number,
): void {
  const key = envelopeKey.subarray(0, AES_KEY_SIZE);
  const aes = createCipheriv(GCM, key, envelopeKey.subarray(AES_KEY_SIZE));
  out.set(aes.update(plaintext), start);
  aes.final();
  out.set(aes.getAuthTag(), start + plaintext.length);
}

/** The plaintext of ciphertext || tag, or undefined where the tag does not fit. */
export function openSealed(envelopeKey: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const key = envelopeKey.subarray(0, AES_KEY_SIZE);
  const aes = createDecipheriv(GCM, key, envelopeKey.subarray(AES_KEY_SIZE));
  aes.setAuthTag(sealed.subarray(sealed.length - TAG_SIZE));
  const plaintext = aes.update(sealed.subarray(0, sealed.length - TAG_SIZE));
  try {
    aes.final();
    return plaintext;
  } catch {
    // `final` fails for a wrong tag only, and node gives that error no code.
    return undefined;
  }
}
