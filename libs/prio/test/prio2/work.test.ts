/** Butterflies of a proof, against numbers worked out by hand; counting leaves the proof alone. */

import { expect, test } from 'vitest';

import { createCountingPrio2, createPrio2 } from '../../src/index.ts';

test.each([
  // n = 2: two transforms of one butterfly.
  [1, 2],
  // n = 8: two transforms of 3 rounds of 4.
  [5, 24],
  // n = 128: two transforms of 7 rounds of 64.
  [100, 896],
  // n = 2,048: two transforms of 11 rounds of 1,024.
  [1344, 22_528],
])('a proof of %i bins: %i butterflies', (bins, butterflies) => {
  const work = { nttButterflies: 0 };
  const plain = createPrio2(bins);
  const counting = createCountingPrio2(plain, work);
  const { proofLen } = plain.shape;
  const proofs = Uint32Array.from({ length: 3 * proofLen }, (_, i) => i % 2);
  const expected = proofs.slice();
  plain.proveBlock(3, expected);
  counting.proveBlock(3, proofs);
  expect(work.nttButterflies).toBe(3 * butterflies);
  expect(proofs).toEqual(expected);
  counting.verifyInit({
    role: 'leader',
    count: 1,
    shares: proofs,
    queryRandomness: Uint32Array.of(998314904),
    verifierShares: new Uint32Array(3),
    status: new Uint8Array(1),
    failure: 1,
  });
  expect(work.nttButterflies).toBe(3 * butterflies);
});
