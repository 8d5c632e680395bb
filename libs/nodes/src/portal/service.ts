/**
 * The combiner as a service: pairs the sum parts of both processors by task and window, adds what
 * fits, and keeps what it has published: a window is published once. What does not fit, or is too
 * small, is held and named. Source: ENPA sections 1.2 step 5, 10.4.
 */

import { decodeSumPart } from '@priolab/roles';
import type { combine, estimate } from '@priolab/roles';
import type { AggregateShare, KnownTasks, ObjectReader, ProcessorRole, Task } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Host, ObjectStore } from '@priolab/runtime';

import type { Listener } from '../events.ts';
import { endings, taskPrefix } from '../names.ts';
import { SIGNATURE, readSigned } from '../signed-store.ts';

export interface PortalOptions {
  readonly tasks: KnownTasks;
  /** Sum parts from both processors. */
  readonly portal: ObjectStore;
  /** What was published. */
  readonly results: ObjectStore;
  readonly readers: Readonly<Record<ProcessorRole, ObjectReader>>;
  readonly scanEveryMs: number;
  readonly minBatch: (task: Task) => number;
  /** The combiner's arithmetic, and the authority's. */
  readonly combine: typeof combine;
  readonly estimate: typeof estimate;
  readonly listener: Listener;
}

export async function runPortal(host: Host, options: PortalOptions): Promise<void> {
  const { scanEveryMs } = options;
  for (;;) {
    try {
      await scan(options);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    await host.sleep(scanEveryMs - (host.clock.nowMs() % scanEveryMs));
  }
}

async function scan(options: PortalOptions): Promise<void> {
  const { tasks, portal, results } = options;
  const ending = endings.sum('leader') + SIGNATURE;
  for (const task of tasks.values()) {
    const keys = await portal.list(taskPrefix(task));
    for (const key of keys) {
      if (!key.endsWith(ending)) continue;
      const base = key.slice(0, -ending.length);
      if ((await results.stat(base)) !== undefined) continue;
      await publish(options, task, base);
    }
  }
}

async function publish(options: PortalOptions, task: Task, base: string): Promise<void> {
  const { results, listener } = options;
  const leader = await readPart(options, 'leader', base);
  const helper = await readPart(options, 'helper', base);
  if (leader === undefined || helper === undefined) return;
  const { results: totals, held } = options.combine([leader], [helper]);
  for (const pair of held) {
    await results.put(base, encodeNote({ held: pair.reason }));
    listener({ kind: 'held', task, pair });
  }
  for (const result of totals) {
    const { windowStartMs, count } = result;
    if (count < options.minBatch(task)) {
      await results.put(base, encodeNote({ suppressed: true }));
      listener({ kind: 'suppressed', by: 'portal', task, windowStartMs, count });
      continue;
    }
    const note = { totals: [...result.totals], count, windowStartMs };
    // Published once: a later correction would tell two sums of nearly the same people apart.
    if (await results.put(base, encodeNote(note))) {
      listener({ kind: 'published', result, estimate: options.estimate(result) });
    }
  }
}

async function readPart(
  { tasks, portal, readers }: PortalOptions,
  role: ProcessorRole,
  base: string,
): Promise<AggregateShare | undefined> {
  const opened = await readSigned(portal, base + endings.sum(role), readers[role]);
  if (opened === undefined || !opened.ok) return undefined;
  const decoded = decodeSumPart(opened.header, opened.packets, { role, tasks });
  return decoded.ok ? decoded.value.share : undefined;
}

function encodeNote(note: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(note));
}
