/**
 * Windows of an hour in which hardly anybody sends: most of them are empty, and some hold a single
 * report. What is empty is closed without a total, and holds up nothing.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/empty-windows',
  about: 'Most windows are empty and some hold one report: each is closed, none holds up another.',
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
