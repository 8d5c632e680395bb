/**
 * Walks over Avro data by the writer's schema without making anything of it: finds where a record
 * ends, and refuses what a decoder must never be given - lengths and counts beyond the bytes that
 * are there, union branches and symbols that don't exist, text that is no UTF-8, endless nesting.
 * Source: Apache Avro 1.11 specification, "Binary Encoding".
 *
 * Every step takes a byte at least (see `avro-schema.ts`), so a walk ends after as many steps as
 * there are bytes times the depth, whatever a count claims.
 */

import { isUtf8 } from 'node:buffer';
import { EnpaError } from './errors.ts';
import type { AvroNode } from './avro-schema.ts';

/** How deep values may stand in each other. */
const DEPTH_MAX = 48;
/** A long of 64 bits takes up to ten bytes. */
const VARINT_SIZE_MAX = 10;
const EXACT = 2 ** 53;
/** Text up to this size is looked at here; a call into native code costs more. */
const SHORT_SIZE = 64;

/** Returned where the data goes on beyond the bytes that are there. */
export const MORE = -1;

/** One cursor, used again and again. */
export class Walker {
  /** After `MORE`: how many bytes the array must have at least for the walk to get further. */
  needed = 0;
  /** Whether a long beyond 2^52 or so was met since it was last set to false. */
  isWide = false;
  /** Bytes and items stepped over, ever: what a test of bounds looks at. */
  steps = 0;
  /** What the last varint said; NaN where it is wide. */
  value = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;

  /** From now on the data is `bytes` up to `end`. */
  look(bytes: Uint8Array, end: number): void {
    this.#bytes = bytes;
    this.#end = end;
  }

  /** Reads a zigzag varint into `value`; returns where it ends, or `MORE`. */
  long(at: number): number {
    const bytes = this.#bytes;
    this.steps++;
    let scale = 1;
    let sum = 0;
    for (let k = 0; k < VARINT_SIZE_MAX; k++) {
      if (at + k >= this.#end) return this.#more(at + k + 1);
      const byte = bytes[at + k]!;
      if (k === VARINT_SIZE_MAX - 1 && byte > 1) throw broken('a long of 64 bits');
      sum += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (sum >= EXACT) {
          this.isWide = true;
          this.value = Number.NaN;
        } else {
          this.value = sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
        }
        return at + k + 1;
      }
      scale *= 128;
    }
    throw broken('a long of ten bytes at most');
  }

  /** A length or count: a long from 0 up. */
  #count(at: number): number {
    const next = this.long(at);
    if (next !== MORE && !(this.value >= 0)) throw broken('a length from 0 to 2^52');
    return next;
  }

  /** Steps over a value of type `node`; returns where it ends, or `MORE`. */
  walk(node: AvroNode, at: number, depth = 0): number {
    this.steps++;
    switch (node.kind) {
      case 'null':
        return at;
      case 'boolean':
        return this.#boolean(at);
      case 'int':
        return this.#int(at);
      case 'long':
        return this.long(at);
      case 'float':
        return this.#take(at, 4);
      case 'double':
        return this.#take(at, 8);
      case 'fixed':
        return this.#take(at, node.size);
      case 'bytes':
      case 'string':
        return this.#sized(node.kind === 'string', at);
      case 'enum':
        return this.#index(at, node.size);
      case 'union': {
        const next = this.#index(at, node.nodes.length);
        return next === MORE ? MORE : this.walk(node.nodes[this.value]!, next, deeper(depth));
      }
      case 'record': {
        const below = deeper(depth);
        let next = at;
        for (const field of node.nodes) {
          next = this.walk(field, next, below);
          if (next === MORE) return MORE;
        }
        return next;
      }
      case 'array':
      case 'map':
        return this.#blocks(node, at, deeper(depth));
    }
  }

  #boolean(at: number): number {
    if (at < this.#end && this.#bytes[at]! > 1) throw broken('a boolean of 0 or 1');
    return this.#take(at, 1);
  }

  #int(at: number): number {
    const next = this.long(at);
    if (next !== MORE && !(Math.trunc(this.value) === (this.value | 0))) {
      throw broken('an int of 32 bits');
    }
    return next;
  }

  #index(at: number, count: number): number {
    const next = this.long(at);
    if (next !== MORE && !(this.value >= 0 && this.value < count)) {
      throw broken(`an index below ${count}`);
    }
    return next;
  }

  #sized(isText: boolean, at: number): number {
    const start = this.#count(at);
    if (start === MORE) return MORE;
    const end = this.#take(start, this.value);
    if (end !== MORE && isText && !this.#isText(start, end)) throw broken('text in UTF-8');
    return end;
  }

  #isText(start: number, end: number): boolean {
    if (end - start <= SHORT_SIZE) {
      let bits = 0;
      for (let k = start; k < end; k++) bits |= this.#bytes[k]!;
      if (bits < 0x80) return true;
    }
    return isUtf8(this.#bytes.subarray(start, end));
  }

  /** The blocks of an array or map. A negative count is followed by the block's size in bytes. */
  #blocks(node: AvroNode, at: number, depth: number): number {
    let next = at;
    for (;;) {
      next = this.long(next);
      if (next === MORE) return MORE;
      let count = this.value;
      if (Number.isNaN(count)) throw broken('a count below 2^52');
      if (count === 0) return next;
      let end: number | undefined;
      if (count < 0) {
        count = -count;
        next = this.#count(next);
        if (next === MORE) return MORE;
        end = next + this.value;
      }
      for (let i = 0; i < count; i++) {
        if (node.kind === 'map') next = this.#sized(true, next);
        if (next !== MORE) next = this.walk(node.nodes[0]!, next, depth);
        if (next === MORE) return MORE;
      }
      // Who skips the block goes by its size, who reads it by its items: both must agree.
      if (end !== undefined && end !== next) throw broken('a block of the size that it says');
    }
  }

  #take(at: number, size: number): number {
    return at + size > this.#end ? this.#more(at + size) : at + size;
  }

  #more(needed: number): number {
    this.needed = needed;
    return MORE;
  }
}

function deeper(depth: number): number {
  if (depth >= DEPTH_MAX) throw broken(`values ${DEPTH_MAX} deep at most`);
  return depth + 1;
}

/** Data that is no Avro: retried, since a transport may have garbled it. */
export function broken(expected: string): EnpaError {
  return new EnpaError('avro', `expected ${expected}, got other bytes`);
}
