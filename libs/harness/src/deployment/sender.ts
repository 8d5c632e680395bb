/**
 * Sends the uploads of a shard as phones would: each by itself, several at a time, the same bytes
 * again where no answer came or the ingestor asks for it. Every last answer is counted, and held
 * against what the ingestor in memory said of the same upload.
 *
 * A deviation: an upload taken in by one and refused by the other, refused for another reason, or
 * never answered. Not a deviation: a copy that is told from its original by any name, as long as it
 * is not stored as well; and one whose time was changed on the way, which is stale to one and not
 * signed to the other, as one goes by days and the other by hours.
 */

import { DAY_MS, reasonOf } from '@priolab/roles';
import type { Reason, Vendor } from '@priolab/roles';
import { TransportError } from '@priolab/runtime/stores';
import type { UploadAnswer } from '@priolab/nodes/upload-http';

import type { UploadsRecord } from '../record/run-record.ts';
import { UPLOAD_KINDS } from './shard-uploads.ts';
import type { ShardUploads, UploadKind } from './shard-uploads.ts';

/** A phone's end of the way to one vendor's ingestor. */
export interface Lane {
  /** @throws TransportError where no answer came */
  send(upload: Uint8Array): Promise<UploadAnswer>;
  /** Whether `stored` says that it was not there before: Firestore's answer does not. */
  readonly tellsRepeats: boolean;
}

export interface SenderOptions {
  readonly lanes: Readonly<Record<Vendor, Lane>>;
  /** Uploads under way at a time. */
  readonly concurrency: number;
  readonly pause: (ms: number) => Promise<void>;
  /** How often one upload is tried: 10 times. */
  readonly tries?: number;
}

export interface Sender {
  /**
   * Sends all of them; resolves when each has its last answer.
   * @param setTime moves the ingestors' clock, while nothing is under way
   */
  send(vendor: Vendor, uploads: ShardUploads, setTime: (timeMs: number) => void): Promise<void>;
  readonly uploads: UploadsRecord;
  /** Uploads whose answers deviate, with a few of them in words. */
  readonly deviations: { readonly answers: number; readonly examples: readonly string[] };
}

const TRIES = 10;
const BACKOFF_MS = 20;
const BACKOFF_MS_MAX = 2000;
const EXAMPLES = 5;
const HOUR_MS = 3_600_000;

type Last = UploadAnswer | { readonly kind: 'unanswered'; readonly detail: string };

export function createSender(options: SenderOptions): Sender {
  const { lanes, concurrency, pause, tries = TRIES } = options;
  const counts = { sent: 0, stored: 0, storedBefore: 0, unanswered: 0, retries: 0 };
  const refused: Partial<Record<Reason, number>> = {};
  const examples: string[] = [];
  let answers = 0;

  /** The last answer, and whether there may have been one before that got lost. */
  const insist = async (lane: Lane, upload: Uint8Array): Promise<[last: Last, again: boolean]> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await once(lane, upload);
      const waitMs = waitOf(answer, attempt);
      if (waitMs === undefined) return [answer as UploadAnswer, attempt > 1];
      const { detail } = answer as { detail: string };
      if (attempt === tries) return [{ kind: 'unanswered', detail }, true];
      counts.retries += 1;
      await pause(waitMs);
    }
  };
  const count = (last: Last, isRepeat: boolean): void => {
    counts.sent += 1;
    if (last.kind === 'stored' && !isRepeat) counts.stored += 1;
    else if (last.kind === 'stored' || last.kind === 'stored-before') counts.storedBefore += 1;
    else if (last.kind === 'refused') refused[last.reason] = (refused[last.reason] ?? 0) + 1;
    else counts.unanswered += 1;
  };
  const judge = (vendor: Vendor, kind: UploadKind, code: number, last: Last): void => {
    if (isAsExpected(kind, code, last)) return;
    answers += 1;
    if (examples.length === EXAMPLES) return;
    const expected = code === 0 ? 'stored' : `refused, ${reasonOf(code)}`;
    examples.push(`${vendor}: an upload: got ${textOf(last)}; in memory ${expected}`);
  };
  const sendOne = async (vendor: Vendor, uploads: ShardUploads, index: number): Promise<void> => {
    const lane = lanes[vendor];
    const kind = UPLOAD_KINDS[uploads.kinds[index]!]!;
    const offset = uploads.offsets[index]!;
    const bytes = uploads.bytes.subarray(offset, offset + uploads.sizes[index]!);
    const [answer, again] = await insist(lane, bytes);
    // What the first try stored was stored by this upload, though its answer got lost.
    const last: Last =
      again && kind === 'own' && answer.kind === 'stored-before' ? { kind: 'stored' } : answer;
    const isRepeat = kind !== 'own' && !lane.tellsRepeats;
    count(last, isRepeat);
    judge(vendor, kind, uploads.reasons[index]!, isRepeat ? asRepeat(last) : last);
  };

  return {
    async send(vendor, uploads, setTime) {
      for (const { timeMs, indexes } of inOrder(uploads)) {
        setTime(timeMs);
        let next = 0;
        const sendRest = async (): Promise<void> => {
          while (next < indexes.length) await sendOne(vendor, uploads, indexes[next++]!);
        };
        const lanesUsed = Math.min(concurrency, indexes.length);
        await Promise.all(Array.from({ length: lanesUsed }, sendRest));
      }
    },
    get uploads() {
      return { ...counts, refused: { ...refused } };
    },
    get deviations() {
      return { answers, examples };
    },
  };
}

