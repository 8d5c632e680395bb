/**
 * Incident 9 of enpa.md 9.2 (prio-server 3d74d44c).
 *
 * What happened: a time-out ten seconds too short made long uploads fail, and sum parts did not
 * get to the portal.
 *
 * What must be noticed: who waits for a sum says after a day which side’s is missing (`no-helper-
 * share`), and holds that window alone; other windows and states don’t wait for it.
 *
 * How the run shows it: the helper’s sum of some windows never arrives, although it thinks that it
 * has written it.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/09-sum-part-missing',
  about: 'Sums of one side never arrive: the portal says whose, and holds those windows.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 40, vendors: { apple: 1 } },
  system: { windowHours: 12 },
  services: { processors: { scanEvery: '1h' } },
  nemesis: [{ id: 'mal.withhold', at: 'helper', dose: 2, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'mal.withhold' },
    { kind: 'sometimes', id: 'window.held' },
    { kind: 'sometimes', id: 'window.published' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
  ],
});
