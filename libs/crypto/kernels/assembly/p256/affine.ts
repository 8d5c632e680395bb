// Affine points in batches: an addition is 5 products and a square, since the inversion that it
// needs is shared by all groups. Strides are in bytes. All return false, and worthless results,
// where some denominator is 0: two points with one x, or a point at infinity.

import { ELEMENT_SIZE, DENOMINATOR, INVERSE, JACOBIAN_SIZE } from './scratch';
import { ONE } from './constants';
import { add, copy, multiply, square, subtract } from './field';
import { giveInverse, invertWhole, takeDenominator } from './invert';
import { chord, tangent } from './point';

/** into = p + q for each of `groups`; `into` may be p or q. A stride of 0 adds one q to all. */
export function addPoints(
  into: usize, intoStride: usize, p: usize, pStride: usize, q: usize, qStride: usize,
  groups: usize, products: usize,
): bool {
  for (let g: usize = 0; g < groups; g++) {
    subtract(DENOMINATOR, q + g * qStride, p + g * pStride);
    takeDenominator(products, g);
  }
  if (!invertWhole(products, groups)) return false;
  for (let g: usize = groups; g-- > 0; ) {
    subtract(DENOMINATOR, q + g * qStride, p + g * pStride);
    giveInverse(products, g);
    chord(into + g * intoStride, p + g * pStride, q + g * qStride, INVERSE);
  }
  return true;
}

/** into = 2p for each of `groups`. */
export function doublePoints(
  into: usize, intoStride: usize, p: usize, pStride: usize, groups: usize, products: usize,
): bool {
  for (let g: usize = 0; g < groups; g++) {
    const y = p + g * pStride + ELEMENT_SIZE;
    add(DENOMINATOR, y, y);
    takeDenominator(products, g);
  }
  if (!invertWhole(products, groups)) return false;
  for (let g: usize = groups; g-- > 0; ) {
    const y = p + g * pStride + ELEMENT_SIZE;
    add(DENOMINATOR, y, y);
    giveInverse(products, g);
    tangent(into + g * intoStride, p + g * pStride, INVERSE, ONE);
  }
  return true;
}

/** x = X / Z^2 of Jacobian points, an element for each of `groups`. */
export function toAffineX(x: usize, jacobian: usize, groups: usize, products: usize): bool {
  if (!takeZ(jacobian, groups, products)) return false;
  for (let g: usize = groups; g-- > 0; ) {
    const p = jacobian + g * JACOBIAN_SIZE;
    copy(DENOMINATOR, p + 2 * ELEMENT_SIZE);
    giveInverse(products, g);
    square(INVERSE, INVERSE);
    multiply(x + g * ELEMENT_SIZE, p, INVERSE);
  }
  return true;
}

/** x = X / Z^2, y = W / 2Z^3 of Jacobian points; `half` is 1/2. */
export function toAffine(
  into: usize, jacobian: usize, half: usize, groups: usize, products: usize,
): bool {
  if (!takeZ(jacobian, groups, products)) return false;
  for (let g: usize = groups; g-- > 0; ) {
    const p = jacobian + g * JACOBIAN_SIZE;
    const x = into + g * 2 * ELEMENT_SIZE;
    const y = x + ELEMENT_SIZE;
    copy(DENOMINATOR, p + 2 * ELEMENT_SIZE);
    giveInverse(products, g);
    square(x, INVERSE);
    multiply(y, x, INVERSE);
    multiply(y, y, half);
    multiply(y, y, p + ELEMENT_SIZE);
    multiply(x, x, p);
  }
  return true;
}

function takeZ(jacobian: usize, groups: usize, products: usize): bool {
  for (let g: usize = 0; g < groups; g++) {
    copy(DENOMINATOR, jacobian + g * JACOBIAN_SIZE + 2 * ELEMENT_SIZE);
    takeDenominator(products, g);
  }
  return invertWhole(products, groups);
}
