/**
 * Standard output and standard error as they are: a terminal, a file, a pipe whose reader has gone.
 */

import { sanitise } from '@priolab/report';

/** Colour only where a person looks, and has not said no: https://no-color.org. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** Whether a line can be drawn over. */
export function canRedraw(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb';
}

/** Lines that hold a file's or the user's words, with nothing that a terminal would obey. */
export function printable(text: string): string {
  return text.split('\n').map(sanitise).join('\n');
}

const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/**
 * Goes on without a reader: `priolab run ... | head -1` shall still leave its run folder and its
 * exit code. Other failures, such as a full disk under `> file`, are told once.
 */
export function surviveReaders(onFailure: (message: string) => void): void {
  const outputs = { 'standard output': process.stdout, 'standard error': process.stderr };
  for (const [name, stream] of Object.entries(outputs)) {
    let told = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (told || GONE.has(error.code)) return;
      told = true;
      onFailure(`can't write to ${name}: ${error.message}`);
    });
  }
}
