/** Intensities and the chance over several days. */

import { describe, expect, it } from 'vitest';
import {
  calmIntensity,
  type EpidemicKind,
  epidemicIntensity,
  thresholdOverDays,
  waveDays,
} from '../../src/population/epidemic.ts';

function curve(kind: EpidemicKind, days: number, wavePhase = 0, isCentre = false): number[] {
  const setting = { kind, days, wavePhase, isCentre };
  return Array.from({ length: days }, (_, day) => epidemicIntensity(setting, day));
}

describe('epidemicIntensity', () => {
  it('is the published rate when calm', () => {
    expect(calmIntensity).toBe(Math.round((65_536 * 2_762_617) / 2.1e9));
    expect(new Set(curve('calm', 28))).toEqual(new Set([86]));
  });

  it('rises once and falls once in a wave, later where the phase is behind', () => {
    const wave = curve('wave', waveDays);
    const crest = wave.indexOf(Math.max(...wave));
    expect(wave[crest]).toBe(8 * calmIntensity);
    expect(Math.min(...wave)).toBe(calmIntensity / 2);
    wave.forEach((intensity, day) => {
      if (day > 0 && day <= crest) expect(intensity).toBeGreaterThanOrEqual(wave[day - 1]!);
      if (day > crest) expect(intensity).toBeLessThan(wave[day - 1]!);
    });
    const ahead = curve('wave', waveDays, 5);
    expect(ahead).toEqual([...wave.slice(5), ...wave.slice(0, 5)]);
  });

  it('steps up tenfold at half time, in the centre of an outbreak only', () => {
    expect(curve('outbreak', 4, 0, true)).toEqual([86, 86, 860, 860]);
    expect(curve('outbreak', 1, 0, true)).toEqual([860]);
    expect(curve('outbreak', 4, 0, false)).toEqual([86, 86, 86, 86]);
  });
});

describe('thresholdOverDays', () => {
  it('is the chance itself for one day', () => {
    for (const parts of [0, 1, 86, 65_536])
      expect(thresholdOverDays(parts, 1)).toBe(parts * 65_536);
  });

  it('is 1 - (1 - p)^14 for a fortnight, to a few parts in 2^26', () => {
    for (const parts of [1, 5, 86, 860, 30_000, 65_536]) {
      const exact = 1 - (1 - parts / 65_536) ** 14;
      expect(Math.abs(thresholdOverDays(parts, 14) / 2 ** 32 - exact)).toBeLessThan(15 / 2 ** 26);
    }
  });
});
