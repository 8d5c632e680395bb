/**
 * Reads Avro object container files of one record, in pieces as they come. The bytes are hostile:
 * nothing is set aside because a length or count says so, only what was pushed is kept, and of that
 * no more than one record needs; each record is walked over before the library makes it.
 * Source: Apache Avro 1.11 specification, "Object Container Files"; ENPA sections 6.1, 6.4.
 */

import { broken, MORE, Walker } from './avro-walk.ts';
import { CODEC_KEY, MAGIC, SCHEMA_KEY, SYNC_SIZE } from './container-writer.ts';
import { EnpaError } from './errors.ts';
import type { RecordDecoder } from './avro-codec.ts';
import type { RecordKind } from './records.ts';

/** Takes a container in chunks. After an error it gives the same error again. */
export interface ContainerReader<T> {
  /**
   * The records that are complete with this chunk. They hold copies: the chunk may be used again.
   * @throws EnpaError `avro`, `codec`, `schema`, `limit`, `malformed-...`
   */
  push(chunk: Uint8Array): T[];
  /** Ends the container; it must be complete, or without a single byte. */
  end(): T[];
  /** Bytes kept for a record that is not complete yet. */
  readonly pendingSize: number;
  /** Steps of the walker so far (for tests of bounds). */
  readonly steps: number;
}

/** Magic, metadata and sync: ours have up to 800 bytes, Java's some thousands. */
const HEAD_SIZE_MAX = 128 * 1024;
const METADATA_COUNT_MAX = 256;

type Step = 'head' | 'block' | 'records' | 'sync';

export function createContainerReader<T>(kind: RecordKind<T>): ContainerReader<T> {
  const walker = new Walker();
  const pending = new Pending();
  let step: Step = 'head';
  let decoder: RecordDecoder | undefined;
  let sync: Buffer = Buffer.alloc(SYNC_SIZE);
  /** Of the current block: records to come, and bytes they have. */
  let count = 0;
  let size = 0;
  let failure: Error | undefined;

  /** Reads what it can; returns whether it got further. */
  function advance(out: T[]): boolean {
    walker.look(pending.bytes, pending.end);
    switch (step) {
      case 'head': {
        const head = readHead(walker, pending.bytes, pending.start, pending.end);
        if (head === undefined) return wait(HEAD_SIZE_MAX, 'a header', HEAD_SIZE_MAX);
        decoder = kind.codec.decoder(head.schema);
        sync = head.sync;
        return go('block', head.end);
      }
      case 'block': {
        if (pending.start === pending.end) return false;
        const next = readBlockStart();
        return next === MORE ? wait(HEAD_SIZE_MAX, 'a block', HEAD_SIZE_MAX) : go('records', next);
      }
      case 'records': {
        if (count > 0) return readRecord(out);
        if (size !== 0) throw broken('a block that ends with its last record');
        return go('sync', pending.start);
      }
      case 'sync': {
        const end = pending.start + SYNC_SIZE;
        if (end > pending.end) return false;
        if (sync.compare(pending.bytes, pending.start, end) !== 0) throw broken('the sync marker');
        return go('block', end);
      }
    }
  }

  function readBlockStart(): number {
    const at = walker.long(pending.start);
    if (at === MORE) return MORE;
    count = walker.value;
    const next = walker.long(at);
    if (next === MORE) return MORE;
    size = walker.value;
    // Each of our records has a byte at least.
    if (!(count >= 0 && size >= count)) throw broken('a block of no more records than bytes');
    return next;
  }

  function readRecord(out: T[]): boolean {
    const { bytes, start } = pending;
    const blockEnd = start + size;
    if (blockEnd <= pending.end) walker.look(bytes, blockEnd);
    walker.isWide = false;
    const end = walker.walk(decoder!.root, start);
    if (end === MORE) {
      if (walker.needed > blockEnd) throw broken('records within their block');
      return wait(kind.sizeMax, 'a record', size);
    }
    if (end - start > kind.sizeMax) throw tooLarge('a record', kind.sizeMax);
    out.push(kind.read(decoder!.decode(bytes, start, end, walker)));
    size -= end - start;
    count--;
    return go('records', end);
  }

  function go(next: Step, at: number): true {
    step = next;
    pending.start = at;
    return true;
  }

  /** @param whole bytes with which there is nothing to wait for any more */
  function wait(max: number, what: string, whole: number): false {
    if (walker.needed - pending.start > max) throw tooLarge(what, max);
    pending.waitFor(walker.needed - pending.start, whole);
    return false;
  }

  function guarded(work: () => void): T[] {
    if (failure !== undefined) throw failure;
    const out: T[] = [];
    try {
      work();
      while (pending.isWorthIt() && advance(out));
    } catch (error) {
      failure = error as Error;
      pending.clear();
      throw failure;
    }
    return out;
  }

  return {
    push(chunk) {
      const out = guarded(() => pending.add(chunk));
      pending.settle();
      return out;
    },
    end() {
      const out = guarded(() => pending.waitFor(0, 0));
      const isWhole = step === 'block' || step === 'head';
      if (isWhole && pending.start === pending.end) return out;
      failure = broken('a container that is complete');
      throw failure;
    },
    get pendingSize() {
      return pending.end - pending.start;
    },
    get steps() {
      return walker.steps;
    },
  };
}

/**
 * All records of a container. No bytes are no records: the facilitator leaves such objects out.
 * @throws EnpaError as `ContainerReader`
 */
export function decodeContainer<T>(kind: RecordKind<T>, bytes: Uint8Array): T[] {
  const reader = createContainerReader(kind);
  const items = reader.push(bytes);
  reader.end();
  return items;
}

