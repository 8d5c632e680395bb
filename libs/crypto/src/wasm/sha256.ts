/**
 * SHA-256 of short messages by the kernel, four at a time, and of long ones by node:crypto, whose
 * cost before the first byte is small against theirs.
 */

import { hash } from 'node:crypto';
import { checkSha256 } from '../block-checks.ts';
import { copyBytes } from '../bytes.ts';
import { message } from '../layout.ts';
import { DIGEST_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import type { KernelInstance } from './instance.ts';

const LANE_COUNT = 4;
const HASH_BLOCK_SIZE = 64;
/** Padding is 0x80, then zeros, then eight bytes of length (FIPS 180-4 section 5.1.1). */
const PADDING_SIZE_MIN = 9;
/** Blocks up to which four lanes beat node:crypto; kernels/SYMMETRIC.md has the figures. */
export const SHA256_KERNEL_BLOCKS_MAX = 9;
/**
 * Blocks up to which a group that is short of four beats node:crypto, for each message in it: its
 * empty lanes cost as much as full ones.
 */
const BLOCKS_MAX_PER_MESSAGE = 2;
/** Words that describe a lane to the kernel: message, size, digest. */
const LANE_WORDS = 3;
const MESSAGE_AREA_SIZE = SHA256_KERNEL_BLOCKS_MAX * HASH_BLOCK_SIZE;

/** As `CryptoBackend.sha256`. */
export type Sha256 = (
  count: number,
  messages: Uint8Array,
  offsets: Uint32Array,
  sizes: Uint32Array,
  digests: Strided,
) => void;

export function createSha256(kernels: KernelInstance): Sha256 {
  const lanes = new Lanes(kernels);
  return (count, messages, offsets, sizes, digests) => {
    checkSha256(count, offsets, sizes, digests);
    lanes.hash({ count, messages, offsets, sizes, digests });
  };
}

interface HashBlock {
  readonly count: number;
  readonly messages: Uint8Array;
  readonly offsets: Uint32Array;
  readonly sizes: Uint32Array;
  readonly digests: Strided;
}

/** Groups messages of equal block count by four; what is in groups while a block is worked on. */
class Lanes {
  readonly #kernels: KernelInstance;
  /** Addresses: lane descriptions, and areas for messages and digests that live elsewhere. */
  readonly #lanes: number;
  readonly #messageAreas: number;
  readonly #digestAreas: number;
  /** Indexes of messages of n blocks, from n * LANE_COUNT on, that wait for company. */
  readonly #waiting = new Uint32Array((SHA256_KERNEL_BLOCKS_MAX + 1) * LANE_COUNT);
  readonly #waitingCount = new Uint8Array(SHA256_KERNEL_BLOCKS_MAX + 1);
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  constructor(kernels: KernelInstance) {
    this.#kernels = kernels;
    this.#lanes = kernels.reserve(4 * LANE_WORDS * LANE_COUNT);
    this.#messageAreas = kernels.reserve(MESSAGE_AREA_SIZE * LANE_COUNT);
    this.#digestAreas = kernels.reserve(DIGEST_SIZE * LANE_COUNT);
  }

  hash(block: HashBlock): void {
    // A message out of bounds throws below: nothing may be left over from that block.
    this.#waitingCount.fill(0);
    const { buffer } = this.#kernels.memory;
    if (this.#bytes.buffer !== buffer) {
      this.#bytes = new Uint8Array(buffer);
      this.#words = new Uint32Array(buffer);
    }
    for (let i = 0; i < block.count; i++) {
      const size = block.sizes[i]!;
      const blocks = Math.ceil((size + PADDING_SIZE_MIN) / HASH_BLOCK_SIZE);
      if (blocks > SHA256_KERNEL_BLOCKS_MAX) hashOne(block, i);
      else this.#add(block, i, blocks);
    }
    for (let blocks = 1; blocks <= SHA256_KERNEL_BLOCKS_MAX; blocks++) this.#flush(block, blocks);
  }

  #add(block: HashBlock, index: number, blocks: number): void {
    const place = this.#waitingCount[blocks]!++;
    this.#waiting[blocks * LANE_COUNT + place] = index;
    if (place < LANE_COUNT - 1) return;
    this.#hashGroup(block, blocks, LANE_COUNT);
    this.#waitingCount[blocks] = 0;
  }

  /** Hashes those left waiting: together, or one by one if that is faster. */
  #flush(block: HashBlock, blocks: number): void {
    const left = this.#waitingCount[blocks]!;
    if (left === 0) return;
    if (blocks <= BLOCKS_MAX_PER_MESSAGE * left) this.#hashGroup(block, blocks, left);
    else for (let i = 0; i < left; i++) hashOne(block, this.#waiting[blocks * LANE_COUNT + i]!);
  }

  /** Hashes the first `count` of those waiting; lanes that stay empty repeat the last one. */
  #hashGroup(block: HashBlock, blocks: number, count: number): void {
    const words = this.#words;
    const first = blocks * LANE_COUNT;
    const { bytes, offset, stride } = block.digests;
    const isInside = bytes.buffer === words.buffer;
    const distance = this.#placeTogether(block, first, count);
    let at = this.#lanes / 4;
    for (let lane = 0; lane < LANE_COUNT; lane++) {
      const index = this.#waiting[first + (lane < count ? lane : count - 1)]!;
      words[at++] = Number.isNaN(distance)
        ? this.#placeAlone(block, index, lane)
        : block.offsets[index]! + distance;
      words[at++] = block.sizes[index]!;
      words[at++] = isInside
        ? bytes.byteOffset + offset + index * stride
        : this.#digestAreas + lane * DIGEST_SIZE;
    }
    this.#kernels.exports.sha256Lanes(this.#lanes, blocks);
    if (isInside) return;
    for (let lane = 0; lane < count; lane++) {
      const to = offset + this.#waiting[first + lane]! * stride;
      copyBytes(DIGEST_SIZE, this.#bytes, this.#digestAreas + lane * DIGEST_SIZE, bytes, to);
    }
  }

  /**
   * Makes the messages waiting from `first` on readable to the kernel, where they are or by one
   * copy of all that lies between the first and the last; returns the distance from their offsets
   * to their addresses, NaN where they lie too far apart.
   */
  #placeTogether(block: HashBlock, first: number, count: number): number {
    const { messages, offsets, sizes } = block;
    let start = Infinity;
    let end = 0;
    for (let lane = 0; lane < count; lane++) {
      const index = this.#waiting[first + lane]!;
      start = Math.min(start, offsets[index]!);
      end = Math.max(end, offsets[index]! + sizes[index]!);
      if (end > messages.length) message(messages, offsets, sizes, index); // throws
    }
    if (messages.buffer === this.#words.buffer) return messages.byteOffset;
    if (end - start > MESSAGE_AREA_SIZE * LANE_COUNT) return NaN;
    copyBytes(end - start, messages, start, this.#bytes, this.#messageAreas);
    return this.#messageAreas - start;
  }

  /** Copies one message to its lane's area; returns its address. */
  #placeAlone({ messages, offsets, sizes }: HashBlock, index: number, lane: number): number {
    const area = this.#messageAreas + lane * MESSAGE_AREA_SIZE;
    copyBytes(sizes[index]!, messages, offsets[index]!, this.#bytes, area);
    return area;
  }
}

function hashOne({ messages, offsets, sizes, digests }: HashBlock, index: number): void {
  const digest = hash('sha256', message(messages, offsets, sizes, index), 'buffer');
  digests.bytes.set(digest, digests.offset + index * digests.stride);
}
