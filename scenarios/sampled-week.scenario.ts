import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'sampled-week',
  about:
    'A week in four states: one report in ten with every byte, the rest as shares; 15 seconds.',
  population: {
    reports: 200_000,
    days: 7,
    states: ['us-ca', 'us-ct', 'us-md', 'us-wa'],
    epidemic: 'outbreak',
  },
  system: {
    metrics: [
      'PeriodicExposureNotification-v1',
      'PeriodicExposureNotificationInteraction-v1',
      'DateExposure-v1',
      { id: 'wide-poll-v1', bins: 100 },
    ],
    windowHours: 24,
  },
  crypto: { fidelity: 'sampled', sampleShare: 0.1, crossCheck: { every: 5000 } },
  // The first strikes everywhere, the others where there is an upload to strike at.
  adversaries: [
    { id: 'cli.forge', share: 0.01 },
    { id: 'cli.undecryptable', share: 0.01 },
    { id: 'net.replay', share: 0.01 },
  ],
  mixins: ['expect/all'],
  expect: [{ id: 'memory', atMostMiB: 1024 }],
});
