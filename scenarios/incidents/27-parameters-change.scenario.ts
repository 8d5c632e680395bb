/**
 * Incident 27 of enpa.md 9.2 (prio-server bf1349ca).
 *
 * What happened: batches of one window were made for different parameters: epsilon or the number
 * of bins had changed in the middle of it. The aggregation must not mix them.
 *
 * What must be noticed: the batches that say other parameters are refused (`batch-header`);
 * `blast`: those that say the right ones count.
 *
 * How the run shows it: some batches name another epsilon, and some one bin more.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/27-parameters-change',
  about: 'Batches of one window name other parameters: they are refused and the others are summed.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.header_tamper', p: 0.15, params: { field: 'epsilon' } },
    { id: 'ing.header_tamper', p: 0.15, params: { field: 'bins' } },
  ],
  expect: [
    { id: 'outcome', of: 'ing.header_tamper' },
    { kind: 'sometimes', id: 'batch.refused', atLeast: 4 },
  ],
});
