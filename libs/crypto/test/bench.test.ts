/** Benchmarks can’t rot: each row runs at smoke size and repeats its checksum. */

import { describe, expect, it } from 'vitest';
import { rows } from '../bench/crypto.bench.ts';

describe('benchmark rows', () => {
  it.each(rows)('$name does the same work each time', ({ prepare, sizes }) => {
    const run = prepare(sizes.smoke);
    const first = run();
    expect(run()).toBe(first);
    expect(prepare(sizes.smoke)()).toBe(first);
  });

  it('give the same checksums on both backends', () => {
    const sums = (backend: string): number[] =>
      rows
        .filter(({ name }) => name.startsWith(`crypto: ${backend}: `))
        .map(({ prepare, sizes }) => prepare(sizes.smoke)());
    expect(sums('node')).toHaveLength(6);
    expect(sums('node')).toEqual(sums('noble'));
  });
});
