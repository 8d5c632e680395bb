/**
 * Incident 24 of enpa.md 9.2 (prio-server a621be61, 0530eacc; 4 and 5 February 2021).
 *
 * What happened: the scheduler ran out of memory, and again after each start; for two days nothing
 * was scheduled.
 *
 * What must be noticed: `live`: what was missed is caught up with; `once`: nothing is scheduled
 * twice by it.
 *
 * How the run shows it: both processors are killed in the middle of one task in five and are away
 * for twenty minutes.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/24-out-of-memory',
  about: 'Processors are killed for want of memory, again and again, and catch up.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'proc.oom', p: 0.2, fires: 2, params: { restart: '20m' } }],
  expect: [
    { id: 'outcome', of: 'proc.oom' },
    { kind: 'sometimes', id: 'node.restarted', atLeast: 2 },
  ],
});
