/** Reports of a run: the record in, text out. Judges nothing, prints nothing. */

export { verdictSentence } from './headline.ts';
export { renderHtml, type HtmlOptions } from './html/render.ts';
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
