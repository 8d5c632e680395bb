/**
 * An attacker has the leader's private key and reads all that was sealed to it. It is one half of
 * each report: guessing a bit from it is no better than a coin (`advantage` against `chance`).
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'privacy/stolen-decryption-key',
  about: 'One processor’s private key is stolen: its half of each report tells nothing.',
  mixins: ['../parts/small-deployment.yaml'],
  population: { reports: 250 },
  system: { epsilon: 1 },
  nemesis: [{ id: 'key.compromise_one' }],
  expect: [
    { id: 'outcome', of: 'key.compromise_one' },
    'view.indist',
    'leak.scan',
    'sum.exact',
    'conserve',
    'reason',
    'live',
  ],
});
