/**
 * Incident 13 of enpa.md 9.2 (prio-server #308, 7ade9bcb).
 *
 * What happened: an aggregation took longer than the queue’s deadline, so that it was given out
 * and run several times; the second write failed for want of a permission, and finished tasks went
 * to the dead letters.
 *
 * What must be noticed: here a worker extends its lease while it works, so that no lease runs out
 * (`lease.expired`) and nothing is done twice; `live`: it ends.
 *
 * How the run shows it: the helper works a thousand times slower, and a lease lasts two seconds.
 * Without extensions leases run out, and tasks are given out again.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/13-lease-shorter-than-work',
  about: 'Work takes longer than its lease, which is extended meanwhile: nothing is done twice.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  services: { processors: { lease: '2s' } },
  nemesis: [{ id: 'proc.slow', at: 'processor/helper', fires: 20, params: { factor: 1000 } }],
  expect: [
    { id: 'outcome', of: 'proc.slow' },
    { kind: 'never', id: 'lease.expired' },
  ],
});
