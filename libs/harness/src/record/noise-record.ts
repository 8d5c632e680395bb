/** Flipped bits of accepted honest reports, in all and by epsilon. */

import type { Scenario } from '../scenario/scenario.ts';
import type { NoiseRecord, TallyRecord } from './run-record.ts';

/** @param parts in any order, several with one epsilon as well */
export function noiseRecordOf(
  { overrides }: Scenario,
  parts: Iterable<NoiseRecord>,
): Pick<TallyRecord, 'flippedBits' | 'noisedBits' | 'noiseByEpsilon'> {
  const groups = new Map<number, { flippedBits: number; noisedBits: number }>();
  let flippedBits = 0;
  let noisedBits = 0;
  for (const part of parts) {
    const group = groups.get(part.epsilon) ?? { flippedBits: 0, noisedBits: 0 };
    group.flippedBits += part.flippedBits;
    group.noisedBits += part.noisedBits;
    groups.set(part.epsilon, group);
    flippedBits += part.flippedBits;
    noisedBits += part.noisedBits;
  }
  if (overrides.every(({ epsilon }) => epsilon === undefined)) return { flippedBits, noisedBits };
  const sorted = [...groups].sort(([a], [b]) => a - b);
  const noiseByEpsilon = sorted.map(([epsilon, sums]) => ({ epsilon, ...sums }));
  return { flippedBits, noisedBits, noiseByEpsilon };
}
