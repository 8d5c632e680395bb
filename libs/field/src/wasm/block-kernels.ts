/**
 * The kernels on blocks of reports. A block is `count` vectors one after another in a Uint32Array;
 * a vector is data (`dimension` elements), f0, g0, h0, packed h (n = 2^sizeLog2 elements), the
 * layout of Prio v2 (ENPA section 3.1). Blocks pass through the workbench in chunks that fit the
 * processor's second-level cache: copied in whole, worked on, copied out whole.
 *
 * Elements are canonical going in and out. That arrays hold what their counts say, the caller has
 * checked. Slots whose status is not 0 are left as they were.
 */

import { threadWorkbench } from './instance.ts';
import { layOut } from './memory-map.ts';
import { drawLonger, wordsToDraw } from './random-elements.ts';
import type { ByteItems, FillRandom } from './random-elements.ts';
import { blockTables } from './tables.ts';
import type { BlockShape, ProofConstants } from './tables.ts';

export interface VerifyBlock {
  /** Whether the sum of the basis over the data is taken off g. */
  readonly leader: boolean;
  readonly count: number;
  /** Vectors. */
  readonly shares: Uint32Array;
  /** r of each slot. */
  readonly points: Uint32Array;
  /** Receives f(r), g(r), h(r) of each slot. */
  readonly out: Uint32Array;
  readonly status: Uint8Array;
  /** Written into `status` where r is no element or r^2n = 1. */
  readonly failure: number;
}

/** Not re-entrant: all of a thread's kernels work in one memory. */
export interface BlockKernels {
  /**
   * Completes vectors whose data, f0 and g0 are set. With f the polynomial that takes f0, data,
   * 0... at the n-th roots of unity: h0 = f0 g0, and at the j-th odd 2n-th root,
   * packed_j = f_j (f_j + offset_j + (g0 - f0) slope_j).
   */
  prove(count: number, vectors: Uint32Array): void;
  /** Vectors of random elements: little-endian words, those of p or more skipped. */
  expand(count: number, fill: FillRandom, out: Uint32Array, status: Uint8Array): void;
  /** Writes vectors - shares as little-endian bytes. */
  split(count: number, vectors: Uint32Array, shares: Uint32Array, out: ByteItems): void;
  /** Reads such bytes; a slot that has a word of p or more gets the status `failure`. */
  decode(
    count: number,
    items: ByteItems,
    out: Uint32Array,
    status: Uint8Array,
    failure: number,
  ): void;
  /**
   * f, g, h at r from shares, L_i the Lagrange basis on the n-th roots and M_k that on the 2n-th:
   * f = f0 L_0 + sum data_i L_i, g = f + (g0 - f0) L_0 - [leader] sum L_i,
   * h = h0 M_0 + sum packed_j M_(2j+1).
   */
  verify(block: VerifyBlock): void;
  /** Adds the data of the vectors with status 0 into `sum`. */
  aggregate(count: number, vectors: Uint32Array, status: Uint8Array, sum: Uint32Array): void;
}

