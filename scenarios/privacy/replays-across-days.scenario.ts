/**
 * Reports that were overheard are sent again: at once, into a later window, for another state, and
 * a day later as they were. None counts twice, and none is taken that is too old.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/replays-across-days',
  about: 'Overheard reports come again, up to a day later: each counts once.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  population: { days: 2 },
  nemesis: [
    { id: 'net.replay', p: 0.1, fires: 3, params: { after: '1d' } },
    { id: 'cli.replay', p: 0.1, fires: 3, params: { to: 'later-window' } },
    { id: 'cli.replay', p: 0.1, fires: 3, params: { to: 'other-state' } },
  ],
  expect: [
    { id: 'outcome', of: 'net.replay' },
    { id: 'outcome', of: 'cli.replay' },
  ],
});
