/**
 * Windows of an hour in which hardly anybody sends: most of them are empty, and some hold a single
 * report. An empty one has no total, and nothing waits for it.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/empty-windows',
  about: 'Most windows are empty and some hold one report: nothing waits for what is empty.',
  clock: 'simulated',
  population: { reports: 12, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], windowHours: 1 },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '1h' } },
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'never', id: 'window.held' },
  ],
});
