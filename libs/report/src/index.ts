/** Reports of a run: the record in, text out. Judges nothing, prints nothing. */

export { coverageGaps, type CoverageGap, type CoverageKind } from './coverage.ts';
export { verdictSentence } from './headline.ts';
export { renderAnnotations, type AnnotationOptions } from './github.ts';
export { renderHtml, type HtmlOptions } from './html/render.ts';
export { renderJunit } from './junit.ts';
export { renderLive, strikesNewestFirst, type LiveOptions } from './live.ts';
export { renderMarkdown } from './markdown.ts';
export { outputs, type Output, type RenderedFile, type RenderOptions } from './outputs.ts';
export { poolCells, relativeRms, type PooledRow, type PooledTotals } from './pool.ts';
export {
  columnsOf,
  renderProgress,
  renderProgressPlain,
  type ProgressOf,
  type ProgressOptions,
} from './progress.ts';
export { renderSummary, type SummaryOptions, type WrittenFile } from './terminal.ts';
export { renderTerse, type TerseOptions } from './terse.ts';
export { sanitise } from './text.ts';
