/**
 * Plain text: making foreign text harmless, wrapping and numbers. Everything that comes from a
 * scenario or a record passes `sanitise` before it is shown: such text must not be able to move the
 * cursor, colour the screen, reorder a line, or give orders to a CI runner that reads our output.
 */

import type { IntervalRecord } from '@priolab/harness';

/** Longer foreign texts are cut: a record must not be able to flood the screen. */
const LONGEST = 1000;

/**
 * Controls, format characters (zero width, bidirectional overrides), lone surrogates, unassigned
 * and private ones, and both line separators; and the second mark of `::` and `##`, which start
 * workflow commands of GitHub, Azure and TeamCity runners.
 */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}]|(?<=:):|(?<=#)#/gu;

/** One line with nothing in it that a terminal or a CI runner obeys: `\x1b` is written out. */
export function sanitise(text: string): string {
  const characters = Array.from(text.slice(0, 2 * LONGEST + 2));
  const isCut = characters.length > LONGEST;
  const kept = isCut ? `${characters.slice(0, LONGEST).join('')}...` : text;
  return kept.replace(HARMFUL, visible);
}

/** The same of any length, for what is not shown as a text. */
export function writeOut(text: string): string {
  return text.replace(HARMFUL, visible);
}

/** `\x60` for a backtick: how a character is written out. */
export function visible(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

/** Columns that a sanitised text takes: one for each code point. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Pads with spaces to `width` columns; longer text stays as it is. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - lengthOf(text)));
  return align === 'left' ? text + space : space + text;
}

/** At most `width` columns; longer text ends in `...`. */
export function clip(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 3).join('')}...`;
}

/** Breaks at spaces into lines of at most `width` columns, and words that are longer within. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  for (const word of text.split(' ')) {
    let rest = Array.from(word);
    if (line.length > 0 && line.length + 1 + rest.length <= width) {
      line.push(' ', ...rest);
      continue;
    }
    if (line.length > 0) lines.push(line.join(''));
    while (rest.length > width) {
      const at = breakWithin(rest, width);
      lines.push(rest.slice(0, at).join(''));
      rest = rest.slice(at);
    }
    line = rest;
  }
  if (line.length > 0 || lines.length === 0) lines.push(line.join(''));
  return lines;
}

/** Where to break a long word: after a mark or before a capital, in the second half of the line. */
function breakWithin(word: readonly string[], width: number): number {
  for (let at = width; at > width / 2; at--) {
    const [before, after] = [word[at - 1]!, word[at]!];
    if (/[-_/.,]/.test(before) || (/[a-z]/.test(before) && /[A-Z]/.test(after))) return at;
  }
  return width;
}

/** `1,234,567`; `-` for what is no number (JSON writes infinities as null). */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '-';
  const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const number = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  // A small negative value that rounds to 0 has no sign.
  return value < 0 && /[1-9]/.test(number) ? `-${number}` : number;
}

/** `9,999`, `407k`, `1.23M`, `45.6G`: rounded down. */
export function formatShort(count: number): string {
  if (!(count >= 10_000)) return formatCount(count);
  const [unit, size] = count < 1e6 ? ['k', 1e3] : count < 1e9 ? ['M', 1e6] : ['G', 1e9];
  const value = count / Number(size);
  const digits = unit === 'k' || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const scale = 10 ** digits;
  return `${formatFixed(Math.floor(value * scale) / scale, digits)}${unit}`;
}

/** `0.05`, `1e-6`. */
export function formatLevel(alpha: number): string {
  return alpha < 1e-3 ? alpha.toExponential() : String(alpha);
}

/**
 * `share of bits flipped 0.01712 to 0.01921 (confidence 1 - 1e-6), due 0.018`: harmless, four
 * digits of each number, as an interval is a bound.
 */
export function formatInterval({ of, unit, low, high, level, due }: IntervalRecord): string {
  const digits = (value: number): string => String(Number(value.toPrecision(4)));
  const ends = high === undefined ? `at least ${digits(low)}` : `${digits(low)} to ${digits(high)}`;
  const counted = unit === undefined ? '' : ` ${unit}`;
  const alpha = formatLevel(Number((1 - level).toPrecision(3)));
  return sanitise(`${of} ${ends}${counted} (confidence 1 - ${alpha}), due ${digits(due)}`);
}

/** `3 reports`, `1 report`. */
export function counted(count: number, word: string, words = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : words}`;
}

/** `850 ms`, `12.3 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '-';
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}
