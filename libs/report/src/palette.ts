/** The styles of the terminal output, by what they mean; without colour each is the identity. */

import { styleText } from 'node:util';

export interface Palette {
  good(text: string): string;
  bad(text: string): string;
  /** Neither good nor bad: vacuous, invalid, held. */
  doubt(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

const same = (text: string): string => text;
const plain: Palette = { good: same, bad: same, doubt: same, dim: same, strong: same };

// The caller has decided about colour: no look at the stream or at NO_COLOR.
const paint =
  (style: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(style, text, { validateStream: false });

const coloured: Palette = {
  good: paint('green'),
  bad: paint('red'),
  doubt: paint('yellow'),
  dim: paint('dim'),
  strong: paint('bold'),
};

export function paletteFor(colour: boolean): Palette {
  return colour ? coloured : plain;
}

/** The style of a verdict. */
export function verdictStyle(palette: Palette, verdict: string): (text: string) => string {
  if (verdict === 'pass') return palette.good;
  return verdict === 'fail' ? palette.bad : palette.doubt;
}
