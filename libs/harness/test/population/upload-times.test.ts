/** Upload times: hours of local time, bounds of the day, order of a device's metrics. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs, uploadTimeMs } from '../../src/population/upload-times.ts';

/** The time of a metric that two words draw. */
function timeOf(drawn: readonly [number, number], utcOffsetHours: number, slot: number): number {
  const words = Uint32Array.of(7, 7, 7, 7, ...drawn, 7, 7);
  return uploadTimeMs({ words, utcOffsetHours, metricSlot: slot }, 1);
}

describe('uploadTimeMs', () => {
  it('starts with local midnight, in UTC', () => {
    const earliest = [0, 0] as const;
    expect(timeOf(earliest, 0, 0)).toBe(0);
    expect(timeOf(earliest, -8, 0)).toBe(8 * 3_600_000);
    expect(timeOf(earliest, 2, 0)).toBe(22 * 3_600_000);
    expect(timeOf(earliest, 0, 3)).toBe(750);
    const latest = [0xffffffff, 0xffffffff] as const;
    expect(timeOf(latest, 0, 100)).toBe(dayMs - 1);
  });

  it('stays within the day, and later metrics are not earlier', () => {
    const word = fc.nat(0xffffffff);
    fc.assert(
      fc.property(word, word, fc.integer({ min: -12, max: 14 }), (hourWord, withinWord, offset) => {
        const times = [0, 1, 12].map((s) => timeOf([hourWord, withinWord], offset, s));
        expect(times[0]).toBeGreaterThanOrEqual(0);
        expect(times[2]).toBeLessThan(dayMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
      { seed: 6 },
    );
  });

  it('reaches every hour', () => {
    const hours = new Set<number>();
    for (let step = 0; step < 1024; step++) {
      const ms = timeOf([step * 2 ** 22, 0], -5, 0);
      hours.add(ms / 3_600_000);
    }
    expect([...hours].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
  });
});
