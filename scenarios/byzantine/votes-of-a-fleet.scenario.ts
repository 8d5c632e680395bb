/**
 * Phones of one owner vote for the same bin in reports that are valid in every way, and a processor
 * knows some of them. No protocol of this kind can tell: what is bounded is the effect. k phones
 * move one bin by k and no other, and who hides among the rest hides among that many fewer.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/votes-of-a-fleet',
  about: 'A fleet votes as one: it moves its bin by exactly its number, and nothing else.',
  mixins: ['../parts/small-deployment.yaml'],
  services: { minBatch: 5 },
  nemesis: [
    { id: 'cli.poison_valid', p: 0.15, fires: 5, params: { bin: 1 } },
    { id: 'mal.collude_clients', fires: 5, params: { share: 0.15 } },
  ],
  expect: [
    { id: 'outcome', of: 'cli.poison_valid' },
    { id: 'outcome', of: 'mal.collude_clients' },
    'minbatch.on_accepted',
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
  ],
});
