// Points as parties exchange them (65 bytes, 0x04 || X || Y, big-endian) to elements in Montgomery
// form and back, four at a time, with the checks that a stranger's point needs (SEC 1 v2 section
// 3.2.2.1; the cofactor is 1).

import { AFFINE_SIZE, CONVERTED, ELEMENT_SIZE } from './scratch';
import { B, GENERATOR, PLAIN_ONE, R_SQUARED, THREE } from './constants';
import { multiply } from './field';
import { curveDefect } from './point';
import { isBelowP, isZeroNumber, readCanonical, readNumber } from './number';
import { writeDigits, writeNumber } from './number';

const LANE_COUNT: usize = 4;

/**
 * Reads four points for each group, `stride` bytes apart. A byte for each in `valid` is 1 where it
 * is a point of the curve, else 0 and the base point in its place, so that what is done with the
 * other lanes meets nothing unusual.
 */
export function importPoints(
  into: usize, points: usize, stride: usize, groups: usize, valid: usize,
): void {
  for (let g: usize = 0; g < groups; g++) {
    for (let lane: usize = 0; lane < LANE_COUNT; lane++) {
      store<u8>(valid + lane, <u8>readPoint(into + 4 * lane, points + lane * stride));
    }
    toMontgomery(into);
    curveDefect(CONVERTED, into, THREE, B);
    const onCurve = zeroLanes(CONVERTED);
    for (let lane: usize = 0; lane < LANE_COUNT; lane++) {
      if (load<u8>(valid + lane) && (onCurve >> <u32>lane) & 1) continue;
      store<u8>(valid + lane, 0);
      copyLane(into + 4 * lane, GENERATOR, AFFINE_SIZE);
    }
    into += AFFINE_SIZE;
    points += LANE_COUNT * stride;
    valid += LANE_COUNT;
  }
}

/** One point into all lanes; returns whether it is one of the curve. */
export function importPoint(into: usize, point: usize): bool {
  if (!readPoint(into, point)) return false;
  for (let at: usize = 0; at < AFFINE_SIZE; at += 16) {
    v128.store(into + at, v128.load32_splat(into + at));
  }
  toMontgomery(into);
  curveDefect(CONVERTED, into, THREE, B);
  multiply(CONVERTED, CONVERTED, PLAIN_ONE);
  readCanonical(CONVERTED);
  return isZeroNumber();
}

function toMontgomery(point: usize): void {
  multiply(point, point, R_SQUARED);
  multiply(point + ELEMENT_SIZE, point + ELEMENT_SIZE, R_SQUARED);
}

/** Whether it is uncompressed, with coordinates below p, which are then put into the lane. */
function readPoint(lane: usize, point: usize): bool {
  if (load<u8>(point) != 4) return false;
  readNumber(point + 1);
  const below = isBelowP();
  writeDigits(lane);
  readNumber(point + 33);
  writeDigits(lane + ELEMENT_SIZE);
  return below && isBelowP();
}

/** Writes one coordinate of four points for each group, 32 bytes at every `stride`. */
export function exportElements(
  bytes: usize, stride: usize, elements: usize, elementStride: usize, groups: usize,
): void {
  for (let g: usize = 0; g < groups; g++) {
    multiply(CONVERTED, elements, PLAIN_ONE);
    for (let lane: usize = 0; lane < LANE_COUNT; lane++) {
      readCanonical(CONVERTED + 4 * lane);
      writeNumber(bytes);
      bytes += stride;
    }
    elements += elementStride;
  }
}

/** A bit for each lane of an element, or a sum of two, that is congruent to 0. */
export function zeroLanes(element: usize): u32 {
  multiply(CONVERTED, element, PLAIN_ONE);
  let lanes: u32 = 0;
  for (let lane: usize = 0; lane < LANE_COUNT; lane++) {
    readCanonical(CONVERTED + 4 * lane);
    lanes |= <u32>isZeroNumber() << <u32>lane;
  }
  return lanes;
}

/** One lane from the same lane (or, by the address, another) of other elements. */
export function copyLane(into: usize, from: usize, size: usize): void {
  for (let at: usize = 0; at < size; at += 16) store<u32>(into + at, load<u32>(from + at));
}
