/** A day of two small states in simulated time, with no fault: for tests that change one thing. */

import type { ScenarioInput } from '../../src/scenario/scenario.ts';

export const smallDeployment = {
  id: 'small-deployment',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 60, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'] },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '6h' } },
  expect: ['conserve', 'reason', 'live'],
} satisfies ScenarioInput;
