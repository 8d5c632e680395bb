/**
 * Incident 43 of enpa.md 9.2 (Google’s ingestion d902626, a8854b4, f0dd2cf, ec7f959).
 *
 * What happened: an ingestor wrote a wrong digest, a wrong signature, and the window’s start for a
 * batch’s time; its batches were refused or fell into the wrong window.
 *
 * What must be noticed: each is refused for what is wrong with it: `batch-digest`, `batch-
 * signature`, `batch-header`; no report gets into another window (`sum.exact` over each).
 *
 * How the run shows it: some batches have the one fault, some the other; windows last eight hours,
 * so that there is a wrong one to fall into.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/43-header-digest-and-date',
  about: 'Batches have a wrong digest, signature or date: each is refused for that very reason.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  system: { windowHours: 8 },
  nemesis: [
    { id: 'ing.header_tamper', p: 0.1, params: { field: 'digest' } },
    { id: 'ing.header_tamper', p: 0.1, params: { field: 'times' } },
    { id: 'ing.sig_bad', p: 0.1, params: { how: 'wrong-key' } },
  ],
  expect: [
    { id: 'outcome', of: 'ing.header_tamper' },
    { id: 'outcome', of: 'ing.sig_bad' },
    { kind: 'never', id: 'window.held' },
  ],
});
