/**
 * Phones that send at the times they mean to, whether or not the server keeps up (an open model): a
 * latency counts from the intended time, so that no wait is left out. Who gets no answer asks
 * another replica; who is put off waits as told.
 */

import { setTimeout as pause } from 'node:timers/promises';

import type { UploadAnswer } from '@priolab/nodes/upload-http';
import { monotonicMs } from '@priolab/runtime';

import type { UploadArena } from './arena.ts';

export type Send = (upload: Uint8Array) => Promise<UploadAnswer>;

export interface Sent {
  /** For each upload: 1 where a server said that it is stored. */
  readonly accepted: Uint8Array;
  readonly acceptedCount: number;
  readonly refusedCount: number;
  /** Times that a phone was told to try again, and that it got no answer. */
  readonly putOffCount: number;
  readonly lostCount: number;
  /** Uploads that had no answer at the end. */
  readonly openCount: number;
  readonly seconds: number;
  /** Ascending, of those accepted, in ms. */
  readonly latencies: Float64Array;
}

const TICK_MS = 1;
const LOST_PAUSE_MS = 50;

/** How long phones go on after the last one's time. */
const PATIENCE_MS = 30_000;

interface Tally {
  readonly accepted: Uint8Array;
  readonly latencyOf: Float64Array;
  refused: number;
  putOff: number;
  lost: number;
}

export async function sendOpen(options: {
  readonly arena: UploadArena;
  readonly first: number;
  readonly count: number;
  readonly ratePerS: number;
  /** One for each replica. */
  readonly replicas: readonly Send[];
}): Promise<Sent> {
  const { arena, first, count, ratePerS, replicas } = options;
  const tally = createTally(count);
  const startMs = monotonicMs();
  const giveUpMs = startMs + (1000 * count) / ratePerS + PATIENCE_MS;
  const underWay: Promise<void>[] = [];
  for (let next = 0; next < count;) {
    const due = Math.min(count, Math.floor(((monotonicMs() - startMs) * ratePerS) / 1000) + 1);
    for (; next < due; next++) {
      const intendedMs = startMs + (1000 * next) / ratePerS;
      const phone = { index: next, intendedMs, giveUpMs };
      underWay.push(sendOne(arena.upload(first + next), phone, replicas, tally));
    }
    await pause(TICK_MS);
  }
  await Promise.all(underWay);
  return summary(tally, (monotonicMs() - startMs) / 1000);
}

/** As many as can be, so many at once: how fast a server is at most. */
export async function sendClosed(options: {
  readonly arena: UploadArena;
  readonly first: number;
  readonly count: number;
  readonly atOnce: number;
  readonly send: Send;
}): Promise<Sent> {
  const { arena, first, count, atOnce, send } = options;
  const tally = createTally(count);
  const startMs = monotonicMs();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const nowMs = monotonicMs();
      const phone = { index, intendedMs: nowMs, giveUpMs: nowMs + PATIENCE_MS };
      await sendOne(arena.upload(first + index), phone, [send], tally);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return summary(tally, (monotonicMs() - startMs) / 1000);
}

async function sendOne(
  upload: Uint8Array,
  { index, intendedMs, giveUpMs }: { index: number; intendedMs: number; giveUpMs: number },
  replicas: readonly Send[],
  tally: Tally,
): Promise<void> {
  for (let attempt = index; monotonicMs() < giveUpMs; attempt++) {
    try {
      const answer = await replicas[attempt % replicas.length]!(upload);
      if (answer.kind === 'refused') return void tally.refused++;
      if (answer.kind !== 'try-again') {
        tally.accepted[index] = 1;
        tally.latencyOf[index] = monotonicMs() - intendedMs;
        return;
      }
      tally.putOff++;
      await pause(1000 * answer.retryAfterS);
    } catch {
      tally.lost++;
      await pause(LOST_PAUSE_MS);
    }
  }
}

function createTally(count: number): Tally {
  const accepted = new Uint8Array(count);
  return { accepted, latencyOf: new Float64Array(count), refused: 0, putOff: 0, lost: 0 };
}

function summary({ accepted, latencyOf, refused, putOff, lost }: Tally, seconds: number): Sent {
  const latencies = latencyOf.filter((_, i) => accepted[i] === 1).sort();
  const acceptedCount = latencies.length;
  return {
    accepted,
    acceptedCount,
    refusedCount: refused,
    putOffCount: putOff,
    lostCount: lost,
    openCount: accepted.length - acceptedCount - refused,
    seconds,
    latencies,
  };
}

export function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
