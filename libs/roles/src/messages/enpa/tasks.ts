/**
 * The scheduler's tasks as JSON, in the form and order of keys that workflow-manager (Go) writes
 * and the facilitator (Rust) reads.
 * Source: ENPA section 6.7; prio-server workflow-manager/task/task.go.
 */

import { EnpaError } from './errors.ts';
import { isNameSegment } from './names.ts';
import { isUuid } from './records.ts';
import { formatMinute, parseMinute } from './time.ts';

export interface IntakeTask {
  readonly traceId: string;
  readonly aggregationId: string;
  readonly batchId: string;
  /** A whole minute in ms, as all times here. */
  readonly date: number;
}

export interface AggregationTask {
  readonly traceId: string;
  readonly aggregationId: string;
  readonly aggregationStart: number;
  readonly aggregationEnd: number;
  readonly batches: readonly { readonly id: string; readonly time: number }[];
}

/** Room for 100,000 batches of a window. */
const TASK_SIZE_MAX = 2 ** 24;

type Json = Readonly<Record<string, unknown>>;

export function encodeIntakeTask(task: IntakeTask): string {
  return JSON.stringify({
    'trace-id': task.traceId,
    'aggregation-id': task.aggregationId,
    'batch-id': task.batchId,
    date: formatMinute(task.date),
  });
}

export function encodeAggregationTask(task: AggregationTask): string {
  return JSON.stringify({
    'trace-id': task.traceId,
    'aggregation-id': task.aggregationId,
    'aggregation-start': formatMinute(task.aggregationStart),
    'aggregation-end': formatMinute(task.aggregationEnd),
    batches: task.batches.map(({ id, time }) => ({ id, time: formatMinute(time) })),
  });
}

/** Further keys are passed over. @throws EnpaError `task` */
export function decodeIntakeTask(text: string): IntakeTask {
  const task = parse(text);
  return {
    traceId: uuidOf(task, 'trace-id'),
    aggregationId: aggregationOf(task),
    batchId: uuidOf(task, 'batch-id'),
    date: timeOf(task, 'date'),
  };
}

/** Further keys are passed over. @throws EnpaError `task` */
export function decodeAggregationTask(text: string): AggregationTask {
  const task = parse(text);
  const { batches } = task;
  if (!Array.isArray(batches)) throw refusal('batches', 'a list');
  return {
    traceId: uuidOf(task, 'trace-id'),
    aggregationId: aggregationOf(task),
    aggregationStart: timeOf(task, 'aggregation-start'),
    aggregationEnd: timeOf(task, 'aggregation-end'),
    batches: (batches as unknown[]).map((batch) => {
      const entry = objectOf(batch);
      return { id: uuidOf(entry, 'id'), time: timeOf(entry, 'time') };
    }),
  };
}

function parse(text: string): Json {
  if (text.length > TASK_SIZE_MAX) throw refusal('task', `${TASK_SIZE_MAX} characters at most`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal('task', 'JSON');
  }
  return objectOf(value);
}

function objectOf(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw refusal('task', 'objects');
}

function uuidOf(task: Json, key: string): string {
  const value = task[key];
  if (typeof value === 'string' && isUuid(value)) return value;
  throw refusal(key, 'a uuid');
}

function aggregationOf(task: Json): string {
  const value = task['aggregation-id'];
  if (typeof value === 'string' && isNameSegment(value)) return value;
  throw refusal('aggregation-id', 'a name without "/"');
}

function timeOf(task: Json, key: string): number {
  const value = task[key];
  const time = typeof value === 'string' ? parseMinute(value) : undefined;
  if (time === undefined) throw refusal(key, 'a minute as YYYY/MM/DD/HH/mm');
  return time;
}

function refusal(key: string, expected: string): EnpaError {
  return new EnpaError('task', `${key}: expected ${expected}, got another`);
}
