/**
 * The combiner as a service: pairs the sum parts of both processors by task and window, adds what
 * fits, and keeps what it has published: a window is published once. What does not fit, or is too
 * small, is held and named. Source: ENPA sections 1.2 step 5, 10.4.
 */

import { toHex } from '@priolab/crypto';
import { decodeSumPart } from '@priolab/roles';
import type { combine, estimate } from '@priolab/roles';
import type { AggregateShare, HoldReason, KnownTasks, ObjectReader } from '@priolab/roles';
import type { ProcessorRole, Task } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Host, ObjectStore } from '@priolab/runtime';

import type { Listener } from '../events.ts';
import { endings, readWindowBase, taskPrefix } from '../names.ts';
import { SIGNATURE, putDurably, readSigned } from '../signed-store.ts';

export interface PortalOptions {
  readonly tasks: KnownTasks;
  /** Sum parts from both processors. */
  readonly portal: ObjectStore;
  /** The auditor's copies of them. */
  readonly audit: ObjectStore;
  /** What was published. */
  readonly results: ObjectStore;
  readonly readers: Readonly<Record<ProcessorRole, ObjectReader>>;
  readonly scanEveryMs: number;
  /** How long a window waits for both sums, from its end and from the first of them on. */
  readonly patienceMs: number;
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
      await scan(options, host.clock.nowMs());
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    await host.sleep(scanEveryMs - (host.clock.nowMs() % scanEveryMs));
  }
}

const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

async function scan(options: PortalOptions, nowMs: number): Promise<void> {
  const { tasks, portal, results } = options;
  for (const task of tasks.values()) {
    const bases = new Set<string>();
    for (const key of await portal.list(taskPrefix(task))) {
      const ending = ROLES.map((role) => endings.sum(role) + SIGNATURE).find((one) =>
        key.endsWith(one),
      );
      if (ending !== undefined) bases.add(key.slice(0, -ending.length));
    }
    for (const base of bases) {
      const windowStartMs = readWindowBase(base);
      if (windowStartMs === undefined || (await results.stat(base)) !== undefined) continue;
      await publish(options, { task, windowStartMs, base }, nowMs);
    }
  }
}

/** A window of a task, and its name in the stores. */
interface Named {
  readonly task: Task;
  readonly windowStartMs: number;
  readonly base: string;
}

async function publish(options: PortalOptions, named: Named, nowMs: number): Promise<void> {
  const { results, listener, patienceMs } = options;
  const { task, base } = named;
  const leader = await readPart(options, 'leader', base);
  const helper = await readPart(options, 'helper', base);
  if (leader === undefined || helper === undefined) {
    // A window that one side never sums is closed some day, and says who is missing. One that is
    // summed long after its end has its peer's sum still to come.
    const beganMs = Math.max(named.windowStartMs + task.windowMs, await firstMs(options, base));
    if (nowMs < beganMs + patienceMs) return;
    const role = leader === undefined ? 'leader' : 'helper';
    return hold(options, named, `no-${role}-share`, `none after ${patienceMs} ms`);
  }
  for (const { share } of [leader, helper]) {
    if (share.task === task && share.windowStartMs === named.windowStartMs) continue;
    // What is signed says to which window it belongs, whatever name it is under.
    const detail = `a sum of the window that starts at ${share.windowStartMs} is under its name`;
    return hold(options, named, 'wrong-window', detail);
  }
  const odd = [leader, helper].find(({ isCopied }) => !isCopied);
  if (odd !== undefined) return hold(options, named, 'sums-differ', 'the auditor has another');
  const { results: totals, held } = options.combine([leader.share], [helper.share]);
  // One reason is enough, and a window has one note.
  const [wrong] = held;
  if (wrong !== undefined) return hold(options, named, wrong.reason, wrong.detail);
  for (const result of totals) {
    const { windowStartMs, count } = result;
    if (count < options.minBatch(task)) {
      await putDurably(results, base, encodeNote({ suppressed: true }));
      listener({ kind: 'suppressed', by: 'portal', task, windowStartMs, count });
      continue;
    }
    const note = { totals: [...result.totals], count, windowStartMs };
    // Published once: a later correction would tell two sums of nearly the same people apart.
    if (await putDurably(results, base, encodeNote(note))) {
      listener({ kind: 'published', result, estimate: options.estimate(result) });
    }
  }
}

/** Closes a window without a total, for good. */
async function hold(
  { results, listener }: PortalOptions,
  { task, windowStartMs, base }: Named,
  reason: HoldReason,
  detail: string,
): Promise<void> {
  await putDurably(results, base, encodeNote({ held: reason }));
  const taskId = toHex(task.id);
  listener({ kind: 'held', task, pair: { taskId, windowStartMs, reason, detail } });
}

/** When the first of its sums came, by the store's clock. */
async function firstMs({ portal }: PortalOptions, base: string): Promise<number> {
  const written: number[] = [];
  for (const role of ROLES) {
    const stat = await portal.stat(base + endings.sum(role) + SIGNATURE);
    if (stat !== undefined) written.push(stat.writtenMs);
  }
  return Math.min(...written);
}

interface Part {
  readonly share: AggregateShare;
  /** The copy that the processor left with the auditor is the same. */
  readonly isCopied: boolean;
}

async function readPart(
  { tasks, portal, audit, readers }: PortalOptions,
  role: ProcessorRole,
  base: string,
): Promise<Part | undefined> {
  const key = base + endings.sum(role);
  const opened = await readSigned(portal, key, readers[role]);
  const copy = await readSigned(audit, key, readers[role]);
  if (opened?.ok !== true || copy?.ok !== true) return undefined;
  const decoded = decodeSumPart(opened.header, opened.packets, { role, tasks });
  if (!decoded.ok) return undefined;
  // The digest of the packets is a field of the header.
  const isCopied = JSON.stringify(opened.header) === JSON.stringify(copy.header);
  return { share: decoded.value.share, isCopied };
}

function encodeNote(note: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(note));
}
