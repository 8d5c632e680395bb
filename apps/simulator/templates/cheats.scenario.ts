/**
 * Devices that break the protocol: each cheat must be refused for its documented reason, and the
 * totals stay exact sums over what was accepted.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'cheats',
  about: 'One report in ten is a cheat; each is refused for its reason, and no total shows it.',
  population: { reports: 1000, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
  // Shares of all reports. `npx priolab explain cli.forge` says what one does.
  adversaries: [
    { id: 'cli.forge', share: 0.04 },
    { id: 'cli.out_of_range', share: 0.03 },
    { id: 'cli.undecryptable', share: 0.03 },
  ],
  // `noforge`: no report that breaks the rules is counted.
  // `reason`: each cheat is refused for its own.
  expect: ['sum.exact', 'count.exact', 'conserve', 'once', 'noforge', 'reason'],
});
