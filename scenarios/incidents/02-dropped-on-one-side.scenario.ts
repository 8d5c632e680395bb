/**
 * Incident 2 of enpa.md 9.2 (prio-server af63ea39, undone by 9c9556a2; #396).
 *
 * What happened: one processor left a bad batch out of its sum and the other kept it. Shares
 * without their other half are uniform numbers, and so was the total.
 *
 * What must be noticed: `sets.equal` turns red and the portal holds the window: noise must never
 * be published.
 *
 * How the run shows it: the helper leaves out reports and counts accordingly, so that the counts
 * differ; the leader leaves out others and counts them all the same, so that only totals out of
 * range give it away. Both are held.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/02-dropped-on-one-side',
  about: 'One processor leaves reports out of its sum, the other keeps them: held, not published.',
  mixins: ['../parts/small-deployment.yaml'],
  nemesis: [
    { id: 'mal.drop', at: 'helper', p: 0.02, params: { hide: false } },
    { id: 'mal.drop', at: 'leader', p: 0.02, params: { hide: true } },
  ],
  expect: [
    { id: 'outcome', of: 'mal.drop' },
    { id: 'detected', of: 'mal.drop', by: 'sets.equal' },
    { kind: 'sometimes', id: 'window.held' },
    'conserve',
    'once',
    'live',
  ],
});
