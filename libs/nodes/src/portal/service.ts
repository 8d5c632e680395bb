/**
 * The combiner as a service: pairs the sum parts of both processors by task and window, adds what
 * fits, and keeps what it has published: a window is published once. What does not fit, or is too
 * small, is held and named. Source: ENPA sections 1.2 step 5, 10.4.
 */

import { toHex } from '@priolab/crypto';
import { decodeSumPart } from '@priolab/roles';
import type { combine, estimate } from '@priolab/roles';
import type {
  AggregateResult,
  AggregateShare,
  HoldReason,
  KnownTasks,
  ObjectReader,
} from '@priolab/roles';
import type { ProcessorRole, Task } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import type { Host, ObjectStore } from '@priolab/runtime';

import type { Listener } from '../events.ts';
import { endings, readWindowBase, taskPrefix } from '../names.ts';
import { SIGNATURE, putAndLook, readSigned, readStored } from '../signed-store.ts';

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
  const closed = new Set<string>();
  for (;;) {
    try {
      await scan(options, closed, host.clock.nowMs());
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
    await host.sleep(scanEveryMs - (host.clock.nowMs() % scanEveryMs));
  }
}

const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

/** @param closed windows, by their names, whose notes are known to be as they were written */
async function scan(options: PortalOptions, closed: Set<string>, nowMs: number): Promise<void> {
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
      if (windowStartMs === undefined) continue;
      const named = { task, windowStartMs, base };
      const isNoted = (await results.stat(base)) !== undefined;
      if (isNoted && closed.has(base)) continue;
      if (isNoted) await lookAtNote(options, named);
      if (isNoted || (await publish(options, named, nowMs))) closed.add(base);
    }
  }
}

/** A window of a task, and its name in the stores. */
interface Named {
  readonly task: Task;
  readonly windowStartMs: number;
  readonly base: string;
}

/** @returns whether the window is closed, by what was noted now */
async function publish(options: PortalOptions, named: Named, nowMs: number): Promise<boolean> {
  const { patienceMs } = options;
  const { task, base } = named;
  const leader = await readPart(options, 'leader', base);
  const helper = await readPart(options, 'helper', base);
  if (leader === undefined || helper === undefined) {
    // A window that one side never sums is closed some day, and says who is missing. One that is
    // summed long after its end has its peer's sum still to come.
    const beganMs = Math.max(named.windowStartMs + task.windowMs, await firstMs(options, base));
    if (nowMs < beganMs + patienceMs) return false;
    const role = leader === undefined ? 'leader' : 'helper';
    return hold(options, named, `no-${role}-share`, `none after ${patienceMs} ms`);
  }
  for (const share of [leader, helper].flatMap((part) => [part.share, part.copy])) {
    if (share === undefined) continue;
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
  let isClosed = true;
  for (const result of totals) isClosed = (await publishTotal(options, named, result)) && isClosed;
  return isClosed;
}

async function publishTotal(
  options: PortalOptions,
  named: Named,
  result: AggregateResult,
): Promise<boolean> {
  const { listener, estimate } = options;
  const { totals, windowStartMs, count } = result;
  const { task } = named;
  if (count < options.minBatch(task)) {
    await note(options, named, { suppressed: true });
    listener({ kind: 'suppressed', by: 'portal', task, windowStartMs, count });
    return true;
  }
  // Published once: a later correction would tell two sums of nearly the same people apart.
  const noted = await note(options, named, { totals: [...totals], count, windowStartMs });
  if (noted === 'written') listener({ kind: 'published', result, estimate: estimate(result) });
  else if (noted === 'spoilt') tellNotShown(options, named, 'a part of it is missing');
  // Whatever was there first is looked at with the next scan.
  return noted !== 'first';
}

/**
 * Writes what becomes of a window, for everybody to read, where nothing is written of it yet.
 * Nobody can change it then, even where it was not stored as it was written.
 */
async function note(
  { results }: PortalOptions,
  { base }: Named,
  what: object,
): Promise<'written' | 'spoilt' | 'first'> {
  const bytes = new TextEncoder().encode(JSON.stringify({ of: base, ...what }));
  const { wrote, size } = await putAndLook(results, base, bytes);
  if (!wrote) return 'first';
  return size === bytes.length ? 'written' : 'spoilt';
}

/** What is noted of a window may be of an earlier life, or under its name by mistake. */
async function lookAtNote(options: PortalOptions, named: Named): Promise<void> {
  const isOurs = (bytes: Uint8Array): boolean => {
    try {
      const { of } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly of?: unknown };
      return of === named.base;
    } catch {
      return false;
    }
  };
  const bytes = await readStored(options.results, named.base, isOurs);
  if (bytes === undefined || isOurs(bytes)) return;
  tellNotShown(options, named, 'another window’s note is in its place, or half of one');
}

function tellNotShown({ listener }: PortalOptions, named: Named, detail: string): void {
  const { task, windowStartMs } = named;
  const pair = { taskId: toHex(task.id), windowStartMs, reason: 'not-shown', detail } as const;
  listener({ kind: 'held', task, pair });
}

/** Closes a window without a total, for good. */
async function hold(
  options: PortalOptions,
  named: Named,
  reason: HoldReason,
  detail: string,
): Promise<true> {
  await note(options, named, { held: reason });
  const { task, windowStartMs } = named;
  const taskId = toHex(task.id);
  options.listener({ kind: 'held', task, pair: { taskId, windowStartMs, reason, detail } });
  return true;
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
  /** What the auditor has, where it is a sum. */
  readonly copy: AggregateShare | undefined;
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
  const decodedCopy = decodeSumPart(copy.header, copy.packets, { role, tasks });
  if (!decoded.ok) return undefined;
  // The digest of the packets is a field of the header.
  const isCopied = JSON.stringify(opened.header) === JSON.stringify(copy.header);
  return {
    share: decoded.value.share,
    copy: decodedCopy.ok ? decodedCopy.value.share : undefined,
    isCopied,
  };
}
