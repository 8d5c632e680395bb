/**
 * Incident 30 of enpa.md 9.2 (prio-server a6a65188, #118).
 *
 * What happened: packets were missing, or in another order, in what the peer had to say of a
 * batch; the server crashed.
 *
 * What must be noticed: order means nothing (`sum.exact`), and a report that one side has not got
 * is named (`peer-missing`): `blast` keeps it to that report.
 *
 * How the run shows it: the helper’s half of most of Apple’s batches is turned round, and one
 * report in five of Google’s is not in it.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/30-packets-out-of-order',
  about:
    'The halves of a batch are in different order, and one lacks reports: those alone are lost.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.reorder_one', at: 'apple', p: 0.8, fires: 3 },
    { id: 'ing.drop_one', at: 'google', p: 0.2, fires: 2 },
  ],
  expect: [
    { id: 'outcome', of: 'ing.reorder_one' },
    { id: 'outcome', of: 'ing.drop_one' },
  ],
});
