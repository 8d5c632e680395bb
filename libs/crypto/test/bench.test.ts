/** Benchmarks can’t rot: each row runs at smoke size and repeats its checksum. */

import { describe, expect, it } from 'vitest';
import { backendNames } from '../src/index.ts';
import { rows } from '../bench/crypto.bench.ts';

describe('benchmark rows', () => {
  it.each(rows)('$name does the same work each time', ({ prepare, sizes }) => {
    const run = prepare(sizes.smoke);
    const first = run();
    expect(run()).toBe(first);
    expect(prepare(sizes.smoke)()).toBe(first);
  });

  it('give the same checksums on all backends', () => {
    const sums = (backend: string): number[] =>
      rows
        .filter(({ name }) => name.startsWith(`crypto: ${backend}: `))
        .map(({ prepare, sizes }) => prepare(sizes.smoke)());
    expect(sums('noble')).toHaveLength(10);
    for (const backend of backendNames) expect(sums(backend)).toEqual(sums('noble'));
  });
});
