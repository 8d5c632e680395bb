/**
 * Rows of text as aligned columns, `a | b | c`: the first one and those under the title "what" to
 * the left, numbers to the right.
 */

export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const isText = (column: number): boolean => column === 0 || rows[0]![column] === 'what';
  const pad = (cell: string, column: number): string =>
    isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((cells) => cells.map(pad).join(' | ').trimEnd());
}
