/**
 * The combiner as a service: pairs the sum parts of both processors by task and window, adds what
 * fits, and keeps what it has published: a window is published once. What does not fit, or is too
 * small, is held and named. Source: ENPA sections 1.2 step 5, 10.4.
 */

import { toHex } from '@priolab/crypto';
import { decodeSumPart } from '@priolab/roles';
import type { combine, estimate } from '@priolab/roles';
import type {
  AggregateShare,
  HeldPair,
  KnownTasks,
  ObjectReader,
  ProcessorRole,
  Task,
} from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Host, ObjectStore } from '@priolab/runtime';

import type { Listener } from '../events.ts';
import { endings, taskPrefix, windowBase, windowStartOf } from '../names.ts';
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
  /** How long after its end a window waits for its second sum part before it is called missing. */
  readonly patienceMs: number;
  /** The combiner's arithmetic, and the authority's. */
  readonly combine: typeof combine;
  readonly estimate: typeof estimate;
  readonly listener: Listener;
}

export async function runPortal(host: Host, options: PortalOptions): Promise<void> {
  const { scanEveryMs } = options;
  const missing = new Set<string>();
  for (;;) {
    try {
      await scan(host, options, missing);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    await host.sleep(scanEveryMs - (host.clock.nowMs() % scanEveryMs));
  }
}

async function scan(host: Host, options: PortalOptions, missing: Set<string>): Promise<void> {
  const { tasks, portal, results } = options;
  for (const task of tasks.values()) {
    for (const base of basesOf(await portal.list(taskPrefix(task)))) {
      if ((await results.stat(base)) !== undefined) continue;
      const parts = await readParts(options, base);
      const { leader, helper } = parts;
      if (leader !== undefined && helper !== undefined) {
        await publish(options, task, base, { leader, helper });
      } else if (!missing.has(base) && nameMissing(host, options, task, parts)) missing.add(base);
    }
  }
}

/** Windows of which some sum part is there, complete. */
function basesOf(keys: readonly string[]): Set<string> {
  const bases = new Set<string>();
  for (const role of ['leader', 'helper'] as const) {
    const ending = endings.sum(role) + SIGNATURE;
    for (const key of keys) if (key.endsWith(ending)) bases.add(key.slice(0, -ending.length));
  }
  return bases;
}

type Parts = Partial<Record<ProcessorRole, AggregateShare>>;

async function readParts(options: PortalOptions, base: string): Promise<Parts> {
  const leader = await readPart(options, 'leader', base);
  const helper = await readPart(options, 'helper', base);
  return {
    ...(leader === undefined ? {} : { leader }),
    ...(helper === undefined ? {} : { helper }),
  };
}

/** Says which part does not come, once its time is over; it may still come. */
function nameMissing(
  host: Host,
  { patienceMs, listener }: PortalOptions,
  task: Task,
  { leader, helper }: Parts,
): boolean {
  const there = leader ?? helper;
  if (there === undefined) return false;
  const { windowStartMs } = there;
  if (host.clock.nowMs() < windowStartMs + task.windowMs + patienceMs) return false;
  const reason = leader === undefined ? 'no-leader-share' : 'no-helper-share';
  const taskId = toHex(task.id);
  listener({
    kind: 'held',
    task,
    pair: { taskId, windowStartMs, reason, detail: 'not there yet' },
  });
  return true;
}

async function publish(
  options: PortalOptions,
  task: Task,
  base: string,
  { leader, helper }: Required<Parts>,
): Promise<void> {
  const { results, listener } = options;
  const hold = async (pair: HeldPair): Promise<void> => {
    await results.put(base, encodeNote({ held: pair.reason }));
    listener({ kind: 'held', task, pair });
  };
  // A processor may hand in the sum of another window, or of another state, under this name.
  const other = [leader, helper].find(
    (part) => part.task !== task || windowBase(task, part.windowStartMs) !== base,
  );
  if (other !== undefined) {
    const detail = `got ${windowBase(other.task, other.windowStartMs)}`;
    const windowStartMs = windowStartOf(base);
    return hold({ taskId: toHex(task.id), windowStartMs, reason: 'wrong-window', detail });
  }
  const { results: totals, held } = options.combine([leader], [helper]);
  for (const pair of held) await hold(pair);
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
