/**
 * Many ECDSA signatures verified by one sum. A signature is valid if u1 G + u2 Q = R for a point R
 * whose x mod n is r. Where a signer chooses R with an even y, as `sign` does, r tells R, and
 *
 *   sum of w (u1 G + u2 Q - R) over all signatures
 *
 * is infinity if all are valid; with weights w that nobody can choose signatures against, it is not
 * if one is invalid, but with a probability of 2^-128. The sum costs a fraction of the u2 Q alone.
 *
 * What is said to be valid is so. What is not may be valid still, and is to be verified alone: one
 * forgery spoils its sum, another signer's R may have an odd y, x may be r + n, and additions may
 * meet an exception.
 *
 * Sources: Naccache, M'Raihi, Vaudenay, Raphaeli, "Can D.S.A. be improved?" (1994); Karati, Das,
 * Roychowdhury, Bellur, Bhattacharya, Iyer, "Batch verification of ECDSA signatures" (2012);
 * Bellare, Garay, Rabin, "Fast batch verification for modular exponentiation and digital
 * signatures" (1998), for the weights.
 */

import { SCALAR_SIZE } from '../backend.ts';
import type { Strided } from '../backend.ts';
import { copyBytes } from '../bytes.ts';
import type { KernelInstance } from './instance.ts';
import type { PointKeys } from './point-keys.ts';
import { createSumAreas, FIRST_FREE, FIRST_POINT, SHORT_BITS, windowWidth } from './sum-areas.ts';
import type { SumAreas } from './sum-areas.ts';
import { WEIGHT_SIZE } from './weights.ts';
import type { DrawWeights } from './weights.ts';
import { CHUNK_COUNT, ENTRY_SIZE } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** Signatures from which on a sum is cheaper than each alone; for very few it is not tried. */
export const TOGETHER_COUNT_MIN = 4;
/**
 * Signatures that are tried together once more where those of a chunk were not all valid, so that
 * one forgery is paid for by its piece. What fails again is verified alone.
 */
export const PIECE_COUNT = 64;

/** At most `CHUNK_COUNT` slots. */
export interface TogetherBlock {
  readonly count: number;
  readonly digests: Strided;
  /** r || s, both found to be in [1, n-1]. */
  readonly signatures: Strided;
  /** e / s and r / s, 32 bytes each. */
  readonly u1: Strided;
  readonly u2: Strided;
  readonly keys: PointKeys;
  readonly keyIndex: Int32Array | Uint32Array;
  /** Slots whose status is not 0 are skipped. */
  readonly status: Uint8Array;
  /** Written into `status` where the signature is valid. */
  readonly valid: number;
}

/** Verifies what it can, and returns how many signatures that are. */
export type VerifyTogether = (block: TogetherBlock) => number;

interface Together {
  readonly kernels: KernelInstance;
  readonly workspace: Workspace;
  readonly areas: SumAreas;
  readonly drawWeights: DrawWeights;
  readonly weights: Uint8Array;
  readonly slots: Uint32Array;
  readonly distinct: Uint32Array;
}

export function createVerifyTogether(
  kernels: KernelInstance,
  workspace: Workspace,
  generator: Uint8Array,
  drawWeights: DrawWeights,
): VerifyTogether {
  const together: Together = {
    kernels,
    workspace,
    areas: createSumAreas(kernels, workspace, generator),
    drawWeights,
    weights: new Uint8Array(CHUNK_COUNT * WEIGHT_SIZE),
    slots: new Uint32Array(CHUNK_COUNT),
    distinct: new Uint32Array(CHUNK_COUNT),
  };
  return (block) => verifyTogether(together, block);
}

function verifyTogether(together: Together, block: TogetherBlock): number {
  const { keys, keyIndex, status } = block;
  let count = 0;
  for (let i = 0; i < block.count; i++) {
    if (status[i] === 0 && keys.has(keyIndex[i]!)) together.slots[count++] = i;
  }
  const open = together.slots.subarray(0, count);
  // One key for all, an authority's, is better served by a table of its multiples.
  if (count < TOGETHER_COUNT_MIN || keys.isOne(keyIndex, open)) return 0;
  const slots = open.subarray(0, recoverPoints(together, block, open));
  const verify = (some: Uint32Array, first: number): number => {
    if (!sumVanishes(together, block, some, first)) return 0;
    for (const i of some) status[i] = block.valid;
    return some.length;
  };
  const all = verify(slots, 0);
  if (all > 0 || slots.length <= PIECE_COUNT) return all;
  let verified = 0;
  for (let first = 0; first < slots.length; first += PIECE_COUNT) {
    verified += verify(slots.subarray(first, first + PIECE_COUNT), first);
  }
  return verified;
}

