/**
 * The leader refuses all reports of a window but one, and would publish the sum of that one. The
 * honest peer counts for itself: it has too few, and nothing is published (`below-minimum`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/isolated-victim',
  about: 'A processor singles out one phone: the honest peer withholds the window.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 12 },
  services: { minBatch: 6 },
  nemesis: [{ id: 'mal.isolate', at: 'leader', p: 0.4 }],
  expect: [
    { id: 'outcome', of: 'mal.isolate' },
    { kind: 'sometimes', id: 'window.suppressed' },
    'minbatch.on_accepted',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
  ],
});
