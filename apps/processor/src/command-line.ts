/**
 * The command line of `priolab-processor`: one data share processor, as a service or one step at a
 * time. Exit code 0: done; 1: a rule refuses; 2: the command line, the configuration or a file is
 * unusable; 3: not now, to be tried again.
 */

import { ProtocolAbort } from '@priolab/roles';
import { EnpaError } from '@priolab/roles/enpa';
import { ManifestError } from '@priolab/roles/manifest';
import { TransportError } from '@priolab/runtime';
import { SqlError } from '@priolab/runtime/database';
import { ObjectKeyError, StoreSettingsError } from '@priolab/runtime/stores';
import { runProgram } from '@priolab/service';
import type { Command, CommandLine } from '@priolab/service';

import { aggregateWindow, intakeBatch, lint, listTasks, sample, serveForever } from './commands.ts';
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

/** @returns the exit code of an error that is no bug */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof ManifestError) return 2;
  if (error instanceof StoreSettingsError || error instanceof ObjectKeyError) return 2;
  // A database that is not ours: other tables under our names.
  if (error instanceof SqlError) return 2;
  if (error instanceof NotReady) return 3;
  if (error instanceof TransportError) return error.retryable ? 3 : 2;
  if (error instanceof EnpaError) return error.retryable ? 3 : 1;
  if (error instanceof Refused || error instanceof ProtocolAbort) return 1;
  return undefined;
}

/** @returns the exit code; what is no error but a bug is thrown */
export function runCommandLine(commandLine: CommandLine): Promise<number> {
  const name = 'priolab-processor';
  const program = { name, help: HELP, commands: COMMANDS, allowed: ALLOWED, exitCodeOf };
  return runProgram(program, commandLine);
}
