/**
 * Where things lie in the workbench's memory, for one shape of vectors. Two areas hold chunks of a
 * block; an area is at least as large as four vectors, which the prover works on in lockstep.
 */

import { proofTableLen, verifyTableLen } from './tables.ts';
import type { BlockShape } from './tables.ts';

/** Addresses and sizes in bytes. */
export interface MemoryMap {
  readonly vectorLen: number;
  readonly vectorSize: number;
  /** Vectors in a chunk, a multiple of 4. */
  readonly chunkCount: number;
  /** The two lie one after the other, see `blockTables`. */
  readonly verifyTables: number;
  readonly proofTables: number;
  readonly work: number;
  readonly area: number;
  readonly otherArea: number;
  readonly areaSize: number;
  /** A word for each vector of a chunk: r. */
  readonly points: number;
  /** Four words for each: f, g, h; whether r is unsafe. */
  readonly values: number;
  /** A byte for each: status, or whether it is canonical. */
  readonly flags: number;
  /** `dimension` words. */
  readonly sums: number;
  readonly end: number;
}

/** Both areas and the tables of usual shapes stay in a second-level cache. */
const CHUNK_SIZE = 64 * 1024;
/** Kernels may touch so much beyond the end of what they are given. */
const SLACK_SIZE = 64;
/** `verify.ts`: 20 powers of r and of r / v and two scales, for four reports. */
const CHAINS_SIZE = 16 * 42;

export function layOut({ dimension, sizeLog2 }: BlockShape): MemoryMap {
  const size = 2 ** sizeLog2;
  const vectorLen = dimension + 3 + size;
  const vectorSize = 4 * vectorLen;
  const areaSize = Math.max(CHUNK_SIZE, 4 * vectorSize);
  const chunkCount = Math.floor(areaSize / vectorSize / 4) * 4;
  let end = SLACK_SIZE;
  const place = (bytes: number): number => {
    const at = end;
    end += Math.ceil((bytes + SLACK_SIZE) / 64) * 64;
    return at;
  };
  const verifyTables = place(4 * (verifyTableLen(sizeLog2) + proofTableLen(sizeLog2)));
  return Object.freeze({
    vectorLen,
    vectorSize,
    chunkCount,
    areaSize,
    verifyTables,
    proofTables: verifyTables + 4 * verifyTableLen(sizeLog2),
    work: place(Math.max(16 * size, CHAINS_SIZE + 8 * size + 32)),
    area: place(areaSize),
    otherArea: place(areaSize),
    points: place(4 * chunkCount),
    values: place(16 * chunkCount),
    flags: place(chunkCount),
    sums: place(4 * dimension),
    end,
  });
}
