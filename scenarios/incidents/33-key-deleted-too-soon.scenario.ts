/**
 * Incident 33 of enpa.md 9.2 (prio-server #2248, #2266, #2267; December 2022).
 *
 * What happened: a key was deleted while phones still held its certificate. It could not be had
 * again, and keys had to be replaced in an emergency.
 *
 * What must be noticed: phones that seal to a key which is retired but within its overlap are
 * heard; what comes after the key is gone is refused (`decrypt-failed`), counted and blamed on
 * nothing else.
 *
 * How the run shows it: keys are replaced four times a day and dropped as soon as nothing on its
 * way can need them. Once the first are gone, phones of some states and vendors still seal to
 * them.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/33-key-deleted-too-soon',
  about:
    'Phones seal to a key that was deleted: their reports are refused by name, all others count.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { days: 4 },
  services: { keys: { rotateEvery: '6h', overlap: '1h' } },
  nemesis: [{ id: 'key.expired', p: 0.6, fires: 2 }],
  expect: [
    { id: 'outcome', of: 'key.expired' },
    { kind: 'sometimes', id: 'report.refused', atLeast: 2 },
    'sum.exact',
    'count.exact',
    'conserve',
    'sets.equal',
    'reason',
    'blast',
    'live',
  ],
});
