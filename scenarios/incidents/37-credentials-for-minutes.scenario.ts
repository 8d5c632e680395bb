/**
 * Incident 37 of enpa.md 9.2 (prio-server 2f8cf947, 53a34ae6).
 *
 * What happened: the endpoint that gives out credentials failed, or answered 404, for minutes;
 * every task that wrote meanwhile failed.
 *
 * What must be noticed: `live` and `conserve`: what failed is tried again until it is done, and
 * nothing that was acknowledged is lost.
 *
 * How the run shows it: for twenty minutes every write to every store is refused, as seen by one
 * without credentials.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/37-credentials-for-minutes',
  about: 'For twenty minutes nobody may write to any store: everything is done afterwards.',
  mixins: ['../parts/small-deployment.yaml'],
  services: { ingestion: { batchEvery: '30m' } },
  nemesis: [{ id: 'sto.full', from: '11h', fires: 5, params: { duration: '20m' } }],
  expect: [
    { id: 'outcome', of: 'sto.full' },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'sets.equal',
    'reason',
    'live',
    'idem',
  ],
});
