/** Resources: units are right to within an order of magnitude, and work shows in the CPU time. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { collectGarbage } from '../src/engine/collect-garbage.ts';
import { cpuTimeMs, monotonicMs, peakRssBytes, watchMemory } from '../src/index.ts';

const MIB = 2 ** 20;

/** Takes memory, has it seen, and gives it back to the system: large buffers are mapped apart. */
function takeMemory(size: number, seen: () => void): void {
  let taken: Uint8Array | undefined = new Uint8Array(size).fill(1);
  assert(taken[size - 1] === 1);
  seen();
  taken = undefined;
  collectGarbage();
}

test('the peak memory is in bytes', () => {
  const before = peakRssBytes();
  expect(before).toBeGreaterThanOrEqual(process.memoryUsage().rss * 0.5);
  expect(before).toBeLessThan(64 * 2 ** 30);
  expect(peakRssBytes()).toBeGreaterThanOrEqual(before);
});

describe('a watch', () => {
  test('by looks where the mark holds an earlier peak: sees its own, and says how', () => {
    const watch = watchMemory(() => false);
    const start = process.memoryUsage.rss();
    takeMemory(150 * MIB, watch.look);
    const peak = watch.stop();
    expect(peak.bytes).toBeGreaterThanOrEqual(start + 100 * MIB);
    expect(['samples', 'high-water']).toContain(peak.source);

    // The mark can't rise any more by so little: only looks are left.
    const quiet = watchMemory(() => false).stop();
    expect(quiet.source).toBe('samples');
    expect(quiet.bytes).toBeLessThanOrEqual(peakRssBytes());
  });

  test.skipIf(!existsSync('/proc/self/clear_refs'))(
    'by the kernel’s own mark, begun anew: an earlier peak does not count',
    () => {
      const first = watchMemory();
      takeMemory(200 * MIB, first.look);
      const large = first.stop();
      expect(large.source).toBe('high-water');
      collectGarbage();
      const second = watchMemory();
      takeMemory(20 * MIB, second.look);
      const small = second.stop();
      expect(small.source).toBe('high-water');
      expect(small.bytes).toBeLessThan(large.bytes - 100 * MIB);
    },
  );
});

test('busy work of 50 ms of CPU time shows in the CPU time', () => {
  const startMs = cpuTimeMs();
  const wallStartMs = monotonicMs();
  while (cpuTimeMs() - startMs < 50 && monotonicMs() - wallStartMs < 5000);
  expect(cpuTimeMs() - startMs).toBeGreaterThanOrEqual(50);
});
