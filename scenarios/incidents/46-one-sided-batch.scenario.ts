/**
 * Incident 46 of enpa.md 9.2 (Google’s ingestion, BatchWriterFn.java; our reading).
 *
 * What happened: a writer that failed between its two writes left a batch with the health
 * authority’s processor and none with the facilitator.
 *
 * What must be noticed: the other half comes when the writer is back (`sets.equal`, `conserve`); a
 * report whose other half never comes is named (`peer-missing`).
 *
 * How the run shows it: replicas die between the two writes and come back after ten minutes; some
 * reports have one half for good.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/46-one-sided-batch',
  about:
    'A writer dies between its two writes: it finishes them; a half that never comes is named.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [
    { id: 'ing.crash', p: 0.2, fires: 2, params: { step: 'between-writes' } },
    { id: 'ing.drop_one', p: 0.1 },
  ],
  expect: [
    { id: 'outcome', of: 'ing.crash' },
    { id: 'outcome', of: 'ing.drop_one' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
  ],
});
