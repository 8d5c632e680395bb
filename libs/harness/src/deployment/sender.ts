/**
 * Sends the uploads of a shard as phones would: each by itself, several at a time, the same bytes
 * again where no answer came or the ingestor asks for it. Every last answer is counted, and held
 * against what the ingestor in memory said of the same upload.
 *
 * A deviation: an upload taken in by one and refused by the other, refused for another reason, or
 * never answered. Not a deviation: a copy that is told from its original by any name, as long as it
 * is not stored as well.
 */

import { reasonOf } from '@priolab/roles';
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
  /** Sends those of one kind; resolves when each has its last answer. */
  send(vendor: Vendor, uploads: ShardUploads, kind: UploadKind): Promise<void>;
  readonly uploads: UploadsRecord;
  /** Uploads whose answers deviate, with a few of them in words. */
  readonly deviations: { readonly answers: number; readonly examples: readonly string[] };
}

const TRIES = 10;
const BACKOFF_MS = 20;
const BACKOFF_MS_MAX = 2000;
const EXAMPLES = 5;

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
  const count = (last: Last): void => {
    counts.sent += 1;
    if (last.kind === 'stored') counts.stored += 1;
    else if (last.kind === 'stored-before') counts.storedBefore += 1;
    else if (last.kind === 'refused') refused[last.reason] = (refused[last.reason] ?? 0) + 1;
    else counts.unanswered += 1;
  };
  const judge = (vendor: Vendor, kind: UploadKind, code: number, last: Last, again: boolean) => {
    if (isAsExpected(kind, code, last, again)) return;
    answers += 1;
    if (examples.length === EXAMPLES) return;
    const expected = code === 0 ? 'stored' : `refused, ${reasonOf(code)}`;
    examples.push(`${vendor}: an upload: got ${textOf(last)}; in memory ${expected}`);
  };

  return {
    async send(vendor, uploads, kind) {
      const lane = lanes[vendor];
      const kindCode = UPLOAD_KINDS.indexOf(kind);
      let next = 0;
      const sendRest = async (): Promise<void> => {
        while (next < uploads.count) {
          const index = next++;
          if (uploads.kinds[index] !== kindCode) continue;
          const offset = uploads.offsets[index]!;
          const bytes = uploads.bytes.subarray(offset, offset + uploads.sizes[index]!);
          const [last, again] = await insist(lane, bytes);
          count(last);
          judge(vendor, kind, uploads.reasons[index]!, last, again);
        }
      };
      await Promise.all(Array.from({ length: concurrency }, sendRest));
    },
    get uploads() {
      return { ...counts, refused: { ...refused } };
    },
    get deviations() {
      return { answers, examples };
    },
  };
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

function isAsExpected(kind: UploadKind, code: number, last: Last, again: boolean): boolean {
  if (last.kind === 'unanswered' || last.kind === 'try-again') return false;
  if (kind !== 'own') return last.kind !== 'stored';
  if (code !== 0) return last.kind === 'refused' && last.reason === reasonOf(code);
  return last.kind === 'stored' || (again && last.kind === 'stored-before');
}

function textOf(last: Last): string {
  if (last.kind === 'refused') return `refused, ${last.reason} (${last.detail})`;
  return 'detail' in last ? `${last.kind} (${last.detail})` : last.kind;
}
