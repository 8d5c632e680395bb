/** Small deployments in simulated time, with no fault: for tests that change one thing. */

import type { ScenarioInput } from '../../src/scenario/scenario.ts';

/** A day of two states. */
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

/** A day of one state, in windows of eight hours that are cut often and summed soon. */
export const shortWindows = {
  id: 'short-windows',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 80, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], windowHours: 8 },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '1h' }, processors: { grace: '2h' } },
  expect: ['sum.exact', 'conserve', 'live'],
} satisfies ScenarioInput;
