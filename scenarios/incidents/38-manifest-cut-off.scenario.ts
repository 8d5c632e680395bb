/**
 * Incident 38 of enpa.md 9.2 (prio-server 44a374d2).
 *
 * What happened: the body of a manifest failed in the middle of reading, and the process did not
 * start.
 *
 * What must be noticed: nothing is lost: who can’t read a new list of keys works with the one that
 * it has (`conserve`, `live`).
 *
 * How the run shows it: for ten hours eight phones in ten can’t fetch the list of keys, across a
 * rotation.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/38-manifest-cut-off',
  about: 'The list of keys can’t be read for hours: the last good one is used.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  population: { days: 2 },
  services: { keys: { rotateEvery: '1d', overlap: '3d' } },
  nemesis: [{ id: 'key.manifest_down', from: '20h', p: 0.8, params: { duration: '10h' } }],
  expect: [
    { id: 'outcome', of: 'key.manifest_down' },
    { kind: 'never', id: 'report.refused' },
  ],
});
