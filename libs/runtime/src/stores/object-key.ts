/**
 * Keys of objects: which ones stores take, and their order. Keys come from outside (a peer's
 * bucket, a configuration), and what is taken must mean the same object in memory, in files and in
 * S3, and never a file outside the store's root. Source: ENPA section 6.2 for the names in use.
 */

/** As S3 has it, in bytes of UTF-8. */
export const KEY_BYTES_MAX = 1024;
/** What file systems take as one name, in bytes. */
const SEGMENT_BYTES_MAX = 255;
/** Folder of unfinished files in the root of a file store; no key begins with it. */
export const UNFINISHED = '.priolab-unfinished';

/** - `bad-key`: no store takes it; `key-clash`: a folder here, or one of its folders is a file */
export type ObjectKeyErrorCode = 'bad-key' | 'key-clash';

/** A key that a store does not take; trying again is of no use, and nothing was done. */
export class ObjectKeyError extends RangeError {
  override readonly name = 'ObjectKeyError';
  readonly code: ObjectKeyErrorCode;

  constructor(code: ObjectKeyErrorCode, key: string, expected: string) {
    super(`key ${JSON.stringify(key.slice(0, 200))}: ${expected}`);
    this.code = code;
  }
}

/** @throws ObjectKeyError for a key that not every store can hold */
export function checkKey(key: string): void {
  checkText(key);
  const segments = key.split('/');
  for (const segment of segments) checkSegment(key, segment);
}

/** A prefix need not end with a whole segment: `a/..` begins `a/..b`. @throws ObjectKeyError */
export function checkPrefix(prefix: string): void {
  checkText(prefix);
  for (const segment of prefix.split('/').slice(0, -1)) checkSegment(prefix, segment);
}

function checkText(key: string): void {
  // A lone surrogate has no UTF-8, and two of them could mean one file.
  if (/[\0\\]|\p{Surrogate}/u.test(key)) {
    const expected = 'expected no NUL, backslash or half of a surrogate pair in it';
    throw new ObjectKeyError('bad-key', key, expected);
  }
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) {
    const expected = `expected up to ${KEY_BYTES_MAX} bytes, got ${Buffer.byteLength(key)}`;
    throw new ObjectKeyError('bad-key', key, expected);
  }
  if (key.split('/', 1)[0] === UNFINISHED) {
    throw new ObjectKeyError('bad-key', key, `${UNFINISHED} is for unfinished files`);
  }
}

function checkSegment(key: string, segment: string): void {
  if (segment === '' || segment === '.' || segment === '..') {
    const expected = "expected names between '/' that are not empty, '.' or '..'";
    throw new ObjectKeyError('bad-key', key, expected);
  }
  if (Buffer.byteLength(segment) > SEGMENT_BYTES_MAX) {
    const expected = `expected up to ${SEGMENT_BYTES_MAX} bytes between two '/'`;
    throw new ObjectKeyError('bad-key', key, expected);
  }
}

/** Sorts them in place by their bytes of UTF-8. */
export function sortKeys(keys: string[]): string[] {
  // Units of UTF-16 are in the order of the bytes but for surrogates.
  if (!keys.some((key) => /[\ud800-\udfff]/.test(key))) return keys.sort();
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
