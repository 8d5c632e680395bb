/**
 * The commands: the service, and its steps one at a time. Each returns the lines to print.
 */

import { readFileSync } from 'node:fs';

import { lintManifest, manifestKinds } from '@priolab/roles/manifest';
import type { ManifestKind } from '@priolab/roles/manifest';
import { UsageError, fileError } from '@priolab/service';
import type { CommandInput } from '@priolab/service';

import { aggregationOf, batchOf, minuteOf } from './command-input.ts';
import { readConfig } from './config.ts';
import { generateSample } from './sample.ts';
import { aggregate } from './service/aggregate.ts';
import type { Desk, InstanceDesk } from './service/desk.ts';
import { takeIn } from './service/intake.ts';
import { openDesk } from './service/open.ts';
import { windowOf } from './service/places.ts';
import { serve } from './service/serve.ts';
import { Refused } from './service/task-errors.ts';

type Lines = Promise<readonly string[]>;

export async function serveForever(input: CommandInput): Lines {
  await serve(readConfig(input.options['config']!), input);
  return [];
}

export async function intakeBatch(input: CommandInput): Lines {
  const timeMs = minuteOf('--date', input.options['date']!);
  const batch = batchOf(input.options['batch']!);
  const job = {
    aggregation: aggregationOf(input.options['aggregation']!),
    batchUuid: batch,
    timeMs,
  };
  await withDesk(input, (desk, instance) => takeIn(desk, instance, job, nothing));
  return [`batch ${batch}: taken in`];
}

export async function aggregateWindow(input: CommandInput): Lines {
  const { start } = input.options;
  const aggregation = aggregationOf(input.options['aggregation']!);
  const startMs = minuteOf('--start', start!);
  await withDesk(input, async (desk, instance) => {
    const window = windowOf(desk.config.schedule, startMs);
    if (window.startMs !== startMs) {
      const minutes = desk.config.schedule.aggregationPeriodMs / 60_000;
      throw new UsageError(`--start: got ${start}, allowed: the start of ${minutes} minutes`);
    }
    await aggregate(desk, instance, { aggregation, startMs }, nothing);
  });
  return [`window ${start} of ${aggregation}: summed`];
}

export async function listTasks(input: CommandInput): Lines {
  const { desk, close } = await openDesk(readConfig(input.options['config']!), input);
  try {
    const { retry } = input.options;
    if (retry === 'all') {
      const tasks = await desk.queue.rejected();
      for (const { id } of tasks) await desk.queue.retryRejected(id);
      return [`${tasks.length} tasks will be tried again`];
    }
    if (retry !== undefined) {
      if (await desk.queue.retryRejected(retry)) return [`${retry}: will be tried again`];
      throw new Refused('no-such-task', `${retry}: expected a task that was put aside`);
    }
    const counts = Object.entries(await desk.queue.counts());
    const rejected = await desk.queue.rejected();
    return [
      counts.map(([state, count]) => `${state} ${count}`).join(', '),
      ...rejected.map(({ id, attempt, reason }) => `${id}  ${reason} (after ${attempt})`),
    ];
  } finally {
    await close();
  }
}

export async function lint({ positionals }: CommandInput): Lines {
  const [kind, file] = positionals as [string, string];
  if (!(manifestKinds as readonly string[]).includes(kind)) {
    throw new UsageError(`KIND: got ${kind}, allowed: ${manifestKinds.join(', ')}`);
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(file, 'a file that can be read', error);
  }
  const findings = lintManifest(kind as ManifestKind, text);
  const lines = findings.map(({ level, path, message }) => `${level}: ${path}: ${message}`);
  if (findings.every(({ level }) => level !== 'error')) return [...lines, `${file}: fine`];
  throw new Refused('manifest', [`${file}:`, ...lines].join('\n'));
}

export async function sample(input: CommandInput): Lines {
  return generateSample(input);
}

async function withDesk(
  input: CommandInput,
  work: (desk: Desk, instance: InstanceDesk) => Promise<void>,
): Promise<void> {
  const { desk, close } = await openDesk(readConfig(input.options['config']!), input);
  try {
    const name = input.options['instance']!;
    const instance = desk.instances.get(name);
    if (instance !== undefined) return await work(desk, instance);
    const allowed = [...desk.instances.keys()].join(', ');
    throw new UsageError(`--instance: got ${name}, allowed: ${allowed}`);
  } finally {
    await close();
  }
}

async function nothing(): Promise<void> {}
