/**
 * Incident 1 of enpa.md 9.2 (prio-server #362, #542; mended by 457239dd).
 *
 * What happened: the queue gave one intake task to two workers, and both wrote. Header, packets
 * and signature of the two runs got mixed (“split generation”), since their bytes differed, and
 * the aggregation failed on a bad digest.
 *
 * What must be noticed: `idem`: what is written a second time is the same bytes; `once`: no report
 * counts twice.
 *
 * How the run shows it: half of all tasks come again while they are worked on, and half come twice
 * more some time later; every object that is written again is compared.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/01-task-delivered-twice',
  about:
    'Tasks are given out twice, even while they are worked on; both runs write the same bytes.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  services: { processors: { workers: 2 } },
  nemesis: [
    { id: 'proc.redeliver', p: 0.5, fires: 5, params: { concurrent: true } },
    { id: 'proc.redeliver', p: 0.5, fires: 5, params: { times: 2 } },
  ],
  expect: [{ id: 'outcome', of: 'proc.redeliver' }],
});
