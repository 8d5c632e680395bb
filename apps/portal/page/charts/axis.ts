/** A linear axis with round ticks. */

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly decimals: number;
}

/** An axis that holds zero and all values, with about so many ticks. */
export function axisFor(values: readonly number[], tickCount = 6): Axis {
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const most = values.reduce((greatest, value) => Math.max(greatest, value), 0);
  // Of no values, or of zeros alone, an axis to 1.
  const high = most === low ? 1 : most;
  const step = roundStep((high - low) / tickCount);
  const first = Math.floor(low / step) * step;
  const max = Math.ceil(high / step) * step;
  // What is a little below zero takes no whole step.
  const isShallow = low < 0 && low >= -step / 2;
  const min = isShallow ? 1.15 * low : first;
  const from = isShallow ? 0 : first;
  const count = Math.round((max - from) / step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  // Multiplied, not added up: sums of 0.1 would not be round.
  const ticks = Array.from({ length: count + 1 }, (_, i) => round(from + i * step, decimals));
  return { min, max, ticks, decimals };
}

/** The smallest of 1, 2, 5, 10, ... that is at least as large. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  return power * ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10);
}

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

/** Where a value is between the ends, from 0 to 1. */
export function shareOf({ min, max }: Axis, value: number): number {
  return (value - min) / (max - min);
}
