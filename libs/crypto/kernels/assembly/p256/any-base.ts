// Multiples of a point a lane, in Jacobian coordinates: from the top digit on, double, and add an
// odd multiple from the lane's own small table. A sum that meets infinity, or the point that it
// adds, leaves Z = 0 in its lane for good (`point.ts`): `toAffineX` then finds it.

import { AFFINE_SIZE, ELEMENT_SIZE, JACOBIAN_SIZE, SELECTED } from './scratch';
import { ONE } from './constants';
import { copy, negate } from './field';
import { addPoints, doublePoints } from './affine';
import { addMixed, addMixedAgain, double } from './point';
import { toJacobian } from './fixed-base';
import { selectEntries, selectPoints, windowCount } from './windows';

/**
 * Completes tables of the odd multiples 1, 3, ... of a point, of which each of `groups` has
 * `multiples`; the point itself is there. `twice` has room for an affine point a group.
 */
export function oddMultiples(
  tables: usize, multiples: usize, groups: usize, twice: usize, products: usize,
): bool {
  const stride = <usize>multiples * AFFINE_SIZE;
  if (!doublePoints(twice, AFFINE_SIZE, tables, stride, groups, products)) return false;
  for (let m: usize = 1; m < multiples; m++) {
    const at = tables + m * AFFINE_SIZE;
    const added = addPoints(
      at, stride, at - AFFINE_SIZE, stride, twice, AFFINE_SIZE, groups, products,
    );
    if (!added) return false;
  }
  return true;
}

/**
 * into = k * P for one k and four points in each of `groups`. `schedule` holds k's digits, one a
 * byte, the top one (not 0) first: 0, or odd and at most 2 * multiples - 1 in size.
 */
export function multiplyByOne(
  into: usize, tables: usize, multiples: usize, schedule: usize, length: usize, groups: usize,
): void {
  for (let g: usize = 0; g < groups; g++) {
    toJacobian(into, selectMultiple(tables, load<i8>(schedule)));
    for (let i: usize = 1; i < length; i++) {
      double(into);
      const digit = load<i8>(schedule + i);
      if (digit != 0) addMixed(into, selectMultiple(tables, digit));
    }
    into += JACOBIAN_SIZE;
    tables += multiples * AFFINE_SIZE;
  }
}

/** The address of the odd multiple `digit`. */
function selectMultiple(table: usize, digit: i32): usize {
  const from = table + <usize>(abs(digit) >> 1) * AFFINE_SIZE;
  if (digit > 0) return from;
  copy(SELECTED, from);
  negate(SELECTED + ELEMENT_SIZE, from + ELEMENT_SIZE);
  return SELECTED;
}

/** into = k * P for four k and four P in each of `groups`; digits as `recode` leaves them. */
export function multiplyEach(
  into: usize, tables: usize, digits: usize, width: usize, groups: usize,
): void {
  const windows = windowCount(width);
  const last = digits + <usize>(windows - 1) * 16 * groups;
  for (let g: usize = 0; g < groups; g++) {
    let at = last + 16 * g;
    selectPoints(SELECTED, tables, at);
    toJacobian(into, SELECTED);
    for (let i: usize = 1; i < windows; i++) {
      at -= 16 * groups;
      for (let k: usize = 0; k < width; k++) double(into);
      selectPoints(SELECTED, tables, at);
      addMixed(into, SELECTED);
    }
    into += JACOBIAN_SIZE;
    tables += AFFINE_SIZE << (width - 1);
  }
}

/** jacobian = jacobian + affine, for sums that `multiplyEach` left. */
export function addToEach(jacobian: usize, affine: usize, groups: usize): void {
  for (let g: usize = 0; g < groups; g++) {
    addMixedAgain(jacobian, affine, ONE);
    jacobian += JACOBIAN_SIZE;
    affine += AFFINE_SIZE;
  }
}

/** The first point of each group's tables: entries of `keys` by their indexes, four a group. */
export function selectKeys(
  tables: usize, stride: usize, keys: usize, indexes: usize, groups: usize,
): void {
  for (let g: usize = 0; g < groups; g++) {
    selectEntries(tables + g * stride, keys, indexes + 16 * g);
  }
}
