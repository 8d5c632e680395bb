/**
 * An ingestor pairs shares of different phones, gives each side the other's, signs what it did not
 * make, and lets phones in without a valid certificate. All of it is refused by others than itself.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/malicious-ingestor',
  about: 'An ingestor swaps shares, sides and states and takes in strangers: others refuse it all.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'ing.pair_swap', at: 'apple', p: 0.3 },
    { id: 'ing.swap_sides', at: 'google', p: 0.1 },
    { id: 'ing.mix_states', p: 0.2 },
    { id: 'ing.no_attest', p: 0.05, params: { how: 'replayed-attestation' } },
  ],
  expect: [
    { id: 'outcome', of: 'ing.pair_swap' },
    { id: 'outcome', of: 'ing.swap_sides' },
    { id: 'outcome', of: 'ing.mix_states' },
    { id: 'outcome', of: 'ing.no_attest' },
  ],
});
