/**
 * The ingestor writes phones' addresses, and in other batches the exact times of their uploads,
 * into what it hands on. The scan of everything that processors can read finds it (`leak.scan`),
 * and they refuse headers that say more than they should (`batch-header`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/identity-forwarded',
  about: 'An ingestor forwards who sent a report and when: the leak scan finds it.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [
    { id: 'ing.metadata_leak', p: 0.2, params: { what: 'address' } },
    { id: 'ing.metadata_leak', p: 0.2, params: { what: 'time' } },
  ],
  expect: [
    { id: 'outcome', of: 'ing.metadata_leak' },
    { id: 'detected', of: 'ing.metadata_leak', by: 'leak.scan' },
    { kind: 'sometimes', id: 'batch.refused' },
    'sum.exact',
    'conserve',
    'sets.equal',
    'reason',
    'blast',
    'live',
  ],
});
