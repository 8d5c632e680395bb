/**
 * The one error of this library: a caller's ranges or sizes don't fit. An element that is not below
 * p is no error but a result (see the codec). Never holds an element.
 */

export type FieldErrorCode =
  /** A range that its array doesn't hold. */
  | 'size'
  /** A transform that the field has no root of unity for. */
  | 'order'
  /** A machine that the kernels can't run on. */
  | 'host';

/** A caller's mistake; `code` is stable. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly code: FieldErrorCode;
  readonly expected: string;
  readonly got: string;

  constructor(code: FieldErrorCode, expected: string, got: string) {
    super(`${code}: expected ${expected}, got ${got}`);
    this.code = code;
    this.expected = expected;
    this.got = got;
  }
}
