/**
 * The one error this library throws: a caller's mistake or an unusable key, with a stable code.
 * A bad report is not an error here; it is a status byte in a block (see `backend.ts`).
 *
 * Messages say what was expected and what was got, as sizes and kinds: never key bytes.
 */

export type CryptoErrorCode =
  /** A private scalar or nonce that is not 32 bytes in [1, n-1]. */
  | 'invalid-scalar'
  /** Bytes that are no uncompressed point on P-256. */
  | 'invalid-point'
  /** A key or certificate that can't be decoded, or whose halves don't belong together. */
  | 'invalid-key'
  /** A well-formed key of another algorithm or curve. */
  | 'unsupported-key'
  /** A key prepared by another backend. */
  | 'foreign-key'
  /** A signature that is not strict DER or not r || s, or a nonce that gives none. */
  | 'invalid-signature'
  /** Arrays of a block that don't hold what its counts, strides and sizes say. */
  | 'invalid-layout'
  /** A wrong name, size or index for the seed tree. */
  | 'invalid-seed'
  | 'invalid-hex'
  /** A backend that is not constant-time where a service asks for one. */
  | 'unsafe-backend';

/** A caller's mistake; `code` is stable, `expected` and `got` hold no secret. */
export class CryptoError extends Error {
  override readonly name = 'CryptoError';
  readonly code: CryptoErrorCode;
  readonly expected: string;
  readonly got: string;

  constructor(code: CryptoErrorCode, expected: string, got: string, cause?: unknown) {
    super(`${code}: expected ${expected}, got ${got}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.expected = expected;
    this.got = got;
  }
}
