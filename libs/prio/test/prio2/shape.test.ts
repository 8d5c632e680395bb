/** Sizes by number of bins: the table of ENPA section 3.5, and the ends of the range. */

import { expect, test } from 'vitest';

import { MAX_DIMENSION, PrioError, createPrio2, prio2Shape } from '../../src/index.ts';

// bins, n, L, bytes of the leader's plaintext share
test.each([
  [1, 2, 6, 24],
  [5, 8, 16, 64],
  [6, 8, 17, 68],
  [9, 16, 28, 112],
  [10, 16, 29, 116],
  [15, 16, 34, 136],
  [16, 32, 51, 204],
  [20, 32, 55, 220],
  [48, 64, 115, 460],
  [512, 1024, 1539, 6156],
  [864, 1024, 1891, 7564],
  [1344, 2048, 3395, 13580],
  [MAX_DIMENSION, 2 ** 19, 2 ** 20 + 2, 2 ** 22 + 8],
])('%i bins: n = %i, L = %i, %i bytes', (dimension, rootCount, proofLen, leaderShareSize) => {
  const shape = prio2Shape(dimension);
  expect(shape).toEqual({
    dimension,
    rootCount,
    rootCountLog2: Math.log2(rootCount),
    proofLen,
    leaderShareSize,
    helperShareSize: 32,
    modulus: 4293918721,
  });
  expect(Object.isFrozen(shape)).toBe(true);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 19])('%d bins do not exist', (dimension) => {
  expect(() => prio2Shape(dimension)).toThrow(PrioError);
  expect(() => createPrio2(dimension)).toThrow(`dimension: expected 1..524287, got ${dimension}`);
});