interface Group {
  /** What the clock shows when they arrive. */
  readonly timeMs: number;
  readonly indexes: readonly number[];
}

/** Hour by hour, copies after their originals; at last what arrives a day later. */
function inOrder({ count, createdMs, kinds }: ShardUploads): Group[] {
  const groups = new Map<string, { rank: number; timeMs: number; indexes: number[] }>();
  for (let index = 0; index < count; index++) {
    const isLate = UPLOAD_KINDS[kinds[index]!] === 'next-day';
    const timeMs = createdMs[index]! + (isLate ? DAY_MS : 0);
    const hour = Math.floor(timeMs / HOUR_MS);
    const key = `${hour} ${kinds[index]}`;
    const group = groups.get(key) ?? { rank: hour * 4 + kinds[index]!, timeMs, indexes: [] };
    group.timeMs = Math.max(group.timeMs, timeMs);
    group.indexes.push(index);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => a.rank - b.rank);
}

async function once(lane: Lane, upload: Uint8Array): Promise<Last> {
  try {
    return await lane.send(upload);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return { kind: 'unanswered', detail: error.message };
  }
}

/** How long to wait before the same bytes go once more; undefined: the answer is the last. */
function waitOf(answer: Last, attempt: number): number | undefined {
  const backoffMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (attempt - 1));
  if (answer.kind === 'unanswered') return backoffMs;
  const asked = 'retryAfterS' in answer ? answer.retryAfterS : undefined;
  return asked === undefined ? undefined : Math.min(BACKOFF_MS_MAX, asked * 1000);
}

/** What is told to be there, of which nobody says since when. */
function asRepeat(last: Last): Last {
  return last.kind === 'stored' ? { kind: 'stored-before' } : last;
}

/** Refused for a time, or for the signature that covers it. */
const TIME_REASONS: ReadonlySet<Reason> = new Set<Reason>(['stale', 'bad-signature']);

function isAsExpected(kind: UploadKind, code: number, last: Last): boolean {
  if (last.kind === 'unanswered' || last.kind === 'try-again') return false;
  if (kind !== 'own') return last.kind !== 'stored';
  if (code === 0) return last.kind === 'stored';
  if (last.kind !== 'refused') return false;
  const expected = reasonOf(code);
  return last.reason === expected || (TIME_REASONS.has(expected) && TIME_REASONS.has(last.reason));
}

function textOf(last: Last): string {
  if (last.kind === 'refused') return `refused, ${last.reason} (${last.detail})`;
  return 'detail' in last ? `${last.kind} (${last.detail})` : last.kind;
}
