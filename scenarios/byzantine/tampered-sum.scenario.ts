/**
 * The leader adds one to a rare bin of its sums, and the helper a thousand to a frequent one. There
 * is no proof of correct aggregation in Prio v2: the portal sees it only where a total leaves
 * 0..count, which is the second. A known limit: the run measures how much is seen, and `sum.exact`,
 * which knows the truth, is red because of the rest.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/tampered-sum',
  about: 'A processor adds to its sum: a known limit, measured, and seen by who knows the truth.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 12 },
  nemesis: [
    { id: 'mal.tamper_sum', at: 'leader', p: 0.5, params: { bin: 1, delta: 1 } },
    { id: 'mal.tamper_sum', at: 'helper', p: 0.4, params: { bin: 0, delta: 1000 } },
  ],
  expect: [
    { id: 'outcome', of: 'mal.tamper_sum' },
    { id: 'detected', of: 'mal.tamper_sum', by: 'sum.exact' },
    { kind: 'sometimes', id: 'window.held' },
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
  ],
});