/**
 * The one record of a container. No bytes are a file that somebody is still writing (a facilitator
 * makes its files empty first), so reading again may help.
 * @throws EnpaError `eof`, `extra-data`, or as `decodeContainer`
 */
export function decodeOne<T>(kind: RecordKind<T>, bytes: Uint8Array): T {
  if (bytes.length === 0) throw broken('a container, and not an empty file');
  const items = decodeContainer(kind, bytes);
  const [first] = items;
  if (first === undefined) throw new EnpaError('eof', `${kind.name}: expected a record, got none`);
  if (items.length > 1) {
    throw new EnpaError('extra-data', `${kind.name}: expected one record, got ${items.length}`);
  }
  return first;
}

interface Head {
  readonly schema: string;
  readonly sync: Buffer;
  readonly end: number;
}

/** Undefined where it goes on beyond `end`; `walker.needed` then says how far at least. */
function readHead(walker: Walker, bytes: Uint8Array, start: number, end: number): Head | undefined {
  for (let k = 0; k < MAGIC.length && start + k < end; k++) {
    if (bytes[start + k] !== MAGIC[k]) throw broken('an Avro container of version 1');
  }
  const metadata = new Map<string, Uint8Array>();
  let at = start + MAGIC.length;
  for (;;) {
    at = walker.long(at);
    if (at === MORE) return undefined;
    let count = walker.value;
    if (count === 0) break;
    if (count < 0) {
      count = -count;
      at = walker.long(at);
      if (at === MORE) return undefined;
    }
    for (let i = 0; i < count; i++) {
      const keyEnd = walker.walk(TEXT, at);
      const valueEnd = keyEnd === MORE ? MORE : walker.walk(BYTES, keyEnd);
      if (valueEnd === MORE) return undefined;
      const key = textOf(payload(walker, bytes, at, keyEnd));
      if (metadata.has(key)) throw broken('each entry of the metadata once');
      metadata.set(key, payload(walker, bytes, keyEnd, valueEnd));
      if (metadata.size > METADATA_COUNT_MAX) throw tooLarge('metadata', METADATA_COUNT_MAX);
      at = valueEnd;
    }
  }
  const headEnd = at + SYNC_SIZE;
  if (headEnd > end) {
    walker.needed = headEnd;
    return undefined;
  }
  checkCodec(metadata.get(CODEC_KEY));
  const schema = metadata.get(SCHEMA_KEY);
  if (schema === undefined) throw new EnpaError('schema', 'expected a schema, got none');
  // A copy: what was pushed may change afterwards.
  const sync = Buffer.from(bytes.subarray(at, headEnd));
  return { schema: textOf(schema), sync, end: headEnd };
}

const TEXT = { kind: 'string', nodes: [], names: [], size: 0 } as const;
const BYTES = { kind: 'bytes', nodes: [], names: [], size: 0 } as const;

/** What follows the length in the bytes or text at `start`, a view. */
function payload(walker: Walker, bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.subarray(walker.long(start), end);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw broken('metadata in UTF-8');
  }
}

/** Java's writer names no codec, which means null. */
function checkCodec(codec: Uint8Array | undefined): void {
  if (codec === undefined || textOf(codec) === 'null') return;
  throw new EnpaError('codec', 'expected the codec null, got another');
}

function tooLarge(what: string, max: number): EnpaError {
  return new EnpaError('limit', `${what}: larger than ${max}`);
}

/** Bytes that were pushed and not yet read: [start, end) of `bytes`. */
class Pending {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Whether `bytes` is ours, and not a view of a caller's chunk. */
  #isOwn = true;
  /** So many bytes must be here before it is worth to look again. */
  #worth = 0;

  add(chunk: Uint8Array): void {
    if (this.start === this.end) {
      // The usual case, whole or large chunks: no copy.
      this.bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      this.start = 0;
      this.end = chunk.length;
      this.#isOwn = false;
      return;
    }
    this.#reserve(chunk.length);
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Lets go of the caller's chunk: what is left of it is copied. */
  settle(): void {
    if (this.#isOwn) return;
    const size = this.end - this.start;
    const own = Buffer.allocUnsafeSlow(size);
    own.set(this.bytes.subarray(this.start, this.end));
    this.bytes = own;
    this.start = 0;
    this.end = size;
    this.#isOwn = true;
  }

  clear(): void {
    this.bytes = Buffer.alloc(0);
    this.start = 0;
    this.end = 0;
    this.#isOwn = true;
  }

  /**
   * Puts off the next look until `needed` bytes are here, and a quarter more than now unless they
   * are the `whole`: or else many small chunks of one record would be walked over again and again.
   */
  waitFor(needed: number, whole: number): void {
    const now = this.end - this.start;
    this.#worth = Math.min(Math.max(needed, now + Math.floor(now / 4)), Math.max(whole, needed));
  }

  isWorthIt(): boolean {
    if (this.end - this.start < this.#worth) return false;
    this.#worth = 0;
    return true;
  }

  /**
   * Makes room for `size` bytes more: in the same array where what must be moved is less than what
   * was read from it, or else in one that is twice as large.
   */
  #reserve(size: number): void {
    const used = this.end - this.start;
    if (this.#isOwn && this.end + size <= this.bytes.length) return;
    const isRoomy = this.#isOwn && used + size <= this.bytes.length && used <= this.start;
    const target = isRoomy ? this.bytes : Buffer.allocUnsafeSlow(2 * used + size);
    target.set(this.bytes.subarray(this.start, this.end));
    this.bytes = target;
    this.start = 0;
    this.end = used;
    this.#isOwn = true;
  }
}
