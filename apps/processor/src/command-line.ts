/**
 * The command line of `priolab-processor`: one data share processor, as a service or one step at a
 * time. Exit code 0: done; 1: a rule refuses; 2: the command line, the configuration or a file is
 * unusable; 3: not now, to be tried again.
 */

import { parseArgs } from 'node:util';

import { ProtocolAbort } from '@priolab/roles';
import { EnpaError } from '@priolab/roles/enpa';
import { ManifestError } from '@priolab/roles/manifest';
import { TransportError, createInterrupt } from '@priolab/runtime';
import { SqlError } from '@priolab/runtime/database';
import { ObjectKeyError, StoreSettingsError } from '@priolab/runtime/stores';

import { UsageError } from './checks.ts';
import { aggregateWindow, intakeBatch, lint, listTasks, sample, serveForever } from './commands.ts';
import { didYouMean } from './command-input.ts';
import type { CommandInput } from './command-input.ts';
import { sampleHelp } from './sample.ts';
import { NotReady, Refused } from './service/task-errors.ts';

const HELP = `Usage: priolab-processor <command> [options]

  serve            works as a service until it is told to stop (SIGTERM or Ctrl-C)
  intake           takes in one batch and writes the validation for the peer
  aggregate        sums one window and writes the sum part for the portal
  tasks            lists tasks that were put aside; --retry ID (or all) gives them back
  lint-manifest    says what is wrong with a manifest
  generate-sample  writes a batch of known content for both processors

  priolab-processor <command> --help tells the options of a command.
  Keys and manifests are made by \`priolab keygen\` and \`priolab manifest\`, sums are added by
  \`priolab combine\`. Exit code: 0 done, 1 refused, 2 usage, 3 not now: try again.

Examples:
  priolab-processor serve --config isrg.json
  priolab-processor intake --config isrg.json --instance us-wa-apple \\
    --aggregation PeriodicExposureNotification-v1 --date 2021/12/01/08/00 \\
    --batch 3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11
  priolab-processor tasks --config isrg.json`;

type Names = readonly string[];

/** What options may be, where their names don't tell. */
const ALLOWED: Readonly<Record<string, string>> = {
  config: 'a file, see README.md of apps/processor',
  instance: "a name in the configuration's instances",
  aggregation: 'letters, digits, - _ .',
  date: 'a minute as 2021/12/01/08/30, UTC',
  start: 'a minute as 2021/12/01/08/00, UTC',
  batch: 'a UUID in lower case',
  retry: 'a task as listed, or all',
  'leader-bucket': 'a folder or s3://region/bucket[/prefix]',
  'helper-bucket': 'a folder or s3://region/bucket[/prefix]',
  'leader-key': "a packet key's file",
  'helper-key': "a packet key's file",
  'signing-key': "a signing key's file",
  'signing-key-id': "its name in the ingestor's manifest",
  ...sampleHelp,
};

interface Command {
  readonly about: string;
  /** Options that must be given, and those that may be. */
  readonly needs: Names;
  readonly takes: Names;
  readonly positionals: Names;
  readonly examples: Names;
  run(input: CommandInput): Promise<readonly string[]>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    about: 'Scans its buckets, takes in batches, validates with the peer, sums windows.',
    needs: ['config'],
    takes: [],
    positionals: [],
    examples: ['--config isrg.json'],
    run: serveForever,
  },
  intake: {
    about: 'Takes in one batch, as the service would. Twice it is the same.',
    needs: ['config', 'instance', 'aggregation', 'date', 'batch'],
    takes: [],
    positionals: [],
    examples: [
      '--config isrg.json --instance us-wa-apple --aggregation kittens-seen \\\n' +
        '    --date 2021/12/01/08/00 --batch 3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11',
    ],
    run: intakeBatch,
  },
  aggregate: {
    about: 'Sums the window that begins at --start (a multiple of the period), if it can.',
    needs: ['config', 'instance', 'aggregation', 'start'],
    takes: [],
    positionals: [],
    examples: [
      '--config isrg.json --instance us-wa-apple --aggregation kittens-seen \\\n' +
        '    --start 2021/12/01/08/00',
    ],
    run: aggregateWindow,
  },
  tasks: {
    about: 'Lists what was put aside, with the reason; --retry gives one task back, or all.',
    needs: ['config'],
    takes: ['retry'],
    positionals: [],
    examples: ['--config isrg.json', '--config isrg.json --retry us-wa-apple/task-markers/...'],
    run: listTasks,
  },
  'lint-manifest': {
    about: 'Checks a manifest of kind ingestor, processor, global or portal.',
    needs: [],
    takes: [],
    positionals: ['KIND', 'FILE'],
    examples: ['processor us-wa-apple-manifest.json'],
    run: lint,
  },
  'generate-sample': {
    about:
      'Writes one batch whose bits follow from its UUID alone (as the facilitator’s own sample\n' +
      'generator does), sealed to both processors, and prints the sums that must come out.',
    needs: [
      'aggregation', 'date', 'batch', 'leader-bucket', 'leader-key', 'helper-bucket',
      'helper-key', 'signing-key-id', 'signing-key',
    ], // prettier-ignore
    takes: ['bins', 'packets', 'epsilon', 'time-unit', 'window-minutes'],
    positionals: [],
    examples: [
      '--aggregation kittens-seen --date 2021/12/01/08/00 \\\n' +
        '    --batch 3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11 --bins 10 --packets 100 \\\n' +
        '    --leader-bucket buckets/nci-ingestion --leader-key nci.packet-key \\\n' +
        '    --helper-bucket buckets/isrg-ingestion --helper-key isrg.packet-key \\\n' +
        '    --signing-key-id ingestor-1 --signing-key ingestor.signing-key',
    ],
    run: sample,
  },
};

