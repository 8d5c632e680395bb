/** The smallest day that has everything in it: one state, both vendors, no incident. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'happy/calm-day',
  about: 'A calm day in one state, in simulated time: every report is accepted and published.',
  clock: 'simulated',
  population: { reports: 200, states: ['us-wa'], epidemic: 'calm' },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '4h' } },
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'rand.safe',
    'noise.dist',
    'unbiased',
    'live',
    'fresh',
    'leak.scan',
    'det',
    { kind: 'sometimes', id: 'report.accepted', atLeast: 200 },
    { kind: 'never', id: 'report.refused' },
    { kind: 'never', id: 'upload.retried' },
    { kind: 'never', id: 'window.held' },
  ],
});
