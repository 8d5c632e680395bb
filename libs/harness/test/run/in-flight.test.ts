/**
 * How much memory a worker holds for each report in flight: the arenas of all parties, sized once
 * for a block of 512. The kernels' tables are apart from it, whatever the block.
 */

import { createBackend } from '@priolab/crypto';
import { expect, test } from 'vitest';

import { seedTreeOf } from '../../src/run/settings.ts';
import { createWorld } from '../../src/run/world.ts';
import { small } from './fixture.ts';

test('at most 10 KiB for a report of 100 bins', () => {
  createBackend('wasm');
  const scenario = small({ system: { metrics: [{ id: 'wide-v1', bins: 100 }] } });
  const before = process.memoryUsage().arrayBuffers;
  const seedTree = seedTreeOf(scenario);
  const world = createWorld({ scenario, seedTree, backend: 'wasm', shardParticipants: 512 });
  const [line] = world.lines;
  expect(line!.ingestors.apple).toBeDefined(); // made when first asked for
  expect(line!.capacity).toBe(512);
  const perReport = (process.memoryUsage().arrayBuffers - before) / line!.capacity;
  expect(perReport).toBeGreaterThan(4 * 1024);
  expect(perReport).toBeLessThanOrEqual(10 * 1024);
});
