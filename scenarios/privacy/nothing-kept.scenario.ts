/**
 * Raw data is kept for an hour, and deleting it fails for a while. In the end no upload, no share
 * and no verification message is left, and nothing has gone that was still needed.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/nothing-kept',
  about: 'Deleting fails for a while: in the end nothing raw is left, and nothing went too early.',
  mixins: ['../parts/small-deployment.yaml'],
  services: { processors: { keepFor: '1h' } },
  nemesis: [
    { id: 'sto.expire', params: { how: 'deletes-early' } },
    { id: 'sto.expire', p: 0.3, params: { how: 'keeps-late' } },
  ],
  expect: [
    { id: 'outcome', of: 'sto.expire' },
    'sum.exact',
    'count.exact',
    'conserve',
    'sets.equal',
    'reason',
    'leak.scan',
    'live',
  ],
});
