/**
 * Incident 6 of enpa.md 9.2 (prio-server #1525, 1999cb35, a3380609, 16f4a680).
 *
 * What happened: an ingestion batch without packets became an upload without parts, which the
 * store refused. The processors then counted different batches, and every week files were “not
 * summed”.
 *
 * What must be noticed: `sets.equal` and `live`: both sides list the same batches, and every
 * window is published. Packets that have no other half are named (`peer-missing`).
 *
 * How the run shows it: some of Apple’s batches are empty at the helper, some of Google’s at the
 * leader, and in between come batches that are empty at both.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/06-empty-batch',
  about:
    'Batches are empty at one processor or at both: the lists stay equal, all windows are summed.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.empty_batch', at: 'apple', p: 0.3, params: { side: 'helper' } },
    { id: 'ing.empty_batch', at: 'google', p: 0.3, params: { side: 'leader' } },
    { id: 'ing.empty_batch', p: 0.4, params: { side: 'both' } },
  ],
  expect: [
    { id: 'outcome', of: 'ing.empty_batch' },
    { kind: 'never', id: 'window.held' },
  ],
});
