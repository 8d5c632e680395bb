/** Benchmarks can't rot: each row runs at smoke size and repeats its checksum. */

import { describe, expect, it } from 'vitest';
import { rows } from '../bench/attestation.bench.ts';

describe('benchmark rows', () => {
  it.each(rows)('$name does the same work each time', ({ prepare, sizes }) => {
    const run = prepare(sizes.smoke);
    const first = run();
    expect(run()).toBe(first);
    expect(prepare(sizes.smoke)()).toBe(first);
  });

  it('verify the same keys whether authorities are remembered or not', () => {
    const sums = rows
      .filter(({ name }) => name.includes('verify,'))
      .map(({ prepare, sizes }) => prepare(sizes.smoke)());
    expect(sums).toHaveLength(2);
    expect(sums[0]).toBe(sums[1]);
  });
});
