/**
 * Incident 21 of enpa.md 9.2 (prio-server 770a396d, #247).
 *
 * What happened: an aggregation was scheduled before all that it needed was there: it failed, or
 * summed the wrong set.
 *
 * What must be noticed: `sets.equal` and `live`: who has not heard of a batch from its peer waits
 * for as long as the window allows, and the window holds all of it.
 *
 * How the run shows it: the peer’s word comes three hours late for a third of the batches, which
 * is within the four hours that a window waits.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/21-summed-too-early',
  about: 'The peer’s word comes hours late, but within the window’s grace: it is waited for.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  services: { processors: { grace: '4h' } },
  nemesis: [{ id: 'proc.peer_late', p: 0.3, until: '23h', fires: 3, params: { by: '3h' } }],
  expect: [
    { id: 'outcome', of: 'proc.peer_late' },
    { kind: 'never', id: 'report.refused' },
    { kind: 'never', id: 'window.held' },
  ],
});
