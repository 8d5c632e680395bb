/**
 * Incident 36 of enpa.md 9.2 (prio-server 1f6ff803).
 *
 * What happened: a changed configuration did not restart the workers: they went on with old keys
 * and settings.
 *
 * What must be noticed: nothing is lost as long as what is old still holds: `conserve`, and no
 * report is refused.
 *
 * How the run shows it: half of the phones work with a list of keys that is a day old, in a
 * deployment that replaces its keys daily and keeps the old ones for three days.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/36-old-settings-in-use',
  about: 'Parties work with yesterday’s list of keys: within the overlap nothing is lost.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  population: { days: 2 },
  services: { keys: { rotateEvery: '1d', overlap: '3d' } },
  nemesis: [{ id: 'key.manifest_stale', p: 0.5, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'key.manifest_stale' },
    { kind: 'never', id: 'report.refused' },
  ],
});
