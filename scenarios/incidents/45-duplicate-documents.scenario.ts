/**
 * Incident 45 of enpa.md 9.2 (Google’s ingestion, IngestionPipeline.java).
 *
 * What happened: the same Firestore document came up in two partitions, and counted twice wherever
 * the pipeline did not ask for distinct ones. The processors remember ids within one batch only.
 *
 * What must be noticed: `once`: a report counts in one sum, one time, whichever batches it is in
 * (what it was like: 45-duplicate-documents-as-it-was).
 *
 * How the run shows it: one report in five stands in the next batch as well, and one in ten twice
 * in its own.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/45-duplicate-documents',
  about: 'Reports stand twice in a batch and in two batches: they count once.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.dup_cross_batch', p: 0.2, fires: 3 },
    { id: 'ing.dup_in_batch', p: 0.1, fires: 2 },
  ],
  expect: [
    { id: 'outcome', of: 'ing.dup_cross_batch' },
    { id: 'outcome', of: 'ing.dup_in_batch' },
  ],
});
