/** After an update all phones send within two minutes of midnight: a load, and no fault. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'happy/midnight-storm',
  about: 'All phones send within two minutes of midnight: everything is taken in and summed.',
  clock: 'simulated',
  population: { reports: 300, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: { ingestion: { replicas: 2, batchEvery: '1h', batchSize: 64 } },
  load: [{ shape: 'storm', peak: '00:05', width: '2m' }],
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'never', id: 'report.refused' },
  ],
});
