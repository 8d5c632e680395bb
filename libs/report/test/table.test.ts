/** Tables: what has no room wraps or goes, in this order. */

import { expect, test } from 'vitest';

import { paletteFor } from '../src/palette.ts';
import { renderTable, type Column } from '../src/table.ts';

const palette = paletteFor(false);
const columns: Column[] = [
  { title: 'name', flexible: true },
  { title: 'n', align: 'right' },
  { title: 'extra', align: 'right', optional: true },
];
const rows = [
  { cells: ['a short one', '7', '1'] },
  { cells: ['a name of thirty characters ok', '123', '2'], remark: 'seen twice' },
];

test('fits its content where there is room, however much', () => {
  expect(renderTable({ columns, rows, width: 10_000, palette })).toMatchInlineSnapshot(`
    {
      "leftOut": [],
      "lines": [
        "  name                              n  extra",
        "  a short one                       7      1",
        "  a name of thirty characters ok  123      2",
        "    seen twice",
      ],
    }
  `);
});

test('wraps flexible columns first, then leaves out optional ones', () => {
  const wrapped = renderTable({ columns, rows, width: 34, palette });
  expect(wrapped.leftOut).toEqual([]);
  expect(wrapped.lines.slice(2, 4)).toEqual([
    '  a name of thirty      123      2',
    '  characters ok',
  ]);
  const narrow = renderTable({ columns, rows, width: 30, palette });
  expect(narrow.leftOut).toEqual(['extra']);
  expect(narrow.lines[0]).toMatch(/^ {2}name +n$/);
});

test('styles do not count as width', () => {
  const styled = rows.map((row) => ({ ...row, styles: { 0: (text: string) => `<${text}>` } }));
  const { lines } = renderTable({ columns, rows: styled, width: 80, palette });
  expect(lines[1]).toBe(`  <${'a short one'.padEnd(30)}>    7      1`);
});
