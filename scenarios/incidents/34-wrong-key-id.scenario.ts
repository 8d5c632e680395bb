/**
 * Incident 34 of enpa.md 9.2 (prio-server #1173, f7154712).
 *
 * What happened: after a rotation, signatures bore the wrong key id. The peer said
 * `UnknownKeyIdentifier`, or that the signature was bad.
 *
 * What must be noticed: those batches are refused (`batch-signature`) before anything in them is
 * opened, and `blast` keeps it to them.
 *
 * How the run shows it: two batches are signed under the id of a key that was retired.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/34-wrong-key-id',
  about: 'Batches are signed under the id of a retired key: they are refused, and nothing else is.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'ing.sig_bad', p: 0.2, dose: 2, fires: 2, params: { how: 'old-key' } }],
  expect: [
    { id: 'outcome', of: 'ing.sig_bad' },
    { kind: 'sometimes', id: 'batch.refused', atLeast: 2 },
  ],
});
