/** The benchmark rows run at smoke size, so that they can't rot. */

import { expect, test } from 'vitest';

import { rows as peerRows } from '../bench/peers.bench.ts';
import { rows } from '../bench/prio2.bench.ts';

test.each(rows)('benchmark row "$name" gives the same checksum twice', ({ prepare, sizes }) => {
  const run = prepare(sizes.smoke);
  const checksum = run();
  expect(Number.isFinite(checksum)).toBe(true);
  expect(run()).toBe(checksum);
});

test.each(peerRows)('benchmark row "$name" gives the same checksum twice', async (row) => {
  const run = row.prepare(row.sizes.smoke);
  const checksum = await run();
  expect(Number.isInteger(checksum)).toBe(true);
  expect(await run()).toBe(checksum);
});
