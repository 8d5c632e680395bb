/**
 * Vendors differ: Google's phones are fewer, take part more often and have more noise. A day in
 * simulated time; each vendor has its own ingestion servers, and totals are formed for each.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'happy/two-vendors',
  about: 'Two vendors with different shares, opt-in and epsilon: each has its own totals.',
  clock: 'simulated',
  population: { reports: 160, states: ['us-wa'], vendors: { apple: 70, google: 30 } },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: { ingestion: { replicas: 3, batchEvery: '4h' } },
  overrides: [{ vendors: ['google'], optIn: 0.8, epsilon: 2 }],
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'unbiased',
    'live',
    { kind: 'sometimes', id: 'window.published', atLeast: 2, atMost: 2 },
  ],
});
