// Points from their x coordinates: y is a square root of x^3 - 3x + b, and which of the two is
// asked for by its last bit (SEC 1 v2 section 2.3.4). p = 3 mod 4, so that a root of a is
// a^((p+1)/4), if a has one.

import { AFFINE_SIZE, CONVERTED, ELEMENT_SIZE, ENTRY_SIZE, NUMBER, POWERS } from './scratch';
import { SELECTED, SUM } from './scratch';
import { B, GENERATOR, ONE, PLAIN_ONE, R_SQUARED, THREE } from './constants';
import { copyLane, zeroLanes } from './convert';
import { copy, multiply } from './field';
import { raise } from './invert';
import { readCanonical, readNumber, writeDigits } from './number';
import { curveDefect } from './point';
import { storeEntries } from './windows';

const LANE_COUNT: usize = 4;

/**
 * entries = four points for each of `groups`, with the x coordinates at `xs`, 32 bytes each and
 * below p, and y of the parity at `parities`, a byte each. A byte for each in `valid` is 1, or 0
 * where the curve has no such point and the entry is the base point.
 */
export function recoverPoints(
  entries: usize, xs: usize, parities: usize, groups: usize, valid: usize,
): void {
  const x = SELECTED;
  const y = SELECTED + ELEMENT_SIZE;
  for (let g: usize = 0; g < groups; g++) {
    for (let lane: usize = 0; lane < LANE_COUNT; lane++) {
      readNumber(xs + 32 * lane);
      writeDigits(x + 4 * lane);
    }
    multiply(x, x, R_SQUARED);
    memory.fill(y, 0, ELEMENT_SIZE);
    curveDefect(SUM, SELECTED, THREE, B);
    multiply(SUM, SUM, ONE);
    squareRoot(y, SUM);
    curveDefect(CONVERTED, SELECTED, THREE, B);
    const onCurve = zeroLanes(CONVERTED);
    multiply(CONVERTED, y, PLAIN_ONE);
    for (let lane: usize = 0; lane < LANE_COUNT; lane++) {
      const found = (onCurve >> <u32>lane) & 1;
      store<u8>(valid + lane, <u8>found);
      readCanonical(CONVERTED + 4 * lane);
      if (!found) copyLane(x + 4 * lane, GENERATOR, AFFINE_SIZE);
      else if (<u8>(load<u8>(NUMBER) & 1) != load<u8>(parities + lane)) negateLane(y + 4 * lane);
    }
    storeEntries(entries, ENTRY_SIZE, SELECTED);
    entries += LANE_COUNT * ENTRY_SIZE;
    xs += 32 * LANE_COUNT;
    parities += LANE_COUNT;
    valid += LANE_COUNT;
  }
}

/**
 * into = a^((p+1)/4), times 1 in the end for the bounds of a coordinate. The exponent in binary is
 * 32 ones, 31 zeros, a one, 95 zeros, a one, 94 zeros; x<n> is a to the power of n ones.
 */
function squareRoot(into: usize, a: usize): void {
  const x1 = POWERS;
  const x2 = POWERS + ELEMENT_SIZE;
  const x4 = POWERS + 2 * ELEMENT_SIZE;
  const x8 = POWERS + 3 * ELEMENT_SIZE;
  const x16 = POWERS + 4 * ELEMENT_SIZE;
  const t = POWERS + 6 * ELEMENT_SIZE;
  copy(x1, a);
  raise(x2, x1, 1, x1);
  raise(x4, x2, 2, x2);
  raise(x8, x4, 4, x4);
  raise(x16, x8, 8, x8);
  raise(t, x16, 16, x16);
  raise(t, t, 32, x1);
  raise(t, t, 96, x1);
  raise(into, t, 94, ONE);
}

/** The lane of an element, in 16-bit digits. */
function negateLane(lane: usize): void {
  for (let at: usize = 0; at < ELEMENT_SIZE; at += 16) {
    store<i16>(lane + at, -load<i16>(lane + at));
    store<i16>(lane + at, -load<i16>(lane + at, 2), 2);
  }
}
