/**
 * A caller's mistake: a dimension the field has no roots for, arrays that don't fit together. A bad
 * report is no error here; it is a status byte in a block. Never holds a share or a measurement.
 */

export type PrioErrorCode =
  /** A number of bins that no proof exists for. */
  | 'dimension'
  /** Arrays that don't hold what counts and sizes say. */
  | 'size';

/** `code` is stable. */
export class PrioError extends Error {
  override readonly name = 'PrioError';
  readonly code: PrioErrorCode;
  readonly expected: string;
  readonly got: string;

  constructor(code: PrioErrorCode, expected: string, got: string) {
    super(`${code}: expected ${expected}, got ${got}`);
    this.code = code;
    this.expected = expected;
    this.got = got;
  }
}
