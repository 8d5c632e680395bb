/**
 * Inverses of many elements for the price of one inversion and three products each (Montgomery,
 * "Speeding the Pollard and elliptic curve methods of factorization", 1987, section 10.3.1).
 *
 * Each element is included in a product that runs on, and what the product was before is kept. The
 * whole product is inverted; then elements are released in reverse order: the inverse of a product
 * times what it was before an element is that element's inverse, and times the element, the inverse
 * of the product before it.
 *
 * No element may be 0 mod n: it would make all the inverses 0.
 */

import { ELEMENT_SIZE, invert, mul, ONE } from './scalar';
import { INVERSE, PRODUCT } from './scratch';

/** Opens a batch. Any start but 0 would do: it cancels out. */
export function openBatch(): void {
  memory.copy(PRODUCT, ONE, ELEMENT_SIZE);
}

/** Includes an element; `before` is kept for its release. */
export function include(element: usize, before: usize): void {
  memory.copy(before, PRODUCT, ELEMENT_SIZE);
  mul(PRODUCT, PRODUCT, element);
}

/** Comes between the last `include` and the first `release`. */
export function turnBatch(): void {
  invert(INVERSE, PRODUCT);
}

/** out = R^2 / element: products see element / R, and its inverse R / element. Not in place. */
export function release(out: usize, element: usize, before: usize): void {
  mul(out, INVERSE, before);
  mul(INVERSE, INVERSE, element);
}
