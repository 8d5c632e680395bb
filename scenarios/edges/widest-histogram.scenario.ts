/** The widest metric that can be asked for: 4,096 bins, a few reports, in simulated time. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'edges/widest-histogram',
  about: 'A histogram of 4,096 bins, the widest there is, for a handful of phones.',
  clock: 'simulated',
  population: { reports: 12, states: ['us-wa'] },
  system: { metrics: [{ id: 'widest-v1', bins: 4096 }] },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '12h' } },
  expect: ['sum.exact', 'count.exact', 'conserve', 'once', 'sets.equal', 'reason', 'live'],
});
