/** Is every upload that was accepted in exactly one batch, the same at both processors? */

import { readBucket } from '../../test/buckets.ts';
import { ROLES, reportUuid } from '../../test/deployment.ts';
import type { Deployment } from '../../test/deployment.ts';
import type { UploadArena } from './arena.ts';

export interface Checked {
  readonly accepted: number;
  readonly batched: number;
  readonly batches: number;
  /** Accepted, and in no batch. */
  readonly missing: number;
  /** In more than one batch, or twice in one. */
  readonly doubled: number;
  /** Batches or reports that one processor has and the other hasn't. */
  readonly oneSided: number;
}

export async function checkBuckets(
  deployment: Deployment,
  state: string,
  uploads: { readonly arena: UploadArena; readonly first: number; readonly accepted: Uint8Array },
): Promise<Checked> {
  const { arena, first, accepted } = uploads;
  const [leader, helper] = await Promise.all(
    ROLES.map((role) => readBucket(deployment.bucket(role, state))),
  );
  const isIn = (which: typeof leader, id: string): boolean => which!.reports.has(id);
  let missing = 0;
  let count = 0;
  accepted.forEach((is, i) => {
    if (is !== 1) return;
    count += 1;
    if (!isIn(leader, reportUuid(arena.upload(first + i)))) missing += 1;
  });
  const doubled = [...leader!.reports.values(), ...helper!.reports.values()].filter((n) => n > 1);
  const differing = [
    ...[...leader!.reports.keys()].filter((id) => !isIn(helper, id)),
    ...[...helper!.reports.keys()].filter((id) => !isIn(leader, id)),
    ...leader!.batches.filter((id) => !helper!.batches.includes(id)),
    ...helper!.batches.filter((id) => !leader!.batches.includes(id)),
  ];
  return {
    accepted: count,
    batched: leader!.reports.size,
    batches: leader!.batches.length,
    missing,
    doubled: doubled.length,
    oneSided: differing.length + leader!.incomplete + helper!.incomplete,
  };
}
