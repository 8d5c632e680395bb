import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'million',
  about:
    'A million reports over two days with every byte of the cryptography; about three minutes.',
  population: {
    reports: 1_000_000,
    days: 2,
    states: {
      'us-ca': 40,
      'us-co': 6,
      'us-ct': 4,
      'us-dc': 1,
      'us-hi': 2,
      'us-la': 5,
      'us-ma': 7,
      'us-md': 6,
      'us-nm': 2,
      'us-ut': 3,
      'us-va': 9,
      'us-wa': 8,
      'us-wi': 6,
    },
    epidemic: 'wave',
  },
  system: {
    metrics: [
      'PeriodicExposureNotification-v1',
      'PeriodicExposureNotificationInteraction-v1',
      'DateExposure-v1',
      { id: 'wide-poll-v1', bins: 100 },
    ],
    windowHours: 8,
  },
  crypto: { crossCheck: { every: 10_000 } },
  mixins: ['expect/exact'],
  expect: [
    { id: 'throughput', atLeastPerUnit: 0.15 },
    { id: 'memory', atMostMiB: 1024 },
  ],
});
