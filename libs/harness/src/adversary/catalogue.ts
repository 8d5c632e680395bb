/**
 * Devices that break the protocol: what each does, and what must come of it. Ids are those of the
 * project's fault catalogue and stable. The deeds are in `tampering.ts`.
 */

import type { ReportReason } from '../faults/reasons.ts';

export interface Adversary {
  readonly id: AdversaryId;
  /** What the device does. */
  readonly about: string;
  /**
   * Reasons under which its reports (or, where it resends, the copies) may be refused. Empty: the
   * protocol can't tell, and the report counts (a known limit, measured and disclosed).
   */
  readonly refusedAs: readonly ReportReason[];
  /** Its value is its sender's invention, not a noisy measurement. */
  readonly inventsValue: boolean;
  /** Only the proof check stands against it: it escapes with probability up to 2n/p a report. */
  readonly soundness: boolean;
  /**
   * The report itself is honest and counts; a copy of its upload arrives in the same block, after
   * all blocks of the metric and day, or on the next day.
   */
  readonly resends?: 'at-once' | 'later' | 'next-day';
  /** Done to an upload: without transport there is nothing to do it to. */
  readonly needsTransport: boolean;
}

export const adversaryIds = [
  'cli.out_of_range',
  'cli.multi_hot',
  'cli.forge',
  'cli.inconsistent',
  'cli.noncanonical',
  'cli.wrong_dim',
  'cli.undecryptable',
  'cli.oversize',
  'net.truncate',
  'net.corrupt',
  'dev.retry_same',
  'net.dup',
  'net.replay',
] as const;

export type AdversaryId = (typeof adversaryIds)[number];

const soundnessOnly = {
  refusedAs: ['proof-invalid'],
  soundness: true,
  needsTransport: false,
} as const;
const measured = { inventsValue: false, soundness: false, needsTransport: false } as const;
const toUpload = { ...measured, needsTransport: true } as const;
const anyFormFault: readonly ReportReason[] = [
  'truncated',
  'oversized',
  'unknown-version',
  'wrong-task',
  'wrong-share-size',
  'stale',
  'bad-certificate',
  'bad-signature',
];

export const adversaries: Readonly<Record<AdversaryId, Adversary>> = {
  'cli.out_of_range': {
    id: 'cli.out_of_range',
    about: 'puts 2, -1 or a huge value into one bin and proves it as well as it can',
    inventsValue: true,
    ...soundnessOnly,
  },
  'cli.multi_hot': {
    id: 'cli.multi_hot',
    about: 'sets every bin; Prio2 proves bits, not their number, so the report counts',
    refusedAs: [],
    inventsValue: true,
    soundness: false,
    needsTransport: false,
  },
  'cli.forge': {
    id: 'cli.forge',
    about: 'sends a value out of range with random numbers, or zeros, for a proof',
    inventsValue: true,
    ...soundnessOnly,
  },
  'cli.inconsistent': {
    id: 'cli.inconsistent',
    about: 'gives the helper a seed that does not belong to the leader’s share',
    inventsValue: false,
    ...soundnessOnly,
  },
  'cli.noncanonical': {
    id: 'cli.noncanonical',
    about: 'writes a field element of p or more into the leader’s share',
    refusedAs: ['noncanonical-share'],
    ...measured,
  },
  'cli.wrong_dim': {
    id: 'cli.wrong_dim',
    about: 'sends a leader’s share one element short',
    refusedAs: ['wrong-share-size'],
    ...toUpload,
  },
  'cli.undecryptable': {
    id: 'cli.undecryptable',
    about: 'sends garbage in place of one of the two ciphertexts',
    refusedAs: ['decrypt-failed'],
    ...toUpload,
  },
  'cli.oversize': {
    id: 'cli.oversize',
    about: 'sends a megabyte',
    refusedAs: ['oversized'],
    ...toUpload,
  },
  'net.truncate': {
    id: 'net.truncate',
    about: 'the upload arrives cut short, at any byte',
    refusedAs: ['truncated'],
    ...toUpload,
  },
  'net.corrupt': {
    id: 'net.corrupt',
    about: 'one byte of the upload arrives changed, or all of it is garbage',
    refusedAs: anyFormFault,
    ...toUpload,
  },
  'dev.retry_same': {
    id: 'dev.retry_same',
    about: 'sends the same upload twice; the first counts',
    refusedAs: ['replayed'],
    ...toUpload,
    resends: 'at-once',
  },
  'net.dup': {
    id: 'net.dup',
    about: 'delivers the upload once more, later the same day; the first counts',
    refusedAs: ['replayed'],
    ...toUpload,
    resends: 'later',
  },
  'net.replay': {
    id: 'net.replay',
    about: 'records the upload and delivers it once more on the next day; the first counts',
    refusedAs: ['stale'],
    ...toUpload,
    resends: 'next-day',
  },
};
