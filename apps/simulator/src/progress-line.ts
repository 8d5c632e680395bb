/**
 * Progress on standard error: one line that is redrawn on a terminal, a plain line every few
 * seconds elsewhere, nothing for what ends at once.
 */

import type { Progress } from '@priolab/harness';
import { renderProgress, renderProgressPlain } from '@priolab/report';
import type { ProgressOf } from '@priolab/report';

import { canRedraw, wantsColour } from './streams.ts';

const FIRST_AFTER_MS = 500;
const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 5000;

export interface ProgressLine {
  update(progress: Progress): void;
  /** Takes the line away, before anything else is printed. */
  clear(): void;
}

/** @param of what is under way, if it is not the run itself */
export function createProgressLine(stream: NodeJS.WriteStream, of?: ProgressOf): ProgressLine {
  const redraws = canRedraw(stream);
  const every = redraws ? REDRAW_MS : PLAIN_EVERY_MS;
  let nextMs = redraws ? FIRST_AFTER_MS : PLAIN_EVERY_MS;
  let drawn = false;
  return {
    update(progress) {
      if (progress.elapsedMs < nextMs) return;
      nextMs = progress.elapsedMs + every;
      if (redraws) {
        const options = { width: stream.columns ?? 80, colour: wantsColour(stream), of };
        stream.write(`\r\u001b[K${renderProgress(progress, options)}`);
        drawn = true;
      } else stream.write(`${renderProgressPlain(progress, of)}\n`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
    },
  };
}
