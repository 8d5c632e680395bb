/**
 * The constants that the kernels read, for n = 2^sizeLog2: powers of roots of unity in the order in
 * which the kernels meet them. "Montgomery form" is the element times R = 2^32 mod p, with which a
 * kernel's product of two words, a * b / R, is that of the elements.
 */

import { MODULUS, inv, mul, pow, rootOfUnity } from '../field-prio2/arithmetic.ts';
import { createRootTable } from '../field-prio2/root-table.ts';

const R = 2 ** 32 - MODULUS;
const R_SQUARED = mul(R, R);

export interface BlockShape {
  readonly dimension: number;
  /** 1..19, with n = 2^sizeLog2 > dimension. */
  readonly sizeLog2: number;
}

/** How a proof follows from f at the odd 2n-th roots; see `BlockKernels.prove`. */
export interface ProofConstants {
  /** n elements: offset_j. */
  readonly offsets: Uint32Array;
  /** n elements: slope_j. */
  readonly slopes: Uint32Array;
}

/** All tables, those of `verify` first. */
export function blockTables(sizeLog2: number, constants: ProofConstants): Uint32Array {
  const tables = new Uint32Array(verifyTableLen(sizeLog2) + proofTableLen(sizeLog2));
  tables.set(verifyTables(sizeLog2), 0);
  tables.set(proofTables(sizeLog2, constants), verifyTableLen(sizeLog2));
  return tables;
}

/**
 * What `prove` reads: n/2 twiddles of the inverse transform, n of the forward one (index 0 unused),
 * n pairs (offset, slope), and two constants; `kernels/assembly/prove.ts` says why scaled so.
 */
function proofTables(sizeLog2: number, { offsets, slopes }: ProofConstants): Uint32Array {
  const size = 2 ** sizeLog2;
  const sizeInverse = inv(size);
  const offsetScale = mul(R, sizeInverse);
  const slopeScale = mul(R_SQUARED, sizeInverse);
  const table = new Uint32Array(proofTableLen(sizeLog2));
  table.set(reversedPowers(sizeLog2), 0);
  table.set(oddPowers(sizeLog2), size / 2);
  let at = 1.5 * size;
  for (let j = 0; j < size; j++) {
    table[at++] = mul(offsets[j]!, offsetScale);
    table[at++] = mul(slopes[j]!, slopeScale);
  }
  table[at++] = R_SQUARED;
  table[at] = mul(R_SQUARED, mul(sizeInverse, sizeInverse));
  return table;
}

export function proofTableLen(sizeLog2: number): number {
  return 3.5 * 2 ** sizeLog2 + 2;
}

/** w^-bitrev(b), b < n/2, in Montgomery form, w the principal n-th root. */
function reversedPowers(sizeLog2: number): Uint32Array {
  const powers = new Uint32Array(2 ** (sizeLog2 - 1));
  powers[0] = R;
  // With m = 2^k, b < m: bitrev(m + b) is bitrev(b) with the k-th place from above set.
  for (let m = 1; m < powers.length; m *= 2) {
    const factor = inv(pow(rootOfUnity(sizeLog2), powers.length / (2 * m)));
    for (let b = 0; b < m; b++) powers[m + b] = mul(powers[b]!, factor);
  }
  return powers;
}

/** At m + j, for m = 1, 2, 4..., j < m: (v * w^j)^(n / 2m) = w_4m^(1 + 2j), in Montgomery form. */
function oddPowers(sizeLog2: number): Uint32Array {
  const powers = new Uint32Array(2 ** sizeLog2);
  for (let log2 = 0; log2 < sizeLog2; log2++) {
    const m = 2 ** log2;
    const root = rootOfUnity(log2 + 2);
    const step = mul(root, root);
    for (let j = 0, power = mul(root, R); j < m; j++, power = mul(power, step)) {
      powers[m + j] = power;
    }
  }
  return powers;
}

/**
 * What `verify` reads: n words w_2m^-i at m + i, then R^2, R/n, R/2n, R/2, then v^-(2^k) for each
 * k < sizeLog2, in Montgomery form; v is the principal 2n-th root.
 */
function verifyTables(sizeLog2: number): Uint32Array {
  const size = 2 ** sizeLog2;
  const table = new Uint32Array(verifyTableLen(sizeLog2));
  createRootTable(sizeLog2, 'inverse').powers.forEach((power, i) => (table[i] = mul(power, R)));
  const half = inv(2);
  const scale = mul(R, inv(size));
  table.set([R_SQUARED, scale, mul(scale, half), mul(R, half)], size);
  for (let k = 0; k < sizeLog2; k++) {
    table[size + 4 + k] = mul(inv(rootOfUnity(sizeLog2 + 1 - k)), R);
  }
  return table;
}

export function verifyTableLen(sizeLog2: number): number {
  return 2 ** sizeLog2 + 4 + sizeLog2;
}
