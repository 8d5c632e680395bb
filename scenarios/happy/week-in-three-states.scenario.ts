/** A week with evenings and nights in three time zones, keys that are replaced on schedule. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'happy/week-in-three-states',
  about: 'A week in three states, busy in their evenings; keys are replaced every other day.',
  clock: 'simulated',
  population: { reports: 210, days: 7, states: ['us-ca', 'us-co', 'us-md'], epidemic: 'wave' },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: {
    ingestion: { batchEvery: '6h' },
    processors: { scanEvery: '1h', grace: '8h' },
    keys: { rotateEvery: '2d', overlap: '1d' },
  },
  load: [{ shape: 'diurnal', peak: '19:30' }],
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'rand.safe',
    'live',
    'fresh',
    { kind: 'sometimes', id: 'window.published', atLeast: 30 },
    { kind: 'never', id: 'report.refused' },
  ],
});
