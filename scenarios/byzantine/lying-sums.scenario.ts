/**
 * One processor lies about its sum in four ways: it exchanges one report for another, tells the
 * auditor something else than the portal, hands in an earlier window's sum, and lists batches that
 * it has not summed. Each window with a lie in it is held, none is published.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'byzantine/lying-sums',
  about: 'A processor substitutes, equivocates, replays and lists wrongly: each window is held.',
  mixins: ['../parts/small-deployment.yaml'],
  system: { windowHours: 4 },
  services: { ingestion: { batchEvery: '4h' } },
  nemesis: [
    { id: 'mal.substitute', at: 'helper', p: 0.4 },
    { id: 'mal.equivocate', at: 'helper', p: 0.12 },
    { id: 'mal.replay_sum', at: 'helper', p: 0.12 },
    { id: 'mal.wrong_list', at: 'helper', p: 0.12 },
  ],
  expect: [
    { id: 'outcome', of: 'mal.substitute' },
    { id: 'outcome', of: 'mal.equivocate' },
    { id: 'outcome', of: 'mal.replay_sum' },
    { id: 'outcome', of: 'mal.wrong_list' },
    { kind: 'sometimes', id: 'window.held', atLeast: 4 },
    { kind: 'sometimes', id: 'window.published', atLeast: 4 },
    'sum.exact',
    'count.exact',
    'conserve',
    'once',
    'live',
  ],
});
