/**
 * Tables as Apache Parquet, compressed with Snappy, row groups of at most 100,000 rows. `text` is a
 * UTF-8 string, `count` INT64, `number` DOUBLE and `time` a timestamp of milliseconds in UTC; every
 * column may hold nulls.
 */

import { parquetWriteBuffer } from 'hyparquet-writer';

import type { Table, Value, ValueType } from './tables.ts';

const TYPES = {
  text: 'STRING',
  count: 'INT64',
  number: 'DOUBLE',
  time: 'TIMESTAMP',
} as const satisfies Readonly<Record<ValueType, string>>;

/**
 * A whole file.
 * @throws RangeError for a table without rows: not every reader takes a file without a row group
 */
export function renderParquet({ name, about, columns, rows }: Table): Uint8Array {
  if (rows.length === 0) throw new RangeError(`table ${name}: got no rows; expected at least one`);
  const columnData = columns.map((column, k) => ({
    name: column.name,
    type: TYPES[column.type],
    data: rows.map((row) => stored(column.type, row[k]!)),
  }));
  const kvMetadata = [
    { key: 'priolab.table', value: name },
    { key: 'priolab.about', value: about },
  ];
  // `createdBy` is left to the library: readers know its quirks by it.
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, rowGroupSize: 100_000 }));
}

function stored(type: ValueType, value: Value): string | number | bigint | Date | null {
  if (value === null || typeof value === 'string') return value;
  if (type === 'count') return BigInt(value);
  return type === 'time' ? new Date(value) : value;
}
