/**
 * What became of a report, in two bytes. Byte 0: outcome (low half) and hop (high half); byte 1:
 * the reason code of `@priolab/roles`. Codes are a file format: append, never renumber.
 */

import { reasonOf } from '@priolab/roles';
import type { Reason } from '@priolab/roles';

export const FATE_SIZE = 2;

/** `unaccounted` is what an untouched ledger holds: in a finished run there must be none. */
export const OUTCOMES = ['unaccounted', 'accepted', 'rejected', 'lost', 'pending'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where it ended. An accepted report is in the sums of both processors. */
export const HOPS = ['none', 'device', 'ingestor', 'leader', 'helper', 'combiner'] as const;
export type Hop = (typeof HOPS)[number];

export interface Fate {
  readonly outcome: Outcome;
  readonly hop: Hop;
  readonly reason: Reason;
}

/** The fate's code, byte 0 in the low byte. */
export function fateCode(outcome: Outcome, hop: Hop, reasonCode: number): number {
  return OUTCOMES.indexOf(outcome) | (HOPS.indexOf(hop) << 4) | (reasonCode << 8);
}

export function fateOf(code: number): Fate {
  const outcome = OUTCOMES[code & 15];
  const hop = HOPS[(code >>> 4) & 15];
  if (outcome === undefined || hop === undefined) {
    throw new RangeError(`fate code ${code} is none of ours`);
  }
  return { outcome, hop, reason: reasonOf(code >>> 8) };
}
