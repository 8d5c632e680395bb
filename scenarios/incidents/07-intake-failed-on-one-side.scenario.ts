/**
 * Incident 7 of enpa.md 9.2 (prio-server #1525).
 *
 * What happened: intake of a batch failed at one processor. Its peer had no word of it and left
 * the batch out; it summed the batch itself, since the peer’s own word was there. The sets
 * differed.
 *
 * What must be noticed: `sets.equal`: a batch counts at both processors or at neither, and its
 * reports are accounted for (`peer-missing`, `batch-unmatched`).
 *
 * How the run shows it: the helper’s word is missing for one batch in five.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/07-intake-failed-on-one-side',
  about: 'One side’s word on a batch never comes: neither side sums it, and both say why.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'proc.peer_missing', at: 'processor/helper', p: 0.2, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'proc.peer_missing' },
    { kind: 'sometimes', id: 'window.published', atLeast: 4 },
    { kind: 'never', id: 'window.held' },
  ],
});
