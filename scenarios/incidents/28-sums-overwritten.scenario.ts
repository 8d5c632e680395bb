/**
 * Incident 28 of enpa.md 9.2 (prio-server 183cca56).
 *
 * What happened: sum parts of different localities had the same name, and overwrote each other on
 * their way to the portal: data was lost there.
 *
 * What must be noticed: a state never gets another's sum. Its name is in what is signed, so that
 * the portal holds a window whose sum is another's or is not whole (`wrong-window`,
 * `no-leader-share`), and publishes the others exactly.
 *
 * How the run shows it: parts of sums are written under another state's name. Those whose writer
 * still sees that they are missing are written again; a window is held where one is gone for good.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/28-sums-overwritten',
  about: 'Sums are stored under another state’s name: written again or held, never mixed up.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [{ id: 'sto.misdirect', at: 'portal', p: 0.3 }],
  expect: [
    { id: 'outcome', of: 'sto.misdirect' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'sometimes', id: 'window.held' },
    { kind: 'sometimes', id: 'window.published' },
  ],
});
