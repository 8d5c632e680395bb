/** `priolab report`: a stored run in other forms. */

import { join } from 'node:path';

import { EXIT } from '@priolab/harness';
import { outputs } from '@priolab/report';
import type { Output } from '@priolab/report';

import { parse } from '../arguments.ts';
import { LATEST } from '../latest.ts';
import { repeatOfStored } from '../repeat.ts';
import { findRun, readRun } from '../run-folder.ts';
import { printable } from '../streams.ts';
import { outputsNamed, writeOutputs } from '../write-outputs.ts';

/** Standard output, as the value of `--out`. */
const STDOUT = '-';

const flag = { type: 'boolean', default: false } as const;

const options = {
  ...Object.fromEntries(outputs.map(({ name }) => [name, flag])),
  out: { type: 'string' },
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

export async function report(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('report', args, options, mistakesIn);
  const folder = findRun('report', positionals[0] ?? join('runs', LATEST));
  const { summary } = readRun('report', folder);
  const repeat = repeatOfStored(folder);
  const wanted = wantedBy(values);
  if (values.out === STDOUT) {
    const [file] = await wanted[0]!.render(summary, repeat);
    process.stdout.write(file!.content);
    return EXIT.pass;
  }
  const to = { folder: values.out ?? folder, summary, repeat };
  for (const { path, what } of await writeOutputs('report', wanted, to)) {
    console.log(printable(`${path}  ${what}`));
  }
  return EXIT.pass;
}

/** Without any the first of the table. */
function wantedBy(values: Arguments['values']): readonly Output[] {
  const flags: Readonly<Record<string, unknown>> = values;
  const wanted = outputsNamed(outputs.flatMap(({ name }) => (flags[name] === true ? name : [])));
  return wanted.length === 0 ? outputs.slice(0, 1) : wanted;
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const wanted = wantedBy(values);
  const isOneFile = wanted.length === 1 && !wanted[0]!.isFolder;
  const single = outputs.filter(({ isFolder }) => !isFolder).map(({ name }) => `--${name}`);
  return [
    positionals.length > 1
      ? `got ${positionals.length} runs; expected one at most: priolab report runs/<run>`
      : undefined,
    values.out !== STDOUT || isOneFile
      ? undefined
      : `--out -: takes one file; allowed with it: one of ${single.join(', ')}`,
    values.out === '' ? '--out: got ""; allowed: a folder, or - for standard output' : undefined,
  ];
}
