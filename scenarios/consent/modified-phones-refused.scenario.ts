/**
 * A fifth of all phones are modified: they report for a state whose authority enables ENPA on the
 * second day only, and on the first day are refused at the door, by name. Nobody else’s report is
 * touched, and the state has no batch and no total of that day.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'consent/modified-phones-refused',
  about: 'Modified phones report for a state without ENPA: refused by name, all others count.',
  clock: 'simulated',
  population: {
    reports: 200,
    days: 2,
    states: ['us-wa', 'us-md'],
    enabled: { 'us-md': { fromDay: 1 } },
  },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '6h' } },
  nemesis: [{ id: 'cli.not_enabled', p: 0.2, fires: 5 }],
  expect: [
    'consent.kept',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'reason',
    'live',
    { id: 'outcome', of: 'cli.not_enabled' },
  ],
});
