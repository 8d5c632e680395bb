/** The commands: the service, and what operators ask beside it. Each returns the lines to print. */

import { UsageError } from '@priolab/service';
import type { CommandInput } from '@priolab/service';

import { checkHasTasks, describeTasks, readConfig } from './config.ts';
import { openIngestor, readParts } from './program/open.ts';
import { serve } from './program/serve.ts';

type Lines = Promise<readonly string[]>;

export async function serveForever(input: CommandInput): Lines {
  await serve(readConfig(input.options['config']!), input);
  return [];
}

export async function listTasks({ options }: CommandInput): Lines {
  const config = readConfig(options['config']!);
  checkHasTasks(config);
  return describeTasks(config);
}

/** What a service that runs would say; opens the state, so not beside one on SQLite. */
export async function status(input: CommandInput): Lines {
  const { service, close } = await openIngestor(readConfig(input.options['config']!), input);
  try {
    return [`${await service.pendingCount()} reports are stored and not in a written batch`];
  } finally {
    await close();
  }
}

export async function cutNow(input: CommandInput): Lines {
  const { service, metrics, close } = await openIngestor(
    readConfig(input.options['config']!),
    input,
  );
  try {
    if (!(await service.cut({ all: true }))) {
      throw new UsageError('cut: got another replica that is at it, allowed: when it is done');
    }
    return [`${metrics.totals.batched} reports were batched`];
  } finally {
    await close();
  }
}

export async function lintConfig({ options, environment }: CommandInput): Lines {
  const file = options['config']!;
  const config = readConfig(file);
  checkHasTasks(config);
  readParts(config, environment);
  return [`${file}: fine`];
}
