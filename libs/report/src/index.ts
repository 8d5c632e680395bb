/** Reports of a run: the record in, text out. Judges nothing, prints nothing. */

export { verdictSentence } from './headline.ts';
export { renderAnnotations, type AnnotationOptions } from './github.ts';
export { renderJunit } from './junit.ts';
export { renderMarkdown } from './markdown.ts';
export { outputs, type Output, type RenderedFile, type RenderOptions } from './outputs.ts';
export { poolCells, relativeRms, type PooledRow, type PooledTotals } from './pool.ts';
export {
  renderProgress,
  renderProgressPlain,
  type ProgressOf,
  type ProgressOptions,
} from './progress.ts';
export { renderSummary, type SummaryOptions, type WrittenFile } from './terminal.ts';
export { sanitise } from './text.ts';
