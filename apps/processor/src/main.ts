/**
 * The command line `priolab-processor`: one processor alone, from files. Exit code 0: done; 1: the
 * protocol refuses (no report opens, the peer breaks a rule, a pair of sums is held); 2: the
 * command line or a file is unusable.
 */

import { parseArgs } from 'node:util';

import { ProtocolAbort } from '@priolab/roles';

import { UsageError } from './checks.ts';
import { Refusal, aggregate, combine, keygen, verify } from './commands.ts';
import type { OptionName, Options } from './commands.ts';

const HELP = `Usage: priolab-processor <command> [options]

  keygen     --out KEY
  verify     --role leader|helper --key KEY --batch BATCH --out VERIFIER
  aggregate  --role leader|helper --key KEY --batch BATCH --peer VERIFIER --out SUM
  combine    --leader SUM --helper SUM

keygen     makes a P-256 key, prints its public half, writes KEY with file mode 0600
verify     opens a batch, writes what the peer needs to know of it
aggregate  evaluates the batch again, checks the peer's message, sums what both accept
combine    adds both sums if they agree; says why they are held if not

Files are JSON (see the README) and are never overwritten. Exit code: 0 done, 1 refused, 2 usage.

Examples:
  priolab-processor keygen --out leader-key.json
  priolab-processor verify --role leader --key leader-key.json \\
    --batch leader-batch.json --out leader-verifier.json
  priolab-processor aggregate --role leader --key leader-key.json \\
    --batch leader-batch.json --peer helper-verifier.json --out leader-sum.json
  priolab-processor combine --leader leader-sum.json --helper helper-sum.json`;

interface Command {
  readonly options: readonly OptionName[];
  run(options: Options): string[];
}

const COMMANDS: Readonly<Record<string, Command>> = {
  keygen: { options: ['out'], run: keygen },
  verify: { options: ['role', 'key', 'batch', 'out'], run: verify },
  aggregate: { options: ['role', 'key', 'batch', 'peer', 'out'], run: aggregate },
  combine: { options: ['leader', 'helper'], run: combine },
};

/** Runs a command. @returns the lines to print */
function run(argv: readonly string[]): string[] {
  const [name, ...rest] = argv;
  if (argv.includes('--help') || name === 'help') return [HELP];
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name!] : undefined;
  if (command === undefined) {
    const allowed = Object.keys(COMMANDS).join(', ');
    throw new UsageError(`command: got ${name ?? 'nothing'}, allowed: ${allowed}; see --help`);
  }
  return command.run(parseOptions(name!, rest, command.options));
}

function parseOptions(name: string, args: string[], wanted: readonly OptionName[]): Options {
  const options = Object.fromEntries(wanted.map((key) => [key, { type: 'string' as const }]));
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    ({ values } = parseArgs({ args, options, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new UsageError(`${name}: ${(error as Error).message}; see --help`, { cause: error });
  }
  const missing = wanted.filter((key) => values[key] === undefined || values[key] === '');
  if (missing.length > 0) {
    const list = missing.map((key) => `--${key}`).join(', ');
    throw new UsageError(`${name}: got no ${list}, allowed: a value for each; see --help`);
  }
  return values as Options;
}

try {
  process.stdout.write(`${run(process.argv.slice(2)).join('\n')}\n`);
} catch (error) {
  const refused = error instanceof Refusal || error instanceof ProtocolAbort;
  if (!refused && !(error instanceof UsageError)) throw error;
  const code = error instanceof ProtocolAbort ? `${error.code}: ` : '';
  process.stderr.write(`priolab-processor: ${code}${error.message}\n`);
  process.exitCode = refused ? 1 : 2;
}
