/**
 * Tables as CSV, RFC 4180: UTF-8 without a byte order mark, a header, lines that end in CR LF. An
 * empty field is a value that is not there. Times are ISO 8601 in UTC, numbers are written so that
 * they are read back exactly.
 *
 * Spreadsheets run a field that begins with `=`, `+`, `-` or `@`, quoted or not. Such texts get an
 * apostrophe in front, which spreadsheets take as "this is text"; numbers stay as they are.
 */

import type { Table, Value, ValueType } from './tables.ts';

const END = '\r\n';

/** As ASCII has them and in full width; after `;` too, which is the separator in some countries. */
const FORMULA = /(?<=^|;)(?=['\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

export function renderCsv({ columns, rows }: Table): string {
  const line = (fields: readonly string[]): string => fields.map(field).join(',') + END;
  let text = line(columns.map(({ name }) => name));
  for (const row of rows) text += line(row.map((value, k) => cell(columns[k]!.type, value)));
  return text;
}

function cell(type: ValueType, value: Value): string {
  if (value === null) return '';
  if (type === 'time') return new Date(Number(value)).toISOString();
  return type === 'text' ? String(value).replace(FORMULA, "'") : String(value);
}

function field(text: string): string {
  return /[",;\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
