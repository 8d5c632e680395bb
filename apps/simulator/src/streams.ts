/**
 * Standard output and standard error as they are: a terminal, a file, a pipe whose reader has gone.
 */

import { sanitise } from '@priolab/report';

const isSaid = (value: string | undefined): boolean => value !== undefined && value !== '';

/**
 * Colour only where a person looks, and has not said no (https://no-color.org), or where somebody
 * asks for it (https://force-color.org); a no weighs more.
 */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (isSaid(NO_COLOR) || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  if (isSaid(FORCE_COLOR)) return true;
  return stream.isTTY === true && TERM !== 'dumb';
}

/** Whether lines can be drawn over. */
export function canRedraw(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !isWatchedByMachine() && process.env['TERM'] !== 'dumb';
}

/** Whether a CI runner keeps what is printed. */
export function isWatchedByMachine(): boolean {
  return process.env['CI'] !== undefined;
}

/** Whether a terminal can show box drawing and arrows: by the locale, as other programs do. */
export function showsUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = process.env;
  // The console of Linux has a font of a few hundred glyphs.
  if (TERM === 'linux') return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return /utf-?8/i.test([LC_ALL, LC_CTYPE, LANG].find(isSaid) ?? '');
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
