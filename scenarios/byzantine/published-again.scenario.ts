/**
 * A day after a window was published, the portal publishes it once more. Results are locked where
 * they are written: what was published first is what stays (`once`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/published-again',
  about: 'A combiner publishes windows a second time: the first publication stays.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  system: { windowHours: 12 },
  nemesis: [{ id: 'comb.republish', fires: 2, params: { after: '1d' } }],
  expect: [{ id: 'outcome', of: 'comb.republish' }],
});
