import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'smoke',
  about: 'Two states, two vendors, two metrics: the whole system in a few seconds.',
  population: { reports: 1000, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'], epsilon: 4 },
  crypto: { crossCheck: { every: 500 } },
  mixins: ['expect/exact'],
  // A slice of the run, done again in another thread, gives the same bytes.
  expect: ['det'],
});
