/**
 * In simulated time: four messages in ten are lost, so that phones try again for hours, and three
 * users in ten withdraw consent each day. A phone that is trying again when that happens stops: its
 * report counts if a server had stored it before, and is `not-sent` else. One authority switches
 * ENPA off after the first day, and its phones stop too.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'consent/withdrawn-while-retrying',
  about: 'Phones that try again when consent is withdrawn stop; every report is accounted for.',
  clock: 'simulated',
  population: {
    reports: 240,
    days: 2,
    states: ['us-wa', 'us-md'],
    enabled: { 'us-md': { untilDay: 1 } },
    consent: { withdrawPerDay: 0.3, returnPerDay: 0.3 },
  },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  services: {
    ingestion: { batchEvery: '6h' },
    processors: { grace: '36h' },
    network: { retry: { first: '1h', factor: 1, atMost: '1h', attempts: 22 } },
  },
  nemesis: [{ id: 'net.drop', p: 0.4, fires: 50 }],
  expect: [
    'consent.kept',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    { kind: 'sometimes', id: 'upload.retried', atLeast: 20 },
  ],
});
