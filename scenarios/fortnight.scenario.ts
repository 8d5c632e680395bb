import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'fortnight',
  about: 'A fortnight in three states for the portal: both vendors, six metrics, of shares only.',
  population: {
    reports: 1_200_000,
    days: 14,
    startDay: '2021-12-01',
    states: ['us-wa', 'us-md', 'us-ak'],
    vendors: { apple: 55, google: 45 },
    epidemic: 'wave',
    // The risk histogram is the most work by far.
    sampling: { 'histogramMetric-v2': 0.25 },
  },
  system: {
    metrics: [
      'PeriodicExposureNotification-v1',
      'PeriodicExposureNotificationInteraction-v1',
      'histogramMetric-v2',
      'DateExposure-v1',
      'CodeVerified-v1',
      'KeysUploaded-v1',
    ],
    epsilon: 8,
    windowHours: 24,
  },
  crypto: { fidelity: 'shares-only', crossCheck: { every: 100_000 } },
  // So that there is something to refuse.
  adversaries: [{ id: 'cli.forge', share: 0.01 }],
  mixins: ['expect/all'],
  expect: [{ id: 'memory', atMostMiB: 1024 }],
});