/**
 * Makes the points that are added, -R for positive weights and R for negative ones, and puts them
 * and their weights in their areas. Slots whose r is no x of a point are taken out of `slots`;
 * returns how many are left.
 */
function recoverPoints(together: Together, block: TogetherBlock, slots: Uint32Array): number {
  const { kernels, workspace, areas, weights } = together;
  together.drawWeights(block, slots, weights);
  const groups = Math.ceil(slots.length / 4);
  const parities = workspace.view(areas.parities, 4 * groups);
  for (let at = 0; at < slots.length; at++) {
    // The lowest bit is the sign of an odd weight. R has an even y, and -R an odd one.
    parities[at] = weights[(at + 1) * WEIGHT_SIZE - 1]! & 1;
  }
  workspace.stage(areas.xs, block.signatures, slots, SCALAR_SIZE);
  const { exports, memory } = kernels;
  exports.recoverPoints(areas.points, areas.xs, areas.parities, groups, areas.recovered);
  const recovered = workspace.view(areas.recovered, slots.length);
  const bytes = new Uint8Array(memory.buffer);
  let kept = 0;
  for (let at = 0; at < slots.length; at++) {
    if (recovered[at] === 0) continue;
    const magnitude = areas.weights + (kept + 1) * SCALAR_SIZE - WEIGHT_SIZE;
    copyBytes(WEIGHT_SIZE, weights, at * WEIGHT_SIZE, bytes, magnitude);
    bytes[magnitude + WEIGHT_SIZE - 1]! |= 1;
    if (kept < at) {
      const entry = areas.points + at * ENTRY_SIZE;
      bytes.copyWithin(areas.points + kept * ENTRY_SIZE, entry, entry + ENTRY_SIZE);
      parities[kept] = parities[at]!;
      slots[kept] = slots[at]!;
    }
    kept++;
  }
  return kept;
}

/** Whether the sum over the given slots, whose points begin with number `first`, is infinity. */
function sumVanishes(
  { kernels, workspace, areas, distinct }: Together,
  block: TogetherBlock,
  slots: Uint32Array,
  first: number,
): boolean {
  const { exports, memory } = kernels;
  const count = slots.length;
  const weights = areas.weights + first * SCALAR_SIZE;
  const owners = new Uint32Array(memory.buffer, areas.owners, count);
  const keyCount = block.keys.enumerate(block.keyIndex, slots, distinct, owners, 1);
  const bytes = new Uint8Array(memory.buffer);
  for (let k = 0; k < keyCount; k++) {
    block.keys.copyEntry(distinct[k]!, bytes, areas.entries + (1 + k) * ENTRY_SIZE);
  }
  // The base point is the first of those with long scalars.
  const longCount = 1 + keyCount;
  workspace.stage(areas.u1, block.u1, slots, SCALAR_SIZE);
  workspace.stage(areas.u2, block.u2, slots, SCALAR_SIZE);
  exports.weighScalars(
    count,
    weights,
    areas.parities + first,
    areas.u1,
    areas.u2,
    areas.owners,
    areas.scalars,
    longCount,
    areas.sums,
  );
  const width = windowWidth(longCount, count);
  exports.recode(areas.longDigits, areas.scalars, longCount, width);
  exports.recodeShort(areas.shortDigits, weights, count, width, SHORT_BITS);
  const vanishes = exports.sumVanishes(
    areas.entries,
    areas.longDigits,
    longCount,
    areas.shortDigits,
    count,
    SHORT_BITS,
    FIRST_POINT + first,
    FIRST_FREE,
    width,
    areas.lists,
    areas.words,
    areas.pairs,
    areas.products,
  );
  return vanishes !== 0;
}
