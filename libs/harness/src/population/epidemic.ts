/**
 * How many exposures there are: the chance, for each state and day, that a device shows an exposure
 * notification that day, in parts per 65536.
 * The calm level is the only published rate: 2 762 617 notifications in 2.10 billion device-days
 * (APHA 2022, abstract 517789), 0.13 %. The shapes of wave and outbreak are made up.
 * Whole numbers throughout: these chances decide results.
 */

import assert from 'node:assert/strict';

/** `calm`: flat; `wave`: up and down over 28 days; `outbreak`: tenfold in one state midway. */
export type EpidemicKind = 'calm' | 'wave' | 'outbreak';

/** round(65536 * 2 762 617 / 2 100 000 000). */
export const calmIntensity = 86;

/** Days after which a wave repeats. */
export const waveDays = 28;

// Sixteenths of the calm level: half of it at the trough, eightfold at the crest.
const waveSixteenths: readonly number[] = [
  8, 8, 9, 10, 12, 16, 21, 28, 37, 50, 66, 84, 102, 117, 127, 128, 122, 110, 95, 79, 64, 50, 39, 30,
  22, 16, 12, 9,
];

/** One state's place in an epidemic. */
export interface EpidemicSetting {
  readonly kind: EpidemicKind;
  /** Days of the run; an outbreak starts at the half. */
  readonly days: number;
  /** Day of the wave on which the state stands on day 0; 0 to 27. */
  readonly wavePhase: number;
  /** Whether the outbreak is in this state. */
  readonly isCentre: boolean;
}

/** Notifications per 65536 device-days in a state on a day of the run. */
export function epidemicIntensity(setting: EpidemicSetting, day: number): number {
  assert(Number.isInteger(day) && day >= 0, 'day is a whole number from 0');
  switch (setting.kind) {
    case 'calm':
      return calmIntensity;
    case 'wave':
      return (calmIntensity * waveSixteenths[(day + setting.wavePhase) % waveDays]!) >> 4;
    case 'outbreak':
      return setting.isCentre && 2 * day + 1 >= setting.days ? 10 * calmIntensity : calmIntensity;
  }
}

/**
 * The chance of an event on at least one of `trials` days, as a threshold for 32-bit words, for a
 * daily chance of `parts` per 65536. Computed to 2^-26, where products stay below 2^53 and exact.
 */
export function thresholdOverDays(parts: number, trials: number): number {
  assert(parts >= 0 && parts <= 65_536, 'a chance is 0 to 65536 parts');
  const unit = 2 ** 26;
  const missed = unit - parts * 2 ** 10;
  let never = unit;
  for (let trial = 0; trial < trials; trial++) never = Math.floor((never * missed) / unit);
  return (unit - never) * 2 ** 6;
}
