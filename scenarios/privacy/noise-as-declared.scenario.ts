/**
 * On the wall clock, with reports enough to see it: bits are flipped as often as each epsilon
 * says, one state with far more noise than the other, and estimates are right on average.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/noise-as-declared',
  about: 'Two states with different epsilons: flips as declared, estimates without bias.',
  population: { reports: 3000, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 3 },
  crypto: { crossCheck: { every: 1000 } },
  overrides: [{ states: ['us-md'], epsilon: 1 }],
  expect: ['noise.dist', 'unbiased', 'sum.exact', 'count.exact', 'conserve', 'once', 'sets.equal'],
});
