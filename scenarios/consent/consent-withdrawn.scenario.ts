/**
 * A week in which one user in ten withdraws consent each day, at any moment, and one in five of
 * those gives it again. What a phone sent that day before the moment stands; nothing comes after
 * it until consent is back. Other phones send in its place: as many reports as were asked for.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'consent/consent-withdrawn',
  about: 'Users withdraw consent at any moment, some give it again: no report in between.',
  population: {
    reports: 1000,
    days: 7,
    states: ['us-wa', 'us-md'],
    consent: { withdrawPerDay: 0.1, returnPerDay: 0.2 },
  },
  system: { metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'], epsilon: 4 },
  crypto: { crossCheck: { every: 500 } },
  mixins: ['expect/exact'],
  expect: ['consent.kept'],
});
