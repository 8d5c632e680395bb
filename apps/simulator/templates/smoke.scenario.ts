/** The whole system in a second: two states, two metrics, every byte of the protocol. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'smoke',
  about: 'Two states, two vendors, two metrics; everything goes well.',
  // So many reports are sent in all; states share them by their population.
  population: { reports: 400, states: ['us-wa', 'us-md'] },
  // What phones measure, and epsilon: the smaller it is, the more noise each phone adds.
  system: { metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'], epsilon: 4 },
  // One report in 200 is run again with the plain reference code; both must give the same bytes.
  crypto: { crossCheck: { every: 200 } },
  // What must hold, by names of oracles. `npx priolab explain sum.exact` says what one asks.
  expect: [
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'rand.safe',
    'crosscheck',
    'det',
  ],
});
