/**
 * The command line of `priolab-ingestor`: one vendor's ingestion server. Exit code 0: done; 2: the
 * command line, the configuration or a file is unusable; 3: not now, to be tried again.
 */

import { TransportError } from '@priolab/runtime';
import { SqlError } from '@priolab/runtime/database';
import { ObjectKeyError, StoreSettingsError } from '@priolab/runtime/stores';
import { runProgram } from '@priolab/service';
import type { Command, CommandLine } from '@priolab/service';

import { cutNow, lintConfig, listTasks, serveForever, status } from './commands.ts';

const HELP = `Usage: priolab-ingestor <command> --config FILE

  serve        takes uploads and writes batches until it is told to stop (SIGTERM or Ctrl-C)
  tasks        lists the tasks that are taken
  status       how many reports wait for a batch
  cut          writes batches of all that is stored, small ones too
  lint-config  says what is wrong with a configuration and the files that it names

  priolab-ingestor <command> --help tells the options of a command.
  Several processes of one configuration may serve on one PostgreSQL. Keys are made by
  \`priolab keygen\`. Exit code: 0 done, 2 usage, 3 not now: try again.

Examples:
  priolab-ingestor serve --config apple.json
  priolab-ingestor lint-config --config apple.json`;

const ALLOWED: Readonly<Record<string, string>> = {
  config: 'a file, see CONFIGURATION.md of apps/ingestor',
};

function command(about: string, run: Command['run']): Command {
  const examples = ['--config apple.json'];
  return { about, needs: ['config'], takes: [], positionals: [], examples, run };
}

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: command(
    'Answers uploads when they are stored; cuts batches every now and then.',
    serveForever,
  ),
  tasks: command('Lists instance, aggregation and parameters of each task.', listTasks),
  status: command('Counts what is stored and not in a written batch.', status),
  cut: command('Writes batches now. On SQLite no service may be running.', cutNow),
  'lint-config': command(
    'Reads the configuration, keys and certificates; opens no port.',
    lintConfig,
  ),
};

/** @returns the exit code of an error that is no bug */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof StoreSettingsError || error instanceof ObjectKeyError) return 2;
  // A database that is not ours: other tables under our names.
  if (error instanceof SqlError) return 2;
  if (error instanceof TransportError) return error.retryable ? 3 : 2;
  return undefined;
}

/** @returns the exit code; what is no error but a bug is thrown */
export function runCommandLine(commandLine: CommandLine): Promise<number> {
  const name = 'priolab-ingestor';
  const program = { name, help: HELP, commands: COMMANDS, allowed: ALLOWED, exitCodeOf };
  return runProgram(program, commandLine);
}