/** @param constants n elements each, n = 2^sizeLog2 */
export function createBlockKernels(shape: BlockShape, constants: ProofConstants): BlockKernels {
  const { dimension, sizeLog2 } = shape;
  const bench = threadWorkbench();
  const map = layOut(shape);
  const { vectorLen, vectorSize, area, otherArea, flags, sums, values } = map;
  const tables = blockTables(sizeLog2, constants);
  const randomSize = 4 * wordsToDraw(vectorLen);
  const randomCount = Math.min(map.chunkCount, Math.floor(map.areaSize / randomSize));
  bench.reserve(map.end);
  const { kernels } = bench;

  const eachChunk = (
    count: number,
    chunkCount: number,
    visit: (from: number, to: number) => void,
  ): void => {
    bench.claim(tables, map.verifyTables);
    for (let from = 0; from < count; from += chunkCount) {
      visit(from, Math.min(count, from + chunkCount));
    }
  };
  /** Vectors from..to - 1 of a block into an area. */
  const bring = (block: Uint32Array, from: number, to: number, at: number): void => {
    bench.words.set(block.subarray(from * vectorLen, to * vectorLen), at / 4);
  };
  /** The vectors of an area back to where they belong in a block, or a run of them. */
  const take = (block: Uint32Array, at: number, from: number, to: number): void => {
    const words = bench.words.subarray(at / 4, at / 4 + (to - from) * vectorLen);
    block.set(words, from * vectorLen);
  };
  const takeLive = (block: Uint32Array, from: number, to: number, status: Uint8Array): void => {
    forEachRun(status, from, to, (first, last) =>
      take(block, area + (first - from) * vectorSize, first, last),
    );
  };
  const runVerify = (count: number, leader: boolean): void => {
    const { points, verifyTables, work } = map;
    const sign = leader ? 1 : 0;
    kernels.verify(area, count, dimension, sizeLog2, sign, points, values, verifyTables, work);
  };

  return Object.freeze({
    prove(count, vectors) {
      eachChunk(count, map.chunkCount, (from, to) => {
        bring(vectors, from, to, area);
        kernels.prove(area, to - from, dimension, sizeLog2, map.proofTables, map.work);
        take(vectors, area, from, to);
      });
    },

    expand(count, fill, out, status) {
      eachChunk(count, randomCount, (from, to) => {
        fill(from, to - from, randomSize, { bytes: bench.bytes, offset: area, stride: randomSize });
        let slot = 0;
        const takeFrom = (): number =>
          kernels.takeElements(area, randomSize, randomSize, slot, to - from, vectorLen);
        while ((slot = takeFrom()) < to - from) {
          const elements = drawLonger(fill, from + slot, 2 * randomSize, vectorLen);
          bench.words.set(elements, area / 4 + slot * vectorLen);
          slot++;
        }
        takeLive(out, from, to, status);
      });
    },

    split(count, vectors, shares, out) {
      eachChunk(count, map.chunkCount, (from, to) => {
        bring(vectors, from, to, area);
        bring(shares, from, to, otherArea);
        kernels.subtractFrom(otherArea, area, (to - from) * vectorLen);
        writeItems(bench.bytes, otherArea, vectorSize, from, to, out);
      });
    },

    decode(count, { bytes, offset, stride }, out, status, failure) {
      const fitting = Math.floor((map.areaSize - vectorSize) / stride) + 1;
      eachChunk(count, Math.max(1, Math.min(map.chunkCount, fitting)), (from, to) => {
        const start = offset + from * stride;
        const end = offset + (to - 1) * stride + vectorSize;
        bench.bytes.set(bytes.subarray(start, end), otherArea);
        kernels.copyChecked(area, otherArea, stride, to - from, vectorLen, flags);
        for (let i = from; i < to; i++) {
          if (status[i] === 0 && bench.bytes[flags + i - from] !== 0) status[i] = failure;
        }
        takeLive(out, from, to, status);
      });
    },

    verify({ leader, count, shares, points, out, status, failure }) {
      eachChunk(count, map.chunkCount, (from, to) => {
        bring(shares, from, to, area);
        bench.words.set(points.subarray(from, to), map.points / 4);
        runVerify(to - from, leader);
        const { words } = bench;
        const unsafes = values / 4 + 3 * (to - from);
        for (let i = from, at = values / 4; i < to; i++, at += 3) {
          if (status[i] !== 0) continue;
          if (words[unsafes + i - from] !== 0) status[i] = failure;
          else for (let k = 0; k < 3; k++) out[3 * i + k] = words[at + k]!;
        }
      });
    },

    aggregate(count, vectors, status, sum) {
      bench.claim(tables, map.verifyTables);
      bench.words.set(sum.subarray(0, dimension), sums / 4);
      eachChunk(count, map.chunkCount, (from, to) => {
        bring(vectors, from, to, area);
        bench.bytes.set(status.subarray(from, to), flags);
        kernels.accumulate(sums, area, vectorSize, to - from, dimension, flags);
      });
      kernels.makeCanonical(sums, dimension);
      sum.set(bench.words.subarray(sums / 4, sums / 4 + dimension));
    },
  } satisfies BlockKernels);
}

/** The maximal runs of slots from..to - 1 whose status is 0. */
function forEachRun(
  status: Uint8Array,
  from: number,
  to: number,
  visit: (first: number, end: number) => void,
): void {
  for (let i = from; i < to;) {
    const first = i;
    while (i < to && status[i] === 0) i++;
    if (i > first) visit(first, i);
    while (i < to && status[i] !== 0) i++;
  }
}

/** Items that lie together at `at` go to their places in `out`, at once where those do too. */
function writeItems(
  memory: Uint8Array,
  at: number,
  size: number,
  from: number,
  to: number,
  { bytes, offset, stride }: ByteItems,
): void {
  const step = stride === size ? to - from : 1;
  for (let i = from; i < to; i += step) {
    const start = at + (i - from) * size;
    bytes.set(memory.subarray(start, start + step * size), offset + i * stride);
  }
}
