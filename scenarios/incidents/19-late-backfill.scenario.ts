/**
 * Incident 19 of enpa.md 9.2 (prio-server #1394, #1433).
 *
 * What happened: an ingestor wrote batches days late. They lay outside the window of intake, and
 * the two sides ended with different sets; people filled in and deleted by hand.
 *
 * What must be noticed: late batches are named (`batch-late`) and counted by `conserve`; `once`: a
 * window that is published is never opened again.
 *
 * How the run shows it: three batches in ten arrive two days late at both processors.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/19-late-backfill',
  about: 'Batches arrive days after their window was summed: refused as late, nothing is reopened.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'ing.late_batch', p: 0.3, fires: 2, params: { by: '2d' } }],
  expect: [
    { id: 'outcome', of: 'ing.late_batch' },
    { kind: 'sometimes', id: 'batch.late', atLeast: 2 },
    { kind: 'never', id: 'window.held' },
  ],
});
