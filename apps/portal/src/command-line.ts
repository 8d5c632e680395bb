/**
 * The command line of `priolab-portal`. Exit code 0: done; 2: the command line, the configuration
 * or a file is unusable; 3: not now, to be tried again.
 */

import { EnpaError } from '@priolab/roles/enpa';
import { ManifestError } from '@priolab/roles/manifest';
import { TransportError } from '@priolab/runtime';
import { SqlError } from '@priolab/runtime/database';
import { ObjectKeyError, StoreSettingsError } from '@priolab/runtime/stores';
import { runProgram } from '@priolab/service';
import type { Command, CommandLine } from '@priolab/service';

import type { Assets } from './api/page.ts';
import { audit, keys, results, serving } from './program/commands.ts';

const HELP = `Usage: priolab-portal <command> [options]

  serve    answers authorities and looks for sums until it is told to stop (SIGTERM or Ctrl-C)
  keys     add, list or revoke the authorities' API keys
  audit    who was given what, and who was refused
  results  what was published, suppressed or held, and why

  priolab-portal <command> --help tells the options of a command.
  State in SQLite is of one process: stop the service before another command, or use PostgreSQL.
  Exit code: 0 done, 2 usage, 3 not now: try again.

Examples:
  priolab-portal serve --config portal.json
  priolab-portal keys add --config portal.json --authority 'Washington DOH' --localities us-wa
  priolab-portal audit --config portal.json --limit 20`;

const ALLOWED: Readonly<Record<string, string>> = {
  config: 'a file, see CONFIGURATION.md of apps/portal',
  authority: "an authority's name, for keys add",
  localities: 'such as us-wa or us-wa,us-or, for keys add',
  expires: "a key's last day, such as 2022-12-31, UTC",
  id: 'a key as keys list shows it, for keys revoke',
  limit: 'how many at most, the newest ones (100)',
};

function commandsWith(assets: () => Promise<Assets>): Readonly<Record<string, Command>> {
  const alike = { needs: ['config'], positionals: [] };
  return {
    serve: {
      ...alike,
      about: 'Pairs sums, publishes them by its policy, and serves API and page.',
      takes: [],
      examples: ['--config portal.json'],
      run: serving(assets),
    },
    keys: {
      ...alike,
      about: 'VERB is add, list or revoke. A new key is shown once; only its digest is stored.',
      takes: ['authority', 'localities', 'expires', 'id'],
      positionals: ['VERB'],
      examples: [
        "add --config portal.json --authority 'Washington DOH' \\\n" +
          '    --localities us-wa --expires 2022-12-31',
        'list --config portal.json',
        'revoke --config portal.json --id 0123456789abcdef',
      ],
      run: keys,
    },
    audit: {
      ...alike,
      about: 'Prints the newest rows of the audit log, the oldest of them first.',
      takes: ['limit'],
      examples: ['--config portal.json --limit 20'],
      run: audit,
    },
    results: {
      ...alike,
      about: 'Prints what became of the newest windows, with details that authorities do not see.',
      takes: ['limit'],
      examples: ['--config portal.json'],
      run: results,
    },
  };
}

/** @returns the exit code of an error that is no bug */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof ManifestError || error instanceof EnpaError) return 2;
  if (error instanceof StoreSettingsError || error instanceof ObjectKeyError) return 2;
  // A database that is not ours: other tables under our names.
  if (error instanceof SqlError) return 2;
  if (error instanceof TransportError) return error.retryable ? 3 : 2;
  return undefined;
}

/** @param assets the page's files, asked for when they are to be served */
export function runCommandLine(
  commandLine: CommandLine,
  assets: () => Promise<Assets>,
): Promise<number> {
  const commands = commandsWith(assets);
  const program = { name: 'priolab-portal', help: HELP, commands, allowed: ALLOWED, exitCodeOf };
  return runProgram(program, commandLine);
}
