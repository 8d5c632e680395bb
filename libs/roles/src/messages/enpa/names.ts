/**
 * Object keys: batches, sum parts, markers. A key read here came from a stranger's bucket; what
 * does not have exactly the form is not ours, and what we write is safe as a path.
 * Source: ENPA section 6.2; prio-server facilitator/src/batch.rs, workflow-manager/batchpath, task.
 */

import { EnpaError } from './errors.ts';
import { isUuid } from './records.ts';
import { formatMinute, parseMinute } from './time.ts';

/** 0: the first server, of the health authority; 1: the facilitator. */
export type ServerIndex = 0 | 1;

export interface BatchName {
  readonly aggregation: string;
  /** A whole minute, in ms. */
  readonly time: number;
  readonly batchUuid: string;
}

/** What follows a batch's name in the keys of its objects. */
export interface Endings {
  readonly header: string;
  readonly packets: string;
  readonly signature: string;
}

export interface SumPartName {
  /** `{locality}-{ingestor}`. */
  readonly instance: string;
  readonly aggregation: string;
  readonly start: number;
  readonly end: number;
}

/** The folder of markers, which is no aggregation. */
export const markerFolder = 'task-markers';

export const ingestionEndings: Endings = endingsOf('.batch');

/** Endings of the validation batch that the server of this index writes. */
export function validationEndings(server: ServerIndex): Endings {
  return endingsOf(`.validity_${server}`);
}

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const SEGMENT_SIZE_MAX = 200;
const UUID_SIZE = 36;
const MINUTE_SIZE = 'YYYY/MM/DD/HH/mm'.length;
const SUM_PART = /^(\d{12})-(\d{12})\.(sum_[01]|sum_[01]\.sig|invalid_uuid_[01]\.avro)$/;

/** Whether a text can stand for an aggregation or an instance in a key. */
export function isNameSegment(text: string): boolean {
  return text.length <= SEGMENT_SIZE_MAX && SEGMENT.test(text) && text !== markerFolder;
}

/** The common part of a batch's keys: `{aggregation}/{YYYY}/{MM}/{DD}/{HH}/{mm}/{batch uuid}`. */
export function batchPath({ aggregation, time, batchUuid }: BatchName): string {
  checkSegment('aggregation', aggregation);
  checkUuid(batchUuid);
  return `${aggregation}/${formatMinute(time)}/${batchUuid}`;
}

/**
 * The batch that a key belongs to, and its ending: one of `Endings`, or a stranger's like
 * `.batch.tmp`. Undefined where the key is of no batch.
 */
export function readBatchPath(key: string): (BatchName & { ending: string }) | undefined {
  const slash = key.indexOf('/');
  const aggregation = key.slice(0, Math.max(0, slash));
  const minuteEnd = slash + 1 + MINUTE_SIZE;
  const time = parseMinute(key.slice(slash + 1, minuteEnd));
  const batchUuid = key.slice(minuteEnd + 1, minuteEnd + 1 + UUID_SIZE);
  const ending = key.slice(minuteEnd + 1 + UUID_SIZE);
  const isBatch =
    isNameSegment(aggregation) &&
    time !== undefined &&
    key[minuteEnd] === '/' &&
    isUuid(batchUuid) &&
    /^\.[\w.-]+$/.test(ending);
  return isBatch ? { aggregation, time, batchUuid, ending } : undefined;
}

/**
 * Sorts the batches that keys belong to: those with all objects that are needed, and the others, a
 * leftover `.batch.tmp` among them. Keys of other endings' families are passed over.
 * @param needs `all`: the scheduler's rule for ingestion batches; `signature`: for the peer's
 *   validations, which may be single objects
 */
export function sortBatches(
  keys: Iterable<string>,
  endings: Endings,
  needs: 'all' | 'signature',
): { ready: BatchName[]; incomplete: BatchName[] } {
  const found = new Map<string, { name: BatchName; endings: Set<string> }>();
  for (const key of keys) {
    const read = readBatchPath(key);
    if (read === undefined) continue;
    const { ending, ...name } = read;
    if (ending !== endings.header && !ending.startsWith(`${endings.header}.`)) continue;
    const path = batchPath(name);
    const entry = found.get(path) ?? { name, endings: new Set() };
    entry.endings.add(ending);
    found.set(path, entry);
  }
  const needed = needs === 'all' ? Object.values(endings as object) : [endings.signature];
  const ready: BatchName[] = [];
  const incomplete: BatchName[] = [];
  for (const { name, endings: there } of found.values()) {
    (needed.every((ending: string) => there.has(ending)) ? ready : incomplete).push(name);
  }
  return { ready, incomplete };
}

/** Keys of a sum part's objects, in the order they are written. */
export function sumPartPath(name: SumPartName, server: ServerIndex): Endings {
  checkSegment('instance', name.instance);
  checkSegment('aggregation', name.aggregation);
  const window = `${formatMinute(name.start, '')}-${formatMinute(name.end, '')}`;
  const base = `${name.instance}/${name.aggregation}/${window}`;
  return {
    packets: `${base}.invalid_uuid_${server}.avro`,
    header: `${base}.sum_${server}`,
    signature: `${base}.sum_${server}.sig`,
  };
}

/** The sum part that a key belongs to, and which object of it; undefined for another key. */
export function readSumPartPath(
  key: string,
): (SumPartName & { server: ServerIndex; part: keyof Endings }) | undefined {
  const [instance = '', aggregation = '', file = '', ...rest] = key.split('/');
  const match = SUM_PART.exec(file);
  if (match === null || rest.length > 0) return undefined;
  const start = parseMinute(match[1]!, '');
  const end = parseMinute(match[2]!, '');
  const isNamed = isNameSegment(instance) && isNameSegment(aggregation);
  if (!isNamed || start === undefined || end === undefined) return undefined;
  const ending = match[3]!;
  const server = /_0/.test(ending) ? 0 : 1;
  const isPackets = ending.startsWith('invalid');
  const part = isPackets ? 'packets' : ending.endsWith('.sig') ? 'signature' : 'header';
  return { instance, aggregation, start, end, server, part };
}

/** The marker's key of an intake task that was handed out. */
export function intakeMarker({ aggregation, time, batchUuid }: BatchName): string {
  checkSegment('aggregation', aggregation);
  checkUuid(batchUuid);
  return `${markerFolder}/intake-${aggregation}-${formatMinute(time, '-')}-${batchUuid}`;
}

/** The marker's key of an aggregation task that was handed out. */
export function aggregateMarker(name: Omit<SumPartName, 'instance'>): string {
  checkSegment('aggregation', name.aggregation);
  const window = `${formatMinute(name.start, '-')}-${formatMinute(name.end, '-')}`;
  return `${markerFolder}/aggregate-${name.aggregation}-${window}`;
}

/** The aggregations in a bucket, in order, from its top-level prefixes (`name/`). */
export function aggregationIds(prefixes: Iterable<string>): string[] {
  const names = [...prefixes].map((prefix) => prefix.replace(/\/$/, ''));
  return [...new Set(names.filter(isNameSegment))].sort();
}

function endingsOf(base: string): Endings {
  return Object.freeze({ packets: `${base}.avro`, header: base, signature: `${base}.sig` });
}

function checkSegment(what: string, text: string): void {
  if (isNameSegment(text)) return;
  throw new EnpaError('name', `${what}: expected letters, digits, '.', '_' and '-', got another`);
}

function checkUuid(text: string): void {
  if (!isUuid(text)) throw new EnpaError('name', 'batch: expected a uuid, got another text');
}
