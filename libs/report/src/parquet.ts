/**
 * Tables as Apache Parquet, compressed with Snappy, row groups of at most 5,000 rows. `text` is a
 * UTF-8 string, `count` INT64, `number` DOUBLE and `time` a timestamp of milliseconds in UTC; every
 * column may hold nulls.
 */

import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';

import type { Table, Value, ValueType } from './tables.ts';

const TYPES = {
  text: 'STRING',
  count: 'INT64',
  number: 'DOUBLE',
  time: 'TIMESTAMP',
} as const satisfies Readonly<Record<ValueType, string>>;

/** Rows that are in memory as columns at one time. */
const GROUP_SIZE = 5000;

/**
 * A whole file.
 * @throws RangeError for a table without rows: not every reader takes a file without a row group
 */
export function renderParquet({ name, about, columns, rows }: Table): Uint8Array {
  const writer = new ByteWriter();
  const kvMetadata = [
    { key: 'priolab.table', value: name },
    { key: 'priolab.about', value: about },
  ];
  const dataOf = (group: readonly (readonly Value[])[]) =>
    columns.map((column, k) => ({
      name: column.name,
      type: TYPES[column.type],
      data: group.map((row) => stored(column.type, row[k]!)),
    }));
  const schema = schemaFromColumnData({ columnData: dataOf([]) });
  // `createdBy` is left to the library: readers know its quirks by it.
  const parquet = new ParquetWriter({ writer, schema, kvMetadata });
  let isEmpty = true;
  for (const group of groupsOf(rows)) {
    isEmpty = false;
    void parquet.write({ columnData: dataOf(group), rowGroupSize: group.length });
  }
  if (isEmpty) throw new RangeError(`table ${name}: got no rows; expected at least one`);
  void parquet.finish();
  return new Uint8Array(writer.getBuffer());
}

function* groupsOf(rows: Table['rows']): Generator<readonly (readonly Value[])[]> {
  let group: (readonly Value[])[] = [];
  for (const row of rows) {
    group.push(row);
    if (group.length < GROUP_SIZE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function stored(type: ValueType, value: Value): string | number | bigint | Date | null {
  if (value === null || typeof value === 'string') return value;
  if (type === 'count') return BigInt(value);
  return type === 'time' ? new Date(value) : value;
}
