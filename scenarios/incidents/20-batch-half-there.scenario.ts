/**
 * Incident 20 of enpa.md 9.2 (prio-server 87485014).
 *
 * What happened: a batch was taken as ready when any one of its files was there; reading the
 * others failed.
 *
 * What must be noticed: nothing is refused: `live` and `conserve` hold, since a batch is left
 * alone until its signature, which is written last, and all that it speaks of can be read.
 *
 * How the run shows it: of some batches of the morning the reports are missing for an hour, of
 * some in the afternoon the signature, and of some in the evening the second half.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/20-batch-half-there',
  about: 'Batches lie half written in the store for an hour: they are waited for, not refused.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.partial_write', until: '10h', p: 0.3, params: { missing: 'reports' } },
    {
      id: 'ing.partial_write',
      from: '10h',
      until: '18h',
      p: 0.3,
      params: { missing: 'signature' },
    },
    { id: 'ing.partial_write', from: '18h', p: 0.3, params: { missing: 'tail' } },
  ],
  expect: [{ id: 'outcome', of: 'ing.partial_write' }],
});
