/** On the wall clock: an outbreak in one of two states, two metrics, twelve hours at a time. */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'happy/outbreak',
  about: 'An outbreak over two days: values rise, load peaks at noon, estimates follow.',
  population: { reports: 2500, days: 2, states: ['us-ca', 'us-ut'], epidemic: 'outbreak' },
  system: {
    metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'],
    epsilon: 4,
    windowHours: 12,
  },
  crypto: { crossCheck: { every: 1000 } },
  load: [{ shape: 'outbreak', peak: '12:00', width: '2h' }],
  mixins: ['expect/exact'],
});
