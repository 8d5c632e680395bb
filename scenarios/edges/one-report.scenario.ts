/** One phone sends one report. With a minimum of one, its window is published like any other. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/one-report',
  about: 'A single report goes all the way to a published total.',
  clock: 'simulated',
  population: { reports: 1, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'] },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '12h' } },
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'sometimes', id: 'report.accepted', atMost: 1 },
  ],
});
