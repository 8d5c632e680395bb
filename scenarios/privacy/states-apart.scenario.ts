/**
 * Batches of one state appear under another's name, and objects are stored under it. Nothing that a
 * state gets depends on others: the run is done again with every other state's bits turned round.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/states-apart',
  about: 'What a state gets stays the same when all other states’ measurements are replaced.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.mix_states', p: 0.2 },
    { id: 'sto.misdirect', p: 0.1 },
  ],
  expect: ['tenant'],
});
