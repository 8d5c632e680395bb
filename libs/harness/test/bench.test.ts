/** Benchmarks can't rot: each row runs at smoke size and repeats its checksum. */

import { expect, test } from 'vitest';

import { rows } from '../bench/pipeline.bench.ts';

test.each(rows)('$name', ({ prepare, sizes }) => {
  const run = prepare(sizes.smoke);
  const checksum = run();
  expect(Number.isInteger(checksum)).toBe(true);
  expect(run()).toBe(checksum);
});
