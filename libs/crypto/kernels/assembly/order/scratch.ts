/** Where the kernels modulo n keep what they work on: [40 KiB, 48 KiB) is theirs. */

const START: usize = 40 * 1024;
/** Room for an element and then some. */
const PLACE_SIZE: usize = 64;

/** Of an open batch. */
export const PRODUCT = START;
export const INVERSE = START + PLACE_SIZE;

/** Elements of one slot. */
export const FIRST = START + 2 * PLACE_SIZE;
export const SECOND = START + 3 * PLACE_SIZE;
export const THIRD = START + 4 * PLACE_SIZE;
export const FOURTH = START + 5 * PLACE_SIZE;
