// Where the P-256 kernels keep what lives no longer than one call: the static range
// [1 KiB, 48 KiB), below the compiler's constants. And the sizes that all of them go by.

/** An element of four lanes: 20 digits of 16 bits each. */
export const ELEMENT_SIZE: usize = 160;
/** An affine point of four lanes, x then y; a Jacobian one, X, W = 2Y, Z. */
export const AFFINE_SIZE: usize = 2 * ELEMENT_SIZE;
export const JACOBIAN_SIZE: usize = 3 * ELEMENT_SIZE;
/** An affine point of one lane, as tables hold it. */
export const ENTRY_SIZE: usize = 80;

const BASE: usize = 1024;

/** Field: 21 vectors of digit pairs, 39 columns. */
export const PAIRS: usize = BASE;
export const COLUMNS: usize = PAIRS + 21 * 16;
/** Point formulas: at most 20 elements. */
export const TEMPORARIES: usize = COLUMNS + 40 * 16;
/** One inversion. */
export const POWERS: usize = TEMPORARIES + 20 * ELEMENT_SIZE;
/** A batch of inversions: the running inverse, one of the batch, one denominator. */
export const RUNNING: usize = POWERS + 8 * ELEMENT_SIZE;
export const INVERSE: usize = RUNNING + ELEMENT_SIZE;
export const DENOMINATOR: usize = INVERSE + ELEMENT_SIZE;
/** Bytes in and out: an element, and a number of 256 bits. */
export const CONVERTED: usize = DENOMINATOR + ELEMENT_SIZE;
export const NUMBER: usize = CONVERTED + ELEMENT_SIZE;
/** Multiplications: a table entry for each lane. */
export const SELECTED: usize = NUMBER + 64;
/** Additions: the other point, and the sum. */
export const OTHER: usize = SELECTED + AFFINE_SIZE;
export const SUM: usize = OTHER + AFFINE_SIZE;
/** A sum that runs on, Jacobian, and the four equal words that select a point for all lanes. */
export const TOTAL: usize = SUM + AFFINE_SIZE;
export const WORDS: usize = TOTAL + JACOBIAN_SIZE;
