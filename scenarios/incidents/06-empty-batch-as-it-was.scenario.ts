/**
 * Incident 6 of enpa.md 9.2 (prio-server #1525), as it was.
 *
 * What happened: a batch that was empty at one processor was left out of that one’s list and kept
 * in the other’s, so that the portal found two sums which did not belong together, week after
 * week.
 *
 * What must be noticed: `sets.equal` turns red and the portal holds the windows. The rest of the
 * run is sound: what is published is exact and every report is accounted for.
 *
 * How the run shows it: the servers of 2021 (`unequal-empty-batches`) meet batches that are empty
 * at the helper.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/06-empty-batch-as-it-was',
  about: 'Servers of 2021 list a batch that is empty at one side: sets.equal turns red.',
  extends: './06-empty-batch.scenario.ts',
  with: {
    'system.windowHours': 8,
    'services.legacy': ['unequal-empty-batches'],
    nemesis: [{ id: 'ing.empty_batch', p: 0.15, params: { side: 'helper' } }],
    expect: [
      { id: 'detected', of: 'ing.empty_batch', by: 'sets.equal' },
      { id: 'detected', of: 'ing.empty_batch', by: 'blast' },
      { kind: 'sometimes', id: 'window.held' },
      'sum.exact',
      'count.exact',
      'conserve',
      'once',
    ],
  },
});
