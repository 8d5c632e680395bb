/**
 * The benchmark command, see `tools/bench.js`.
 */

import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.ts';
import { FULL, measure, SMOKE } from './measure.ts';
import { formatJson, formatTable } from './report.ts';
import { findRows } from './rows.ts';

/** Measures what `args` asks for and prints it; returns the exit code. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      filter: { type: 'string', default: '' },
    },
  });
  const rows = (await findRows()).filter(({ name }) => name.includes(values.filter));
  if (rows.length === 0) {
    console.error(`no benchmark row has "${values.filter}" in its name`);
    return 2;
  }
  const measurements = await measure(rows, values.smoke ? SMOKE : FULL);
  const format = values.json ? formatJson : formatTable;
  process.stdout.write(format(measurements, describeMachine()));
  return 0;
}
