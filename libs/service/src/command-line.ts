/**
 * The command line of a service: `program command --option value`. Every option takes a value, and
 * what is missing or unknown is told with what is allowed. Exit code 0: done; 2: the command line,
 * a configuration or a file is unusable; other errors' codes are the program's to say.
 */

import { parseArgs } from 'node:util';

import { createInterrupt } from '@priolab/runtime';

import { UsageError } from './checks.ts';
import { didYouMean } from './did-you-mean.ts';

/** What a command is given. */
export interface CommandInput {
  readonly options: Readonly<Record<string, string>>;
  readonly positionals: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly writeLog: (line: string) => void;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

type Names = readonly string[];

export interface Command {
  readonly about: string;
  /** Options that must be given, and those that may be. */
  readonly needs: Names;
  readonly takes: Names;
  readonly positionals: Names;
  readonly examples: Names;
  /** @returns the lines to print */
  run(input: CommandInput): Promise<readonly string[]>;
}

export interface Program {
  /** As it is called: `priolab-processor`. */
  readonly name: string;
  readonly help: string;
  readonly commands: Readonly<Record<string, Command>>;
  /** What options may be, where their names don't tell. */
  readonly allowed: Readonly<Record<string, string>>;
  /** The exit code of an error that is no bug; undefined: it is one. */
  exitCodeOf(error: unknown): number | undefined;
}

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** @returns the exit code; what is no error but a bug is thrown */
export async function runProgram(program: Program, commandLine: CommandLine): Promise<number> {
  const { write, writeError } = commandLine;
  try {
    const lines = await run(program, commandLine);
    if (lines.length > 0) write(`${lines.join('\n')}\n`);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const exitCode = isUsage ? 2 : program.exitCodeOf(error);
    if (exitCode === undefined) throw error;
    const { code, message } = error as { readonly code: string; readonly message: string };
    writeError(`${program.name}: ${isUsage ? '' : `${code}: `}${message}\n`);
    return exitCode;
  }
}

async function run(
  program: Program,
  { argv, environment, writeError }: CommandLine,
): Promise<readonly string[]> {
  const { commands, help } = program;
  const [name, ...rest] = argv;
  const isKnown = Object.hasOwn(commands, name ?? '');
  if (!isKnown && (argv.includes('--help') || argv.includes('-h') || name === 'help')) {
    return [help];
  }
  if (!isKnown) {
    const allowed = Object.keys(commands).join(', ');
    const got =
      name === undefined ? 'nothing' : `${name}${didYouMean(name, Object.keys(commands))}`;
    throw new UsageError(`command: got ${got}, allowed: ${allowed}; see --help`);
  }
  const command = commands[name!]!;
  if (rest.includes('--help') || rest.includes('-h')) return [helpOf(program, name!, command)];
  const interrupt = createInterrupt();
  try {
    const input = parse(name!, rest, command);
    const { signal } = interrupt;
    return await command.run({ ...input, signal, environment, writeLog: writeError });
  } finally {
    interrupt.dispose();
  }
}

function helpOf(
  { name: program, allowed }: Program,
  name: string,
  { about, needs, takes, positionals, examples }: Command,
): string {
  const given = [
    ...needs.map((one) => [`--${one} ${one.toUpperCase()}`, allowed[one]] as const),
    ...takes.map((one) => [`[--${one} ${one.toUpperCase()}]`, allowed[one]] as const),
  ];
  const width = Math.max(...given.map(([option]) => option.length));
  const options = [
    ...positionals,
    ...given.map(([option, may = '']) => `${option.padEnd(width)}  ${may}`.trimEnd()),
  ];
  const lines = examples.map((example) => `  ${program} ${name} ${example}`);
  const usage = [`Usage: ${program} ${name}`, ...options].join('\n  ');
  return `${usage}\n\n${about}\n\nExamples:\n${lines.join('\n')}`;
}

function parse(
  name: string,
  args: string[],
  { needs, takes, positionals: wanted }: Command,
): Pick<CommandInput, 'options' | 'positionals'> {
  const known = [...needs, ...takes].map((key) => [key, { type: 'string' as const }] as const);
  let parsed: { values: object; positionals: string[] };
  try {
    const options = Object.fromEntries(known);
    parsed = parseArgs({ args, options, strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${name}: ${(error as Error).message}; see --help`, { cause: error });
  }
  const options = parsed.values as Readonly<Record<string, string>>;
  const missing = needs.filter((key) => options[key] === undefined || options[key] === '');
  if (missing.length > 0) {
    const list = missing.map((key) => `--${key}`).join(', ');
    throw new UsageError(`${name}: got no ${list}, allowed: a value for each; see --help`);
  }
  if (parsed.positionals.length !== wanted.length) {
    const allowed = wanted.length === 0 ? 'none' : wanted.join(' ');
    const got = parsed.positionals.length;
    throw new UsageError(`${name}: got ${got} arguments, allowed: ${allowed}; see --help`);
  }
  return { options, positionals: parsed.positionals };
}
