/**
 * The portal pairs sums of different windows, misses one and takes one twice. It can't publish what
 * does not belong together: names and lists in what is signed say what it is.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/mixing-combiner',
  about: 'A combiner mixes, misses and doubles sums: each such window is held.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 8 },
  nemesis: [
    { id: 'comb.mismatch', at: 'leader', p: 0.3 },
    { id: 'comb.missing', at: 'helper', p: 0.3 },
    { id: 'comb.dup', at: 'helper', p: 0.5 },
  ],
  expect: [
    { id: 'outcome', of: 'comb.mismatch' },
    { id: 'outcome', of: 'comb.missing' },
    { id: 'outcome', of: 'comb.dup' },
    { kind: 'sometimes', id: 'window.held', atLeast: 3 },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'live',
  ],
});
