/**
 * Four phones in five send what they measured without flipping a bit. No server can see it in a
 * report; over the fleet the rate of flips is not what epsilon says (`noise.dist`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/phones-without-noise',
  about: 'Most phones leave out the noise: no server can tell, the fleet’s flip rate does.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { epsilon: 1 },
  nemesis: [{ id: 'dev.rr_off', p: 0.8, fires: 50 }],
  expect: [
    { id: 'outcome', of: 'dev.rr_off' },
    { id: 'detected', of: 'dev.rr_off', by: 'noise.dist' },
    'sum.exact',
    'conserve',
    'once',
    'reason',
    'live',
  ],
});
