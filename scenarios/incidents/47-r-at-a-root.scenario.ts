/**
 * Incident 47 of enpa.md 9.2 (Google’s ingestion, DataShare.java).
 *
 * What happened: the check of the point r compared objects and not numbers, so that only r = 1 was
 * excluded. At a root of unity the two values f(r) add up to one of the data bits, or a bad proof
 * passes; with 1,344 bins one packet in a million.
 *
 * What must be noticed: `rand.safe`: no processor computes at such a point; the packet is refused
 * (`unsafe-query-randomness`) whoever chose it.
 *
 * How the run shows it: the ingestor steers r to a 2n-th root, an n-th root, 1, p - 1 and beyond
 * p.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/47-r-at-a-root',
  about: 'The ingestor picks r at roots of unity: both processors refuse those reports themselves.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.rpit_unsafe', p: 0.05, params: { steer: 'root-2n' } },
    { id: 'ing.rpit_unsafe', p: 0.05, params: { steer: 'root-n' } },
    { id: 'ing.rpit_unsafe', p: 0.05, params: { steer: 'one' } },
    { id: 'ing.rpit_unsafe', p: 0.05, params: { steer: 'minus-one' } },
    { id: 'ing.rpit_unsafe', p: 0.05, params: { steer: 'out-of-range' } },
  ],
  expect: [{ id: 'outcome', of: 'ing.rpit_unsafe' }],
});
