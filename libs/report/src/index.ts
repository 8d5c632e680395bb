/** Reports of a run: the record in, text out. Judges nothing, prints nothing. */

export { verdictSentence } from './headline.ts';
export { renderJunit } from './junit.ts';
export { poolCells, relativeRms, type PooledRow, type PooledTotals } from './pool.ts';
export {
  renderProgress,
  renderProgressPlain,
  type ProgressOf,
  type ProgressOptions,
} from './progress.ts';
export { renderSummary, type SummaryOptions, type WrittenFile } from './terminal.ts';
export { sanitise } from './text.ts';
export { renderScaleCsv } from './scale/csv.ts';
export { renderScaleHtml } from './scale/page.ts';
export { renderScaleSvg } from './scale/svg.ts';
export { renderScale, type ScaleOptions } from './scale/terminal.ts';
