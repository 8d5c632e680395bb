/** Blanking: literals and comments go, code and positions stay. */

import { expect, test } from 'vitest';
import { readTextFiles } from '../../src/files.ts';
import { blank } from '../../src/tidy/blank.ts';

test.each([
  ["a('b{', c)", 'a(    , c)'],
  ['a("\\"}") // }', 'a(     )     '],
  ['a /* {\n} */ b', 'a     \n     b'],
  ['`x${f({ a: `{` })}y` + 1', '    f({ a:     })    + 1'],
  ['a / b / c', 'a / b / c'],
  ['(a) / 2; x = /[/{]+/g', '(a) / 2; x =         '],
  ["return /'/.test(a)", 'return    .test(a)'],
])('%s', (text, code) => {
  expect(blank(text)).toBe(code);
});

test('every source file of the repository keeps its lines, and its braces pair', () => {
  for (const { path, text } of readTextFiles().filter(({ path }) => /\.[tj]s$/.test(path))) {
    const code = blank(text);
    expect(code.split('\n').length, path).toBe(text.split('\n').length);
    expect(code.match(/\{/g)?.length, path).toBe(code.match(/\}/g)?.length);
  }
});
