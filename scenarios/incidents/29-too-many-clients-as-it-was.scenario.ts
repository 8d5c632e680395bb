/**
 * Incident 29 of enpa.md 9.2 (prio-server ab317b3a, and aggregation.rs to the end), as it was.
 *
 * What happened: both processors counted reports whose proof had failed as clients. Their counts
 * agreed, so that nobody held anything, and the noise was taken out by too large a number.
 *
 * What must be noticed: `count.exact` turns red, and it is the only oracle that can: the sums are
 * exact and the two sides agree.
 *
 * How the run shows it: the servers of 2021 (`count-invalid-proofs`) get reports out of range from
 * one phone in ten.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/29-too-many-clients-as-it-was',
  about: 'Servers of 2021 count refused reports as clients, alike: only count.exact turns red.',
  extends: './29-too-many-clients.scenario.ts',
  with: {
    'services.legacy': ['count-invalid-proofs'],
    nemesis: [{ id: 'cli.out_of_range', p: 0.1, fires: 3 }],
    expect: [
      { id: 'detected', of: 'cli.out_of_range', by: 'count.exact' },
      { kind: 'never', id: 'window.held' },
      'sum.exact',
      'conserve',
      'once',
      'sets.equal',
      'reason',
      'noforge',
      'live',
    ],
  },
});
