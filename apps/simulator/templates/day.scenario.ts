/**
 * A day as researchers look at it: how far off are the totals that an authority gets, and is that
 * the noise alone? Change epsilon, the states or the epidemic, and compare.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'day',
  about: 'A day in four states of very different size; estimates are off by the noise and no more.',
  // `epidemic` says what phones measure: calm, wave or outbreak. Vendors share phones by weight.
  population: {
    reports: 6000,
    startDay: '2021-12-01',
    states: ['us-ca', 'us-wa', 'us-md', 'us-ak'],
    vendors: { apple: 55, google: 45 },
    epidemic: 'wave',
  },
  // One total for each state, vendor, metric and window of so many hours.
  system: {
    metrics: ['PeriodicExposureNotification-v1', 'CodeVerified-v1', 'DateExposure-v1'],
    epsilon: 4,
    windowHours: 24,
  },
  // `expect/exact` is a set of oracles: totals are exact sums of what phones sent, estimates are
  // unbiased, the noise is what epsilon says. `npx priolab check` lists them.
  mixins: ['expect/exact'],
});
