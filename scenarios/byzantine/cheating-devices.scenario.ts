/**
 * Thirteen kinds of cheats and faults of phones and of the network, on the wall clock, with all of
 * the cryptography: each report is refused for its documented reason or counts as it may.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/cheating-devices',
  about: 'One report in four is a cheat or a fault, of thirteen kinds; the totals stay exact.',
  population: { reports: 5000, states: ['us-ca', 'us-ma', 'us-ut'], days: 2, epidemic: 'calm' },
  system: {
    metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1', { id: 'poll-v1', bins: 100 }],
    epsilon: 6,
    windowHours: 8,
  },
  adversaries: [
    { id: 'cli.out_of_range', share: 0.02 },
    { id: 'cli.multi_hot', share: 0.02 },
    { id: 'cli.forge', share: 0.02 },
    { id: 'cli.inconsistent', share: 0.02 },
    { id: 'cli.noncanonical', share: 0.02 },
    { id: 'cli.wrong_dim', share: 0.02 },
    { id: 'cli.undecryptable', share: 0.02 },
    { id: 'cli.oversize', share: 0.01 },
    { id: 'net.truncate', share: 0.02 },
    { id: 'net.corrupt', share: 0.02 },
    { id: 'dev.retry_same', share: 0.02 },
    { id: 'net.dup', share: 0.02 },
    { id: 'net.replay', share: 0.02 },
  ],
  crypto: { crossCheck: { every: 500 } },
  mixins: ['expect/all'],
});
