/**
 * A phone's network side: sends one upload until an ingestion server says that it is stored or that
 * it will never be taken, with growing pauses, to one replica after the other. The bytes are the
 * same each time, so that a retry can't count twice. Before each attempt it asks whether it still
 * may: a user withdraws consent at any time (ENPA section 1.6).
 */

import { TransportError } from '@priolab/runtime';
import type { Network, Timeline } from '@priolab/runtime';

import { STORED, TRY_AGAIN } from './ingestion/front.ts';
import { pauseMs } from './retry.ts';
import type { RetryPolicy } from './retry.ts';

export interface UploadPolicy extends RetryPolicy {
  readonly timeoutMs: number;
  readonly attemptsMax: number;
}

export interface PhoneUpload {
  /** The phone's end of the network. */
  readonly from: string;
  /** Names the upload among all of the run. */
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Replicas of the vendor's ingestion server, in the order in which this phone tries them. */
  readonly replicas: readonly string[];
  /** Whether the phone may send now; left out: it may. */
  readonly isAllowed?: (() => boolean) | undefined;
}

export type UploadOutcome =
  | { readonly kind: 'stored'; readonly attempts: number }
  | { readonly kind: 'refused'; readonly reason: number; readonly attempts: number }
  | { readonly kind: 'given-up'; readonly attempts: number }
  /** It no longer may; what it sent before may have been stored. */
  | { readonly kind: 'stopped'; readonly attempts: number };

export async function sendUpload(
  network: Network,
  timeline: Timeline,
  { from, key, bytes, replicas, isAllowed }: PhoneUpload,
  policy: UploadPolicy,
): Promise<UploadOutcome> {
  const { timeoutMs, attemptsMax } = policy;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    if (attempt > 0) await timeline.sleep(pauseMs(policy, attempt));
    if (isAllowed?.() === false) return { kind: 'stopped', attempts: attempt };
    const to = replicas[attempt % replicas.length]!;
    try {
      const response = await network.call({ from, to, key: `${key}/${attempt}`, bytes, timeoutMs });
      const answer = response[0] ?? TRY_AGAIN;
      const attempts = attempt + 1;
      if (answer === STORED) return { kind: 'stored', attempts };
      if (answer !== TRY_AGAIN) return { kind: 'refused', reason: answer, attempts };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
    }
  }
  return { kind: 'given-up', attempts: attemptsMax };
}
