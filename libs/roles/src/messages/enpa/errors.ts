/**
 * The one error of the ENPA wire: why an object, a name or a value is refused, and whether reading
 * it again may help.
 * Source: ENPA section 6.4 (classes of errors and which of them are retried).
 */

export type EnpaErrorCode =
  /** No Avro container, or one that ends too early: can't be told from trouble in transport. */
  | 'avro'
  /** A container whose blocks are compressed. */
  | 'codec'
  /** A writer's schema that is none, is beyond our bounds or can't be read as ours. */
  | 'schema'
  /** A record, block or header larger than we read. */
  | 'limit'
  /** A container without the one record that it should hold. */
  | 'eof'
  /** A container with more than the one record that it should hold. */
  | 'extra-data'
  | 'malformed-header'
  | 'malformed-packet'
  | 'malformed-signature'
  /** A value that the caller wants to write and the record can't hold. */
  | 'wrong-value'
  | 'invalid-signature'
  | 'digest-mismatch'
  | 'unknown-key'
  /** A signature object alone, whose header or packets are not there yet. */
  | 'incomplete'
  /** An object key, marker, date or aggregation ID of another form. */
  | 'name'
  /** A task in JSON of another form. */
  | 'task'
  | 'bucket-url'
  | 'manifest';

/** The codes after which reading again may give another answer. */
const RETRYABLE: ReadonlySet<EnpaErrorCode> = new Set(['avro', 'incomplete']);

/** Says what was expected and what was got, as kinds and sizes: never a share or a key. */
export class EnpaError extends Error {
  override readonly name: string = 'EnpaError';
  readonly code: EnpaErrorCode;
  readonly retryable: boolean;

  constructor(code: EnpaErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}
