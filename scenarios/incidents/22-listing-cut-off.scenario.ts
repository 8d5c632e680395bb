/**
 * Incident 22 of enpa.md 9.2 (prio-server e635f309, bae86fb8).
 *
 * What happened: listings were read without their later pages, a thousand objects and no more.
 * Batches beyond them were never seen.
 *
 * What must be noticed: `conserve` and `live`: every batch is seen in the end; `sets.equal`: by
 * both.
 *
 * How the run shows it: no listing shows what was written within the last hour. A cut by number,
 * as it was, is not in the catalogue: both leave out what exists.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/22-listing-cut-off',
  about:
    'Listings leave out objects that exist: every batch is still found before its window ends.',
  mixins: ['../parts/small-deployment.yaml'],
  services: { ingestion: { batchEvery: '1h' }, processors: { grace: '4h' } },
  nemesis: [{ id: 'sto.stale_list', fires: 5, params: { lag: '1h' } }],
  expect: [
    { id: 'outcome', of: 'sto.stale_list' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'never', id: 'batch.late' },
  ],
});
