/**
 * Four states: one authority never enables ENPA, one enables it on the third day, one switches it
 * off again after the fifth, one has it all week. Phones of an authority that has not enabled it
 * measure, make and send nothing: no report, no batch and no total of its days. Whose phone sends
 * is worked out anew from the draws (`consent.kept`), not taken from the plan of senders.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'consent/authority-not-enabled',
  about:
    'A state without ENPA, one that enables it later, one that ends it: no report of those days.',
  population: {
    reports: 1200,
    days: 7,
    states: ['us-wa', 'us-md', 'us-va', 'us-ut'],
    enabled: { 'us-md': false, 'us-wa': { fromDay: 2 }, 'us-va': { untilDay: 5 } },
  },
  system: { metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'], epsilon: 4 },
  crypto: { crossCheck: { every: 500 } },
  mixins: ['expect/exact'],
  expect: ['consent.kept'],
});
