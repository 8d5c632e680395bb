/**
 * Progress on standard error: one line that is redrawn on a terminal, a plain line every few
 * seconds elsewhere, nothing for runs that end at once.
 */

import type { Progress } from '@priolab/harness';
import { renderProgress, renderProgressPlain } from '@priolab/report';

const FIRST_AFTER_MS = 500;
const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 5000;

export interface ProgressLine {
  update(progress: Progress): void;
  /** Takes the line away, before anything else is printed. */
  clear(): void;
}

export function createProgressLine(stream: NodeJS.WriteStream): ProgressLine {
  const redraws = stream.isTTY && process.env['CI'] === undefined;
  const every = redraws ? REDRAW_MS : PLAIN_EVERY_MS;
  let nextMs = redraws ? FIRST_AFTER_MS : PLAIN_EVERY_MS;
  let drawn = false;
  return {
    update(progress) {
      if (progress.elapsedMs < nextMs) return;
      nextMs = progress.elapsedMs + every;
      if (redraws) {
        const width = stream.columns ?? 80;
        const colour = process.env['NO_COLOR'] === undefined;
        stream.write(`\r\u001b[K${renderProgress(progress, { width, colour })}`);
        drawn = true;
      } else stream.write(`${renderProgressPlain(progress)}\n`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
    },
  };
}
