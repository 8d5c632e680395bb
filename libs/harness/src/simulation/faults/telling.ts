/**
 * Whether something that was seen tells a bit: the means of each feature over ones and zeros are
 * compared, as z under the hypothesis that both are drawn alike. A linear look; what it can't see
 * it does not deny, but shares that are not masked, or masked alike, show at once.
 */

export interface Telling {
  /** Largest over all features; undefined where there are too few ones or zeros to compare. */
  readonly z: number | undefined;
  /** Of a difference of means, in standard deviations of the feature. */
  readonly standardError: number;
}

/** Fewer of either kind, and z is not normal enough. */
const FEWEST = 20;

/** @param features a row of as many numbers for each of the bits in `values` */
export function distinguish(
  features: readonly (readonly number[])[],
  values: readonly number[],
): Telling {
  const oneCount = values.filter((value) => value === 1).length;
  const zeroCount = values.filter((value) => value === 0).length;
  const standardError = Math.sqrt(1 / oneCount + 1 / zeroCount);
  if (Math.min(oneCount, zeroCount) < FEWEST) return { z: undefined, standardError };
  let z = 0;
  for (let k = 0; k < features[0]!.length; k++) {
    let squares = 0;
    const sums = [0, 0];
    const all = features.reduce((sum, row) => sum + row[k]!, 0) / features.length;
    features.forEach((row, i) => {
      squares += (row[k]! - all) ** 2;
      if (values[i]! < 2) sums[values[i]!]! += row[k]!;
    });
    const deviation = Math.sqrt(squares / (features.length - 1));
    const difference = Math.abs(sums[1]! / oneCount - sums[0]! / zeroCount);
    if (difference > 0) z = Math.max(z, difference / (deviation * standardError));
  }
  return { z, standardError };
}
