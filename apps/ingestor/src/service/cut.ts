/**
 * From stored reports to batches that lie in the processors' buckets. What a batch holds is fixed
 * in one transaction before anything of it is written; writing it twice writes the same; only then
 * are its shares deleted. So it may stop anywhere and be begun again, here or at another replica.
 *
 * One replica cuts at a time, so that none does another's work; were it two, nothing would be
 * lost or doubled either.
 */

import { setImmediate as breathe } from 'node:timers/promises';

import { toHex } from '@priolab/crypto';
import type { CryptoBackend } from '@priolab/crypto';
import { DAY_MS, uploadLayout } from '@priolab/roles';
import type { BatchPair, ShareBatch, Task } from '@priolab/roles';
import { wallClock } from '@priolab/runtime';
import type { Clock } from '@priolab/runtime';

import { createBatchBuilder } from './batch-bytes.ts';
import type { BatchSecrets } from './batch-bytes.ts';
import type { IngestorLimits } from './limits.ts';
import type { IngestorState, PendingGroup, PlannedBatch } from './state.ts';

/** Where batches go. The same batch may come again after a crash: writing it twice is once. */
export interface BatchSink {
  /** @throws TransportError */
  write(pair: BatchPair<ShareBatch>): Promise<void>;
}

export interface CutterOptions {
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  readonly state: IngestorState;
  readonly sink: BatchSink;
  readonly backend: CryptoBackend;
  readonly secrets: BatchSecrets;
  readonly limits: IngestorLimits;
  readonly batched: (batch: { readonly task: Task; readonly count: number }) => void;
}

export interface Cutter {
  /**
   * Cuts what is stored, unless another replica is at it. Resolves when it is written.
   * @param options `all`: small batches too
   * @returns whether it was this replica's turn
   * @throws TransportError: what is not written yet will be at the next call
   */
  cut(options?: { readonly all?: boolean }): Promise<boolean>;
  /** Waits for the batch under way, and begins no other. */
  close(): Promise<void>;
}

const ROWS_AT_ONCE = 256;
/** An open day is kept a little longer than uploads of it are taken. */
const FORGET_AFTER_MS = 3_600_000;

export function createCutter(options: CutterOptions): Cutter {
  const { clock, state, limits } = options;
  const holder = crypto.randomUUID();
  const tasks = new Map(options.tasks.map((task) => [toHex(task.id), task]));
  let isClosing = false;
  let forgottenDay = -1;
  let turn: Promise<unknown> = Promise.resolve();

  /** Of the machine: the ingestor's own clock may stand still in a rehearsal. */
  const hold = (): Promise<boolean> => {
    const nowMs = wallClock.nowMs();
    return state.takeLease(holder, nowMs, nowMs + limits.leaseMs);
  };

  /** Writes a batch that is planned. */
  const carryOut = async (plan: PlannedBatch, task: Task): Promise<void> => {
    const pair = await readBatch(options, task, plan);
    // Our lease may have run out meanwhile, and another replica has written it.
    if (pair === undefined && !(await state.isPlanned(plan.label))) return;
    if (pair === undefined) throw new RangeError('a batch that is planned has fewer reports');
    await options.sink.write(pair);
    await state.written(plan.label);
    options.batched({ task, count: plan.count });
  };

  const cutGroup = async (group: PendingGroup, task: Task): Promise<void> => {
    const countMax = batchCountMax(task, limits);
    while (!isClosing && (await hold())) {
      const plan = await state.plan(group, countMax);
      if (plan === undefined) return;
      await carryOut(plan, task);
      // What has come since is the next round's.
      if (plan.count < countMax) return;
    }
  };

  /** It looks at every row: once a day. */
  const forgetClosedDays = async (): Promise<void> => {
    const firstOpen = Math.floor((clock.nowMs() - limits.ageMsMax - FORGET_AFTER_MS) / DAY_MS);
    if (firstOpen === forgottenDay) return;
    await state.forget(firstOpen);
    forgottenDay = firstOpen;
  };

  const round = async (all: boolean): Promise<boolean> => {
    if (!(await hold())) return false;
    const failures = createFailures();
    // Of a task that is not configured any more: it stays until it is again.
    const attempt = async (name: string, work: (task: Task) => Promise<void>): Promise<void> => {
      const task = tasks.get(name);
      if (task === undefined || isClosing || !(await hold())) return;
      await failures.attempt(name, () => work(task));
    };
    for (const plan of await state.planned()) {
      await attempt(plan.task, (task) => carryOut(plan, task));
    }
    for (const group of await state.pending()) {
      if (!all && isHeld(group, tasks.get(group.task), clock.nowMs(), limits)) continue;
      // What can't be written now would only be planned in smaller and smaller pieces.
      if (failures.has(group.task)) continue;
      await attempt(group.task, (task) => cutGroup(group, task));
    }
    await forgetClosedDays();
    await state.giveUpLease(holder);
    failures.raise();
    return true;
  };

  return {
    cut({ all = false } = {}) {
      const next = turn.then(() => (isClosing ? false : round(all)));
      turn = next.catch(() => undefined);
      return next;
    },
    async close() {
      isClosing = true;
      await turn;
    },
  };
}

/** What fails in one task holds up no other; the first failure is told in the end. */
function createFailures() {
  const failed = new Map<string, unknown>();
  return {
    has: (task: string): boolean => failed.has(task),
    async attempt(task: string, work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (error) {
        if (!failed.has(task)) failed.set(task, error);
      }
    },
    raise(): void {
      for (const error of failed.values()) throw error;
    },
  };
}

function batchCountMax({ shape }: Task, limits: IngestorLimits): number {
  const { leaderSealedSize, helperSealedSize } = uploadLayout(shape);
  const fitting = Math.floor(limits.batchBytesMax / (leaderSealedSize + helperSealedSize));
  return Math.max(1, Math.min(limits.batchReportsMax, fitting));
}

/** A batch that would be too small waits for more, as long as its window may get some. */
function isHeld(
  { windowStartMs, count }: PendingGroup,
  task: Task | undefined,
  nowMs: number,
  { batchReportsMin, holdMs }: IngestorLimits,
): boolean {
  if (task === undefined || count >= batchReportsMin) return false;
  return nowMs < windowStartMs + task.windowMs + holdMs;
}

async function readBatch(
  { state, backend, secrets }: CutterOptions,
  task: Task,
  { label, windowStartMs, count }: PlannedBatch,
): Promise<BatchPair<ShareBatch> | undefined> {
  const builder = createBatchBuilder({ task, windowStartMs, count, backend, secrets });
  // No id is below this one.
  let after: Uint8Array = new Uint8Array(0);
  for (let read = 0; read < count;) {
    const rows = await state.rows(label, after, ROWS_AT_ONCE);
    if (rows.length === 0) return undefined;
    builder.add(rows);
    after = rows.at(-1)!.reportId;
    read += rows.length;
    // A state in this process answers at once: without a pause no upload would get its turn.
    await breathe();
  }
  return builder.finish();
}
