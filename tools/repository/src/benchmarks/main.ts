/**
 * The benchmark command, see `tools/bench.js`.
 */

import { parseArgs } from 'node:util';
import { describeMachine, loadAverage } from '../machine.ts';
import { takeFigures } from './figures.ts';
import { FULL, measure, SMOKE } from './measure.ts';
import { measureWall } from './measure-wall.ts';
import { formatJson, formatMarkdown, formatTable } from './report.ts';
import { filterRows, findRows } from './rows.ts';

const HELP = `npm run bench -- [options]: what things cost here, see docs/PERFORMANCE.md

  --filter TEXT  only rows whose names hold TEXT
  --rounds N     rounds of measurement, 1 to 9999
  --smoke        tiny inputs: shows that the rows work, not what they cost
  --json         one JSON document
  --markdown     tables for a page
`;

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  smoke: { type: 'boolean', default: false },
  filter: { type: 'string', default: '' },
  rounds: { type: 'string' },
} as const;

/** The options, or what is wrong with them. */
function readOptions(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `bench: ${reason}; see npm run bench -- --help`;
  }
}

/** Measures what `args` asks for and prints it; returns the exit code. */
export async function main(args: string[]): Promise<number> {
  const values = readOptions(args);
  if (typeof values === 'string') {
    console.error(values);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { rounds } = values;
  if (rounds !== undefined && !/^[1-9]\d{0,3}$/.test(rounds)) {
    console.error(`--rounds: expected a number of rounds, 1 to 9999, got "${rounds}"`);
    return 2;
  }
  const all = await findRows();
  const chosen = filterRows(all, values.filter);
  if (chosen.rows.length + chosen.wallRows.length === 0) {
    console.error(`no benchmark row has "${values.filter}" in its name`);
    return 2;
  }
  const usual = values.smoke ? SMOKE : FULL;
  const asked = rounds === undefined ? {} : { rounds: Number(rounds), wallRounds: Number(rounds) };
  const effort = { ...usual, ...asked };
  const before = loadAverage();
  // First, while the load average is still that of other processes.
  const wallRows = await measureWall(chosen.wallRows, effort);
  const rows = await measure(chosen.rows, effort);
  const report = {
    machine: describeMachine(),
    load: { before, after: loadAverage() },
    meaningful: !values.smoke,
    rows,
    wallRows,
    absent: chosen.absent,
    ...takeFigures(all, { rows, wallRows }),
  };
  const plain = values.markdown ? formatMarkdown : formatTable;
  process.stdout.write(values.json ? formatJson(report) : plain(report));
  return 0;
}
