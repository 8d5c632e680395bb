/**
 * A store, a queue or a network did not do what it was asked. `retryable`: trying again may help.
 * `definite`: it is known that nothing happened.
 */

export type TransportErrorCode =
  'timeout' | 'unavailable' | 'refused' | 'not-found' | 'exists' | 'full' | 'corrupt';

export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;
  readonly retryable: boolean;
  readonly definite: boolean;

  constructor(
    code: TransportErrorCode,
    message: string,
    options: { readonly retryable: boolean; readonly definite: boolean; readonly cause?: unknown },
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable;
    this.definite = options.definite;
  }
}
