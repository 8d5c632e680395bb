/** What lies in a bucket of a deployment: which reports, in which batches. */

import {
  decodeContainer,
  ingestionEndings,
  records,
  sortBatches,
  batchPath,
} from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';

export interface BucketContent {
  /** Batch uuids, ascending. */
  readonly batches: readonly string[];
  /** How often each report is there. */
  readonly reports: ReadonlyMap<string, number>;
  readonly incomplete: number;
}

export async function readBucket(folder: string): Promise<BucketContent> {
  const store = openStore(folder);
  const { ready, incomplete } = sortBatches(await store.list(''), ingestionEndings, 'all');
  const reports = new Map<string, number>();
  for (const name of ready) {
    const bytes = (await store.get(batchPath(name) + ingestionEndings.packets))!;
    for (const { uuid } of decodeContainer(records.dataSharePacket, bytes)) {
      reports.set(uuid, (reports.get(uuid) ?? 0) + 1);
    }
  }
  const batches = ready.map(({ batchUuid }) => batchUuid).toSorted();
  return { batches, reports, incomplete: incomplete.length };
}
