/**
 * Looks through the buckets for something to do: a task for each batch that is complete, and one
 * for each window that is over. A task has its name for good, so that finding it twice is harmless,
 * and one failing name does not end the search. An empty queue is filled again after a start.
 * Source: ENPA section 6.7 (workflow-manager), 9.2 nos. 17 to 22, 42.
 */

import {
  aggregateMarker,
  aggregationIds,
  aggregationWindow,
  ingestionEndings,
  intakeMarker,
  intakeWindow,
  isWithin,
  parseMinute,
  sortBatches,
  validationEndings,
} from '@priolab/roles/enpa';
import type { BatchName, Interval } from '@priolab/roles/enpa';
import { explain } from '@priolab/service';
import type { Fields } from '@priolab/service';

import type { Desk, InstanceDesk } from './desk.ts';
import { peerOf, serverIndexOf, windowOf } from './places.ts';
import type { WindowName } from './state.ts';

const UUID_SIZE = 36;
const MINUTE_SIZE = 'YYYY-MM-DD-HH-mm'.length;

/** What a task's body says. */
export interface TaskBody {
  readonly instance: string;
  readonly aggregation: string;
  readonly batchUuid?: string;
  /** Of the batch, or of the window's start. */
  readonly timeMs: number;
}

/**
 * @throws the first error, once all has been looked at: a bucket that fails must not hide others
 *   (workflow-manager ended its run there)
 */
export async function scan(desk: Desk): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (where: Fields, look: () => Promise<void>): Promise<void> => {
    try {
      await look();
    } catch (error) {
      failures.push(error);
      desk.log('error', 'look-failed', { ...where, ...explain(error) });
    }
  };
  for (const [name, instance] of desk.instances) {
    await attempt({ instance: name }, async () => {
      for (const aggregation of await aggregationsOf(instance)) {
        const where = { instance: name, aggregation };
        await attempt(where, () => scanIngestion(desk, instance, aggregation));
        await attempt(where, () => countValidations(desk, instance, aggregation));
      }
    });
    await attempt({ instance: name }, () => scanWindows(desk, instance));
  }
  if (failures.length > 0) throw failures[0];
}

async function aggregationsOf({ config, ingestion }: InstanceDesk): Promise<readonly string[]> {
  if (config.aggregations !== undefined) return config.aggregations;
  const keys = await ingestion.list('');
  return aggregationIds(
    keys.filter((key) => key.includes('/')).map((key) => key.split('/', 1)[0]!),
  );
}

async function scanIngestion(
  desk: Desk,
  instance: InstanceDesk,
  aggregation: string,
): Promise<void> {
  const { config, clock, machineClock, queue, metrics } = desk;
  const nowMs = clock.nowMs();
  const interval = intakeWindow(nowMs, config.schedule.intakeMaxAgeMs);
  const keys = await instance.ingestion.list(`${aggregation}/`);
  // One object may hold all; and a missing packet object stands for an empty one.
  const { ready, incomplete } = sortBatches(keys, ingestionEndings, 'signature');
  let skipped = 0;
  let scheduled = 0;
  const dueMs = machineClock.nowMs();
  const known = instance.scheduled.get(aggregation);
  const seen = new Set<string>();
  for (const batch of ready) {
    if (!isWithin(interval, batch.time)) continue;
    const { name } = instance.config;
    const { batchUuid, time: timeMs } = batch;
    const body: TaskBody = { instance: name, aggregation, batchUuid, timeMs };
    const id = intakeId(name, batch);
    // What the last look has found is there; the database is asked about the rest.
    // Ids go by time: a backlog is taken in in the order in which it came.
    const isNew =
      known?.has(id) !== true &&
      (await queue.add(id, 'intake', JSON.stringify(body), { nowMs: dueMs }));
    seen.add(id);
    if (isNew) {
      scheduled += 1;
      desk.reach('scan.intake-added');
    } else skipped += 1;
  }
  // As many as are in the bucket: those that expire there are forgotten here.
  instance.scheduled.set(aggregation, seen);
  metrics.ingestionsFound(aggregation, {
    ...countIn(interval, ready, incomplete),
    scheduled,
    skipped,
    ofWindow: countIn(newestWindow(desk), ready, incomplete),
  });
}

/** What the peer has said about the batches of the window that was over last. */
async function countValidations(
  desk: Desk,
  { validations }: InstanceDesk,
  aggregation: string,
): Promise<void> {
  const endings = validationEndings(serverIndexOf(peerOf(desk.config.role)));
  const keys = await validations.list(`${aggregation}/`);
  const { ready, incomplete } = sortBatches(keys, endings, 'signature');
  desk.metrics.validationsFound(aggregation, countIn(newestWindow(desk), ready, incomplete));
}

function countIn(
  interval: Interval,
  ready: readonly BatchName[],
  incomplete: readonly BatchName[],
): { ready: number; incomplete: number } {
  const count = (batches: readonly BatchName[]): number =>
    batches.filter(({ time }) => isWithin(interval, time)).length;
  return { ready: count(ready), incomplete: count(incomplete) };
}

/** The only one that workflow-manager looked at. */
function newestWindow({ clock, config: { schedule } }: Desk): Interval {
  return aggregationWindow(clock.nowMs(), schedule.aggregationPeriodMs, schedule.graceMs);
}

/** Windows that are over and hold batches of ours that are not summed. */
async function scanWindows(desk: Desk, instance: InstanceDesk): Promise<void> {
  const { config, clock, machineClock, queue, state, metrics } = desk;
  const { schedule, legacy } = config;
  const nowMs = clock.nowMs();
  const { name } = instance.config;
  const newest = newestWindow(desk);
  const seen = new Set<string>();
  for (const { aggregation, timeMs } of await state.openTimes(name)) {
    const { startMs, endMs } = windowOf(schedule, timeMs);
    const id = `${name}/${aggregateMarker({ aggregation, start: startMs, end: endMs })}`;
    if (seen.has(id) || nowMs < endMs + schedule.graceMs) continue;
    seen.add(id);
    if (legacy.has('newest-window-only') && startMs !== newest.begin) continue;
    const body: TaskBody = { instance: name, aggregation, timeMs: startMs };
    const dueMs = machineClock.nowMs();
    const isNew = await queue.add(id, 'aggregate', JSON.stringify(body), { nowMs: dueMs });
    metrics.aggregationScheduled(aggregation, isNew);
    if (isNew) desk.reach('scan.aggregate-added');
  }
}

/** Batches of a window that are complete in our bucket. */
export async function readyIn(
  { ingestion }: InstanceDesk,
  { aggregation, startMs }: WindowName,
  endMs: number,
): Promise<BatchName[]> {
  const keys = await ingestion.list(`${aggregation}/`);
  const { ready } = sortBatches(keys, ingestionEndings, 'signature');
  return ready.filter(({ time }) => isWithin({ begin: startMs, end: endMs }, time));
}

export function intakeId(instance: string, batch: BatchName): string {
  return `${instance}/${intakeMarker(batch)}`;
}

/** Whether an intake task, by its id, is of a batch in the window. */
export function isOfWindow(id: string, window: WindowName, endMs: number): boolean {
  const { instance, aggregation, startMs } = window;
  const from = id.length - UUID_SIZE - 1 - MINUTE_SIZE;
  const time = parseMinute(id.slice(from, from + MINUTE_SIZE), '-');
  if (time === undefined || !isWithin({ begin: startMs, end: endMs }, time)) return false;
  return id === intakeId(instance, { aggregation, time, batchUuid: id.slice(-UUID_SIZE) });
}
