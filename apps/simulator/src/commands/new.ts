/** `priolab new`: a scenario file to begin with, from a template, and what to do with it. */

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { EXIT, didYouMean } from '@priolab/harness';

import { parse, usage } from '../arguments.ts';
import { quote } from '../quote.ts';
import { makeFolderOf } from '../run-folder.ts';
import { printable } from '../streams.ts';
import { fillTemplate, templateNames } from '../templates.ts';

/** As ids of scenarios are, with a word at the most in front: the family, and a folder. */
const NAME = /^[a-z0-9]+([-/][a-z0-9]+)*$/;
const LONGEST_NAME = 80;
/** A word that all templates have. */
const EXPLAINED = 'epsilon';

const options = {
  from: { type: 'string', default: 'smoke' },
  yaml: { type: 'boolean', default: false },
  ts: { type: 'boolean', default: false },
  dir: { type: 'string', default: 'scenarios' },
} as const;

type Arguments = ReturnType<typeof parse<typeof options>>;

export function newScenario(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse('new', args, options, mistakesIn);
  const id = positionals[0]!;
  const form = values.ts ? 'ts' : 'yaml';
  const file = join(values.dir, `${id}.scenario.${form}`);
  write(file, fillTemplate(values.from, { id, file: resolve(file), form }));
  const steps = [
    [`check ${quote(file)}`, 'what it would do, or what is wrong with it'],
    [`run ${quote(file)}`, 'run it, and judge it'],
    [`watch ${quote(file)}`, 'run it again whenever it changes'],
    [`explain ${EXPLAINED}`, 'what a word of it means'],
  ] as const;
  const width = Math.max(...steps.map(([step]) => step.length));
  const lines = steps.map(([step, why]) => `  npx priolab ${step.padEnd(width)}  # ${why}`);
  console.log(printable(`${file}: scenario ${id}, from the template ${values.from}`));
  for (const line of lines) console.log(printable(line));
  return Promise.resolve(EXIT.pass);
}

function mistakesIn({ values, positionals }: Arguments): (string | undefined)[] {
  const names = templateNames();
  // An option without a value is told of already, and has none here.
  const { from, dir }: { readonly from?: string; readonly dir?: string } = values;
  return [
    nameMistake(positionals),
    from === undefined || names.includes(from)
      ? undefined
      : `--from: got "${from}"${didYouMean(from, names)}; allowed: ${names.join(', ')}`,
    values.yaml && values.ts ? 'got --yaml and --ts; allowed: one of them' : undefined,
    dir === '' ? '--dir: got ""; expected a folder' : undefined,
  ];
}

function nameMistake(positionals: readonly string[]): string | undefined {
  const [name, ...others] = positionals;
  if (name === undefined) {
    return `no name; for example: priolab new my-first --from ${templateNames().join('|')}`;
  }
  if (others.length > 0) return `got "${positionals.join(' ')}"; expected one name`;
  if (NAME.test(name) && name.length <= LONGEST_NAME) return undefined;
  const allowed = `lower-case words joined by "-" or "/", ${LONGEST_NAME} characters at most`;
  return `name: got "${name}"; allowed: ${allowed}`;
}

/** A file that exists is never written over. */
function write(file: string, text: string): void {
  makeFolderOf('new', '--dir', dirname(file));
  // Looked at first for the better message; `wx` for whoever makes one in between.
  if (existsSync(file)) throw usage('new', `${file} exists; it is left alone`);
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage('new', `can't write ${file}: ${reason}; choose another folder with --dir`);
  }
}