async function run({ argv, environment, writeError }: CommandLine): Promise<readonly string[]> {
  const [name, ...rest] = argv;
  const isKnown = Object.hasOwn(COMMANDS, name ?? '');
  if (!isKnown && (argv.includes('--help') || argv.includes('-h') || name === 'help')) {
    return [HELP];
  }
  if (!isKnown) {
    const allowed = Object.keys(COMMANDS).join(', ');
    const got =
      name === undefined ? 'nothing' : `${name}${didYouMean(name, Object.keys(COMMANDS))}`;
    throw new UsageError(`command: got ${got}, allowed: ${allowed}; see --help`);
  }
  const command = COMMANDS[name!]!;
  if (rest.includes('--help') || rest.includes('-h')) return [helpOf(name!, command)];
  const interrupt = createInterrupt();
  try {
    const input = parse(name!, rest, command);
    return await command.run({
      ...input,
      signal: interrupt.signal,
      environment,
      writeLog: writeError,
    });
  } finally {
    interrupt.dispose();
  }
}

function helpOf(name: string, { about, needs, takes, positionals, examples }: Command): string {
  const given = [
    ...needs.map((one) => [`--${one} ${one.toUpperCase()}`, ALLOWED[one]] as const),
    ...takes.map((one) => [`[--${one} ${one.toUpperCase()}]`, ALLOWED[one]] as const),
  ];
  const width = Math.max(...given.map(([option]) => option.length));
  const options = [
    ...positionals,
    ...given.map(([option, allowed = '']) => `${option.padEnd(width)}  ${allowed}`.trimEnd()),
  ];
  const lines = examples.map((example) => `  priolab-processor ${name} ${example}`);
  const usage = [`Usage: priolab-processor ${name}`, ...options].join('\n  ');
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

/** @returns the exit code of an error that is no bug */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof UsageError || error instanceof ManifestError) return 2;
  if (error instanceof StoreSettingsError || error instanceof ObjectKeyError) return 2;
  // A database that is not ours: other tables under our names.
  if (error instanceof SqlError) return 2;
  if (error instanceof NotReady) return 3;
  if (error instanceof TransportError) return error.retryable ? 3 : 2;
  if (error instanceof EnpaError) return error.retryable ? 3 : 1;
  if (error instanceof Refused || error instanceof ProtocolAbort) return 1;
  return undefined;
}

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** @returns the exit code; what is no error but a bug is thrown */
export async function runCommandLine(commandLine: CommandLine): Promise<number> {
  const { write, writeError } = commandLine;
  try {
    const lines = await run(commandLine);
    if (lines.length > 0) write(`${lines.join('\n')}\n`);
    return 0;
  } catch (error) {
    const exitCode = exitCodeOf(error);
    if (exitCode === undefined) throw error;
    const { code, message } = error as { readonly code: string; readonly message: string };
    const prefix = error instanceof UsageError ? '' : `${code}: `;
    writeError(`priolab-processor: ${prefix}${message}\n`);
    return exitCode;
  }
}
