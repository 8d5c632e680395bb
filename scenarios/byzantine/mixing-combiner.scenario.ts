/**
 * The portal pairs sums of different windows, misses one, takes one twice, and writes a published
 * window once more. It can't publish what does not belong together: signed names say what it is.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/mixing-combiner',
  about: 'A combiner mixes, misses, doubles and publishes again: held, or no second time.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 8 },
  nemesis: [
    { id: 'comb.mismatch', at: 'leader', p: 0.2 },
    { id: 'comb.missing', at: 'helper', p: 0.2 },
    { id: 'comb.dup', at: 'helper', p: 0.2 },
    { id: 'comb.republish', p: 0.5 },
  ],
  expect: [
    { id: 'outcome', of: 'comb.mismatch' },
    { id: 'outcome', of: 'comb.missing' },
    { id: 'outcome', of: 'comb.dup' },
    { id: 'outcome', of: 'comb.republish' },
    { kind: 'sometimes', id: 'window.held', atLeast: 3 },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'live',
  ],
});
