/**
 * The axes of ENPA's risk histogram (histogramMetric-v2): how an exposure's age, infectiousness,
 * attenuation and duration become a bin of its 7 x 3 x 8 x 8 = 1344.
 * Source: Android app, HistogramMetric.java. Attenuation is in tenths of a decibel here, so that
 * the edges (50.1 dB and so on) and all comparisons are whole numbers.
 */

import assert from 'node:assert/strict';

/** Age of an exposure: bin i holds days from `dayEdges[i]` on; the last one is open. */
export const dayEdges: readonly number[] = [0, 2, 4, 6, 8, 10, 12];

/** Infectiousness as the exposure API gives it: 0, 1, 2. */
export const infectiousnessLevels = ['none', 'standard', 'high'] as const;

/** Attenuation in 0.1 dB: bin i + 1 holds values greater than `attenuationEdges[i]`. */
export const attenuationEdges: readonly number[] = [501, 551, 601, 651, 701, 751, 801];

/** Duration in seconds: bin i holds values greater than `durationEdges[i]`. */
export const durationEdges: readonly number[] = [1, 301, 601, 901, 1351, 1801, 3600, 7201];

/** Bin counts of the four axes, slowest first. */
export const riskAxes = { day: 7, infectiousness: 3, attenuation: 8, duration: 8 } as const;

/** Day bin 0..6 of an exposure `days` whole days old (0..13; older ones are not counted). */
export function dayBin(days: number): number {
  assert(Number.isInteger(days) && days >= 0 && days < 14, 'exposure age is 0 to 13 days');
  return Math.min(days >> 1, riskAxes.day - 1);
}

/** Attenuation bin 0..7 of an attenuation in 0.1 dB. */
export function attenuationBin(tenthsDb: number): number {
  return edgesBelow(attenuationEdges, tenthsDb);
}

/** Duration bin 0..7 of a duration in seconds, or -1 for one too short to count. */
export function durationBin(seconds: number): number {
  return edgesBelow(durationEdges, seconds) - 1;
}

function edgesBelow(edges: readonly number[], value: number): number {
  let below = 0;
  for (const edge of edges) if (value > edge) below += 1;
  return below;
}
