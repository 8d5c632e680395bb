/**
 * The eye of the oracle `view.indist`: yes-or-no features of what one processor sees of a report
 * (its own share, its seed, what the peer said about the proof), to be held against the bit that it
 * must not learn. The share is read where the phone made it; no processor is asked.
 */

import { SEED_SIZE } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { REPORT_ID_SIZE } from '@priolab/roles';
import type { ProcessorRole, ReportBlock } from '@priolab/roles';

import type { NodeEvent } from '@priolab/nodes';

const HALF = FIELD_MODULUS / 2;

/** Names of features, by role; a report has one bit for each. */
export const VIEW_FEATURES = {
  leader: [
    'share of bin 0 in the upper half',
    'share of bin 0 odd',
    ...['f', 'g', 'h'].flatMap((name) => [
      `peer's ${name} in the upper half`,
      `peer's ${name} odd`,
    ]),
  ],
  helper: [
    'share of bin 0 in the upper half',
    'share of bin 0 odd',
    'first bit of the key half of the seed',
    'first bit of the counter half of the seed',
    ...['f', 'g', 'h'].flatMap((name) => [
      `peer's ${name} in the upper half`,
      `peer's ${name} odd`,
    ]),
  ],
} as const satisfies Readonly<Record<ProcessorRole, readonly string[]>>;

/** Features of a report by role; those from the peer are added when both have decided. */
export interface ViewEntry {
  readonly leader: (0 | 1)[];
  readonly helper: (0 | 1)[];
}

/** What the shares of a block show, before they are sealed. */
export function viewOf({ leaderShares, helperShares, proofs, task }: ReportBlock, slot: number) {
  const at = leaderShares.offset + slot * leaderShares.stride;
  const view = new DataView(leaderShares.bytes.buffer, leaderShares.bytes.byteOffset);
  const own = view.getUint32(at, true);
  const sent = proofs[slot * task.shape.proofLen]!;
  const other = (sent - own + FIELD_MODULUS) % FIELD_MODULUS;
  const seedAt = helperShares.offset + slot * helperShares.stride;
  const seed = helperShares.bytes.subarray(seedAt, seedAt + SEED_SIZE);
  return {
    leader: halfAndParity(own),
    helper: [...halfAndParity(other), bit(seed[0]! >= 128), bit(seed[16]! >= 128)],
  };
}

/** Adds what the peer said about the reports of a batch. */
export function addPeerValues(
  event: Extract<NodeEvent, { kind: 'decided' }>,
  entryOf: (reportIdAt: number) => ViewEntry | undefined,
): void {
  const { role, status, peerValues } = event;
  for (let i = 0; i < status.length; i++) {
    const features = entryOf(i * REPORT_ID_SIZE)?.[role];
    if (features === undefined || features.length === VIEW_FEATURES[role].length) continue;
    for (let k = 0; k < 3; k++) features.push(...halfAndParity(peerValues[3 * i + k]!));
  }
}

function halfAndParity(element: number): (0 | 1)[] {
  return [bit(element > HALF), bit(element % 2 === 1)];
}

function bit(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}
