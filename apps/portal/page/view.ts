/** What both parts of the results are drawn by: whose figures, which rows, in what measure. */

import type { Result } from './api.ts';
import type { Breakdown } from './breakdown.ts';
import { inOrder } from './figures.ts';
import type { Measure } from './figures.ts';

export interface View {
  readonly vendors: readonly string[];
  readonly breakdown: Breakdown;
  readonly measure: Measure;
}

export const unitOf = (measure: Measure): string =>
  measure === 'count' ? 'Estimated count' : 'Estimated count for every 1,000 contributions';

export const ofVendor = (results: readonly Result[], vendor: string): Result[] =>
  inOrder(results.filter(({ data_provider }) => data_provider === vendor));
