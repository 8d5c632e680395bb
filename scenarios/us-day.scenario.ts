import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'us-day',
  about: 'A day of ENPA in the United States: 16 states, both vendors, six metrics, no incident.',
  population: {
    reports: 100_000,
    startDay: '2021-12-01',
    states: [
      'us-ak',
      'us-ca',
      'us-co',
      'us-ct',
      'us-dc',
      'us-hi',
      'us-la',
      'us-ma',
      'us-md',
      'us-mo',
      'us-nm',
      'us-nv',
      'us-ut',
      'us-va',
      'us-wa',
      'us-wi',
    ],
    vendors: { apple: 55, google: 45 },
    epidemic: 'wave',
  },
  system: {
    metrics: [
      'PeriodicExposureNotification-v1',
      'PeriodicExposureNotificationInteraction-v1',
      'CodeVerified-v1',
      'KeysUploaded-v1',
      'DateExposure-v1',
      'CodeVerifiedWithReportType14d-v2',
    ],
    epsilon: 8,
    windowHours: 24,
  },
  mixins: ['expect/exact'],
  expect: [
    { id: 'throughput', atLeastPerUnit: 0.15 },
    { id: 'memory', atMostMiB: 1024 },
  ],
});
