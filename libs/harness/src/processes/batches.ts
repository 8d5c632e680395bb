/**
 * What ingestors left in the leader's buckets: which batches, of which windows, and how many
 * reports are in each. One batch is in memory at a time.
 */

import { decodeContainer, batchPath, ingestionEndings, records } from '@priolab/roles/enpa';
import { sortBatches } from '@priolab/roles/enpa';
import { openStore } from '@priolab/runtime/stores';

import { keyOf } from '../deployment/compare.ts';
import type { BatchBook } from '../deployment/compare.ts';
import { ingestionBucket, instanceOf } from '../deployment/places.ts';
import type { Buckets } from '../deployment/places.ts';
import type { DeploymentOptions } from '../deployment/services.ts';
import type { PopulationPlan } from '../population/plan.ts';
import { storeOptions } from './settings.ts';

export interface FoundBatches {
  readonly book: BatchBook;
  /** Batches of all windows. */
  readonly count: number;
}

/** @throws TransportError */
export async function readBatches(parts: {
  readonly plan: PopulationPlan;
  readonly buckets: Buckets;
  readonly options: DeploymentOptions;
}): Promise<FoundBatches> {
  const { plan, buckets, options } = parts;
  const { environment } = options;
  const book = new Map<string, Map<string, number>>();
  let count = 0;
  for (const { state, vendor } of plan.cells) {
    const instance = instanceOf(state.id, vendor);
    const place = ingestionBucket(buckets, 'leader', instance);
    const store = openStore(place, environment, storeOptions(environment));
    const { ready } = sortBatches(await store.list(''), ingestionEndings, 'all');
    for (const name of ready) {
      const { aggregation, time, batchUuid } = name;
      const packets = await store.get(`${batchPath(name)}${ingestionEndings.packets}`);
      const reports =
        packets === undefined ? 0 : decodeContainer(records.dataSharePacket, packets).length;
      // An ingestor names a batch by the start of its window.
      const key = keyOf({ instance, aggregation, start: time });
      book.set(key, (book.get(key) ?? new Map<string, number>()).set(batchUuid, reports));
      count += 1;
    }
  }
  return { book, count };
}
