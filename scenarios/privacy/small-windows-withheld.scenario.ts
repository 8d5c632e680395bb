/**
 * Windows of four hours in two states, two vendors: some have fewer reports than may be published.
 * Those are withheld by both processors (`below-minimum`), and nobody else learns their totals.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/small-windows-withheld',
  about: 'Windows with fewer reports than the minimum are not published, the others are.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 4 },
  services: { ingestion: { batchEvery: '2h' }, minBatch: 6 },
  expect: [
    'minbatch.on_accepted',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'leak.scan',
    'live',
    { kind: 'sometimes', id: 'window.suppressed', atLeast: 2 },
    { kind: 'sometimes', id: 'window.published', atLeast: 2 },
  ],
});
