/**
 * The measurement of memory works; what it shows at full size is for `npm run memory:processor`.
 */

import { expect, test } from 'vitest';

import { measureMemory } from '../bench/memory.ts';

test('a batch of a few MiB is taken in within the limit for one of 400', async () => {
  const result = await measureMemory({ mib: 4, bins: 1344, role: 'leader' });
  expect(result.packetCount).toBeGreaterThan(300);
  expect(result.batchMiB).toBeGreaterThan(4);
  expect(result.peakMiB).toBeGreaterThan(30);
  expect(result.peakMiB).toBeLessThan(256);
});
