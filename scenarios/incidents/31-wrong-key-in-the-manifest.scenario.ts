/**
 * Incident 31 of enpa.md 9.2 (prio-server #756, #757, #770, e40c044e; us-la, Google).
 *
 * What happened: a manifest carried a certificate request that did not match the private key. No
 * packet could be opened, and tasks trickled into the dead letters one by one for days.
 *
 * What must be noticed: every report that is lost has its reason (`decrypt-failed`), from the
 * first batch on; `blast`: phones with the right key are not touched.
 *
 * How the run shows it: for ten hours some phones’ manifest names a key that the leader has not
 * got.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/31-wrong-key-in-the-manifest',
  about:
    'A manifest names a key that nobody has: each report sealed to it is refused with its reason.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [{ id: 'key.wrong', at: 'leader', p: 0.5, params: { duration: '10h' } }],
  expect: [
    { id: 'outcome', of: 'key.wrong' },
    { kind: 'sometimes', id: 'report.refused', atLeast: 5 },
    { kind: 'sometimes', id: 'report.accepted', atLeast: 5 },
  ],
});
