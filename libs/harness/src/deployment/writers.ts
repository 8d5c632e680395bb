/** What the devices of each vendor send; the whole of it is loaded where uploads really travel. */

import type { Vendor } from '@priolab/roles';

import type { PopulationPlan } from '../population/plan.ts';
import type { World } from '../run/world.ts';
import { createDocumentWriter } from './documents.ts';
import { createOutbox, plainUploads } from './outbox.ts';
import type { Outbox, UploadWriter } from './outbox.ts';
import type { UploadForm } from './shard-uploads.ts';

export function outboxOf(options: {
  readonly plan: PopulationPlan;
  readonly world: World;
  readonly google: UploadForm;
}): Outbox {
  const { plan, world, google } = options;
  const { scenario, seedTree } = world;
  const plain = plainUploads();
  let documents: UploadWriter | undefined;
  const documentWriter = (): UploadWriter => {
    const capacity = Math.max(...world.lines.map((line) => line.capacity));
    documents ??= createDocumentWriter({ scenario, seedTree, plan, capacity });
    return documents;
  };
  const writerOf = (vendor: Vendor): UploadWriter =>
    vendor === 'google' && google === 'document' ? documentWriter() : plain;
  const shardReports = plan.transfer.table.reportCount.reduce((a, b) => Math.max(a, b), 0);
  return createOutbox(writerOf, shardReports);
}
