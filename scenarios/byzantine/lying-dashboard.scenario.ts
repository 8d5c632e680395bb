/**
 * What people are shown is not what was published: an older window's total, or another state's. The
 * oracle reads totals where people read them, and is red (`sum.exact`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/lying-dashboard',
  about: 'A dashboard shows stale totals and those of other states: sum.exact reads it and is red.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 8 },
  nemesis: [
    { id: 'comb.dashboard', p: 0.4, params: { how: 'stale' } },
    { id: 'comb.dashboard', p: 0.4, params: { how: 'wrong-state' } },
  ],
  expect: [
    { id: 'outcome', of: 'comb.dashboard' },
    { id: 'detected', of: 'comb.dashboard', by: 'sum.exact' },
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
  ],
});
