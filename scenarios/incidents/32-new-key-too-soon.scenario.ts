/**
 * Incident 32 of enpa.md 9.2 (prio-server 986bfedc).
 *
 * What happened: a new packet key was made the primary one before the workers had loaded it. What
 * phones sealed to it could not be opened, and was lost.
 *
 * What must be noticed: nothing: a rotation costs no report (`conserve`, and no report is
 * refused), whether it was sealed to the old key or to the new one.
 *
 * How the run shows it: both processors get new keys at one in the afternoon, with reports under
 * way.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/32-new-key-too-soon',
  about: 'Keys are replaced while reports are under way: not one is lost.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  services: { keys: { rotateEvery: '2d', overlap: '1d' } },
  nemesis: [{ id: 'key.rotate_midflight', from: '13h' }],
  expect: [
    { id: 'outcome', of: 'key.rotate_midflight' },
    { kind: 'never', id: 'report.refused' },
  ],
});
