/**
 * The seam between the protocol and whoever does its cryptography: operations on blocks of reports,
 * laid out in flat byte arrays with a fixed stride, so that no backend allocates for the caller.
 *
 * Every backend gives the same bytes for the same inputs (nothing here draws randomness: ephemeral
 * scalars and ECDSA nonces are arguments). None of them is constant-time: this is a test harness.
 *
 * `status` arrays: one byte per slot. A slot whose status is not 0 on entry was refused earlier; it
 * is skipped and its output left as it was.
 */

export type BackendName = 'noble' | 'node' | 'wasm';

/** Bytes of an uncompressed P-256 point (0x04 || X || Y), a scalar, a raw signature (r || s). */
export const POINT_SIZE = 65;
export const SCALAR_SIZE = 32;
export const SIGNATURE_SIZE = 64;
export const DIGEST_SIZE = 32;
/** Prio v2 seed: AES-128 key || initial counter block. */
export const SEED_SIZE = 32;
/** ECIES adds the ephemeral point and the GCM tag. */
export const SEAL_OVERHEAD = POINT_SIZE + 16;

/** Fixed-size items inside a larger array: item i starts at `offset + i * stride`. */
export interface Strided {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly stride: number;
}

/** A P-256 private key prepared by one backend (opaque), with its public half. */
export interface PrivateKey {
  readonly publicKey: Uint8Array;
}

/** Public keys prepared by one backend for repeated verification: an append-only list. */
export interface VerifyingKeys {
  readonly size: number;
  /**
   * Imports the 65-byte point at `point` and returns its index.
   * @returns -1 where the bytes are no uncompressed point on P-256.
   */
  add(point: Uint8Array): number;
  clear(): void;
}

export interface SealBlock {
  readonly count: number;
  /** 65 bytes; throws `CryptoError` if not on the curve. */
  readonly recipient: Uint8Array;
  /** Ephemeral private scalars, 32 bytes each, in [1, n-1]. */
  readonly scalars: Strided;
  readonly plaintexts: Strided;
  readonly plaintextSize: number;
  /** Receives `plaintextSize + SEAL_OVERHEAD` bytes an item. */
  readonly sealed: Strided;
  readonly status: Uint8Array;
}

export interface OpenBlock {
  readonly count: number;
  readonly privateKey: PrivateKey;
  readonly sealed: Strided;
  readonly sealedSize: number;
  /** Receives `sealedSize - SEAL_OVERHEAD` bytes an item. */
  readonly plaintexts: Strided;
  readonly status: Uint8Array;
  /** Written into `status` where the point is bad or the tag does not fit. */
  readonly failure: number;
}

export interface SignBlock {
  readonly count: number;
  /** Private scalars, 32 bytes each (stride 0: one key signs all). */
  readonly scalars: Strided;
  /** SHA-256 digests of the messages. */
  readonly digests: Strided;
  /** Secret nonces k, 32 bytes each, in [1, n-1]. */
  readonly nonces: Strided;
  /** Receives r || s, 64 bytes an item; s goes by the y of R, and may be in the upper half. */
  readonly signatures: Strided;
  readonly status: Uint8Array;
}

export interface VerifyBlock {
  readonly count: number;
  readonly keys: VerifyingKeys;
  /** Index into `keys` for each slot. */
  readonly keyIndex: Int32Array | Uint32Array;
  /** The signed messages themselves; item i is at [offsets[i], offsets[i] + sizes[i]). */
  readonly messages: Uint8Array;
  readonly offsets: Uint32Array;
  readonly sizes: Uint32Array;
  readonly signatures: Strided;
  readonly status: Uint8Array;
  readonly failure: number;
}

export interface CryptoBackend {
  readonly name: BackendName;
  /** Throws `CryptoError` unless `scalar` is 32 bytes in [1, n-1]. */
  privateKey(scalar: Uint8Array): PrivateKey;
  verifyingKeys(): VerifyingKeys;
  /** Public points (65 bytes each) of `count` scalars. */
  publicKeys(count: number, scalars: Strided, points: Strided): void;
  /** ECIES P-256 / X9.63-SHA256 / AES-128-GCM with a 16-byte nonce (ENPA). */
  seal(block: SealBlock): void;
  open(block: OpenBlock): void;
  /**
   * ECDSA P-256 over SHA-256. Of the two signatures that a nonce k gives, (r, s) and (r, n - s), it
   * is the one whose point R = (e G + r Q) / s has an even y: s of k if kG has one, else that of
   * n - k. Any verifier takes either; one that knows can tell R from r, and check many signatures
   * in one sum (docs/decisions/0013).
   */
  sign(block: SignBlock): void;
  /** Takes every valid signature, whatever the y of its R. */
  verify(block: VerifyBlock): void;
  /** AES-128-CTR with a 64-bit big-endian counter: `size` bytes for each 32-byte seed. */
  keystream(count: number, seeds: Strided, size: number, out: Strided): void;
  /** SHA-256 of item i at [offsets[i], offsets[i] + sizes[i]) of `messages`. */
  sha256(
    count: number,
    messages: Uint8Array,
    offsets: Uint32Array,
    sizes: Uint32Array,
    digests: Strided,
  ): void;
}
