/** Resources: units are right to within an order of magnitude, and work shows in the CPU time. */

import { expect, test } from 'vitest';
import { cpuTimeMs, monotonicMs, peakRssBytes } from '../src/index.ts';

test('the peak memory is in bytes and never shrinks', () => {
  const before = peakRssBytes();
  expect(before).toBeGreaterThanOrEqual(process.memoryUsage().rss * 0.5);
  expect(before).toBeLessThan(64 * 2 ** 30);
  expect(peakRssBytes()).toBeGreaterThanOrEqual(before);
});

test('busy work of 50 ms of CPU time shows in the CPU time', () => {
  const startMs = cpuTimeMs();
  const wallStartMs = monotonicMs();
  while (cpuTimeMs() - startMs < 50 && monotonicMs() - wallStartMs < 5000);
  expect(cpuTimeMs() - startMs).toBeGreaterThanOrEqual(50);
});
