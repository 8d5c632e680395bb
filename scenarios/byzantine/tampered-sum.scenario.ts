/**
 * The leader adds one to a bin of its sum. There is no proof of correct aggregation in Prio v2: the
 * portal sees it only where a total leaves 0..count. A known limit: the run measures how much is
 * seen, and `sum.exact`, which knows the truth, is red because of it.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/tampered-sum',
  about: 'A processor adds to its sum: a known limit, measured, and seen by who knows the truth.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 12 },
  nemesis: [{ id: 'mal.tamper_sum', at: 'leader', p: 0.5, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'mal.tamper_sum' },
    { id: 'detected', of: 'mal.tamper_sum', by: 'sum.exact' },
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
  ],
});
