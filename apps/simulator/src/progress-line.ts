/**
 * Progress on standard error: on a terminal a few lines that are drawn over, a plain line now and
 * then elsewhere, nothing for what ends at once.
 *
 * A frame is one write that goes back to the first line, writes over what stands there and only
 * then erases what is left: nothing flickers, and what came before the view stays. The cursor is
 * hidden within a frame and never between two, so that no way of ending can leave it hidden. It
 * waits at the beginning of the last line, where the `^C` that a terminal shows has room.
 */

import { stripVTControlCharacters } from 'node:util';

import type { Progress } from '@priolab/harness';
import {
  columnsOf,
  renderLive,
  renderProgress,
  renderProgressPlain,
  strikesNewestFirst,
} from '@priolab/report';
import type { ProgressOf } from '@priolab/report';

import { canRedraw, isWatchedByMachine, showsUnicode, wantsColour } from './streams.ts';

const FIRST_AFTER_MS = 500;
const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 5000;
const PLAIN_EVERY_IN_CI_MS = 30_000;
const DEFAULT_ROWS = 24;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_TO_END_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

export interface ProgressLine {
  update(progress: Progress): void;
  /** Takes the lines away, before anything else is printed. */
  clear(): void;
}

/** @param of what is under way, if it is not the run itself */
export function createProgressLine(stream: NodeJS.WriteStream, of?: ProgressOf): ProgressLine {
  return canRedraw(stream) ? createView(stream, of) : createLog(stream, of);
}

function createLog(stream: NodeJS.WriteStream, of: ProgressOf | undefined): ProgressLine {
  const every = isWatchedByMachine() ? PLAIN_EVERY_IN_CI_MS : PLAIN_EVERY_MS;
  let nextMs = PLAIN_EVERY_MS;
  return {
    update(progress) {
      if (progress.elapsedMs < nextMs) return;
      nextMs = progress.elapsedMs + every;
      stream.write(`${renderProgressPlain(progress, of)}\n`);
    },
    clear() {},
  };
}

function createView(stream: NodeJS.WriteStream, of: ProgressOf | undefined): ProgressLine {
  const colour = wantsColour(stream);
  const unicode = showsUnicode();
  let nextMs = FIRST_AFTER_MS;
  let drawn: readonly string[] = [];
  let first: Progress | undefined;
  let last: Progress | undefined;
  let newest: readonly string[] = [];

  const linesOf = (progress: Progress): string[] => {
    // Some terminals wrap after the last column, others only before the next character.
    const width = Math.max(1, columnsOf(stream.columns) - 1);
    if (of !== undefined) return [renderProgress(progress, { width, colour, unicode, of })];
    const height = (stream.rows >= 1 ? stream.rows : DEFAULT_ROWS) - 1;
    return renderLive(progress, { width, height, colour, unicode, since: first, newest });
  };
  const clear = (): void => {
    if (drawn.length === 0) return;
    stream.write(`${toFirstLine(drawn, stream.columns)}${ERASE_BELOW}`);
    drawn = [];
    process.off('exit', clear);
  };

  return {
    update(state) {
      // To a terminal that can't keep up go fewer frames.
      if (state.elapsedMs < nextMs || stream.writableNeedDrain) return;
      nextMs = state.elapsedMs + REDRAW_MS;
      // What a state says of flow it may work out when it is asked: as it is now, and once.
      const progress = { ...state };
      first ??= progress;
      newest = strikesNewestFirst(newest, last?.flow?.strikes, progress.flow?.strikes);
      last = progress;
      // A second Ctrl-C ends the process where it stands.
      if (drawn.length === 0) process.on('exit', clear);
      const lines = linesOf(progress);
      const back = toFirstLine(drawn, stream.columns);
      const text = lines.join(`${ERASE_TO_END_OF_LINE}\n`);
      stream.write(`${HIDE_CURSOR}${back}${text}${ERASE_BELOW}\r${SHOW_CURSOR}`);
      drawn = lines;
    },
    clear,
  };
}

/** From the last of the lines that were drawn, also where a narrower window has wrapped them. */
function toFirstLine(drawn: readonly string[], columns: number): string {
  const above = drawn.slice(0, -1);
  const rows = above.reduce((sum, line) => sum + rowsOf(line, columnsOf(columns)), 0);
  return rows > 0 ? `\r\u001b[${rows}A` : '\r';
}

/** Every character of a line takes one column, but for the codes that paint it. */
function rowsOf(line: string, columns: number): number {
  const length = Array.from(stripVTControlCharacters(line)).length;
  return Math.max(1, Math.ceil(length / columns));
}
