// Multiples of one point: a comb. A table holds, for each window i, the odd multiples
// d 2^(w i) P with d < 2^w; k P is one entry from each window, added up in affine coordinates for
// all groups of a block at once.

import { AFFINE_SIZE, ELEMENT_SIZE, ENTRY_SIZE, JACOBIAN_SIZE } from './scratch';
import { HALF, ONE } from './constants';
import { add, copy } from './field';
import { addPoints, toAffine } from './affine';
import { copyLane } from './convert';
import { double } from './point';
import { selectEntries, storeEntries, windowCount } from './windows';

/**
 * into = scalar * P for four scalars in each of `groups`, given their digits and the table of P.
 * `selected` has room for an affine point, `products` for an element a group. Returns false, and
 * worthless results, where the sum so far met an entry with the same x.
 */
export function multiplyFixed(
  into: usize, table: usize, digits: usize, width: usize, groups: usize, selected: usize,
  products: usize,
): bool {
  const windows = windowCount(width);
  const tableSize = ENTRY_SIZE << (width - 1);
  for (let i: usize = 0; i < windows; i++) {
    const points = i == 0 ? into : selected;
    for (let g: usize = 0; g < groups; g++) {
      selectEntries(points + g * AFFINE_SIZE, table, digits);
      digits += 16;
    }
    table += tableSize;
    if (i == 0) continue;
    const added = addPoints(
      into, AFFINE_SIZE, into, AFFINE_SIZE, selected, AFFINE_SIZE, groups, products,
    );
    if (!added) return false;
  }
  return true;
}

/**
 * Writes the table of the point at `point`, the same one in all four lanes. Four windows at a time
 * are in lockstep; the set of odd multiples below 2^m doubles when 2^m is added to each of it.
 * Windows are rounded up to a multiple of 4; `work` has 2^(width-1) + width affine points,
 * the windows and `width` Jacobian ones, and 2^(width-2) + width elements.
 */
export function buildTable(table: usize, point: usize, width: usize, work: usize): bool {
  const windows = windowCount(width);
  const quartets = (windows + 3) / 4;
  const multiples: usize = 1 << (width - 1);
  const tableSize = ENTRY_SIZE << (width - 1);
  const powers = work + multiples * AFFINE_SIZE;
  const jacobian = powers + width * AFFINE_SIZE;
  const bases = jacobian + width * JACOBIAN_SIZE;
  const products = bases + 4 * quartets * JACOBIAN_SIZE;
  writeBases(bases, point, width, 4 * quartets);
  for (let j: usize = 0; j < quartets; j++) {
    for (let lane: usize = 0; lane < 4; lane++) {
      copyLane(jacobian + 4 * lane, bases + (4 * j + lane) * JACOBIAN_SIZE, JACOBIAN_SIZE);
    }
    for (let m: usize = 1; m < width; m++) {
      const at = jacobian + m * JACOBIAN_SIZE;
      copyJacobian(at, at - JACOBIAN_SIZE);
      double(at);
    }
    if (!toAffine(powers, jacobian, HALF, width, products)) return false;
    if (!addMultiples(work, powers, width, products)) return false;
    for (let i: usize = 0; i < multiples; i++) {
      storeEntries(table + i * ENTRY_SIZE, tableSize, work + i * AFFINE_SIZE);
    }
    table += 4 * tableSize;
  }
  return true;
}

/** 2^(width i) * point for each window i, Jacobian. */
function writeBases(bases: usize, point: usize, width: usize, windows: usize): void {
  toJacobian(bases, point);
  for (let i: usize = 1; i < windows; i++) {
    const at = bases + i * JACOBIAN_SIZE;
    copyJacobian(at, at - JACOBIAN_SIZE);
    for (let k: usize = 0; k < width; k++) double(at);
  }
}

/** The odd multiples below 2^width of powers[0], given all of powers[m] = 2^m powers[0]. */
function addMultiples(multiples: usize, powers: usize, width: usize, products: usize): bool {
  copyAffine(multiples, powers);
  for (let m: usize = 1; m < width; m++) {
    const count: usize = 1 << (m - 1);
    const more = multiples + count * AFFINE_SIZE;
    const power = powers + m * AFFINE_SIZE;
    const added = addPoints(
      more, AFFINE_SIZE, multiples, AFFINE_SIZE, power, 0, count, products,
    );
    if (!added) return false;
  }
  return true;
}

/** An affine point as (X, W = 2Y, Z = 1). */
export function toJacobian(into: usize, point: usize): void {
  copy(into, point);
  add(into + ELEMENT_SIZE, point + ELEMENT_SIZE, point + ELEMENT_SIZE);
  copy(into + 2 * ELEMENT_SIZE, ONE);
}

export function copyAffine(into: usize, from: usize): void {
  copy(into, from);
  copy(into + ELEMENT_SIZE, from + ELEMENT_SIZE);
}

function copyJacobian(into: usize, from: usize): void {
  copyAffine(into, from);
  copy(into + 2 * ELEMENT_SIZE, from + 2 * ELEMENT_SIZE);
}
