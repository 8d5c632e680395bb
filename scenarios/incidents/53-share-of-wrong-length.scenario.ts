/**
 * Incident 53 of enpa.md 9.2 (prio-server, intake.rs and aggregation.rs).
 *
 * What happened: one device’s share could be opened and had a wrong length, or a word of p or
 * more. That server’s intake failed for ever, its peer’s did not, and the whole window’s
 * aggregation was lost on one side: any phone could stop a state.
 *
 * What must be noticed: `blast`: the report is refused with its reason (`wrong-share-size`,
 * `noncanonical-share`) at both sides, and nothing else is.
 *
 * How the run shows it: one phone in twenty sends each of the two.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/53-share-of-wrong-length',
  about: 'Phones send shares of wrong length, or with words of p or more: those alone are refused.',
  mixins: ['../parts/small-deployment.yaml', '../parts/all-holds.yaml'],
  nemesis: [
    { id: 'cli.wrong_dim', p: 0.05, fires: 2 },
    { id: 'cli.noncanonical', p: 0.05, fires: 2 },
  ],
  expect: [
    { id: 'outcome', of: 'cli.wrong_dim' },
    { id: 'outcome', of: 'cli.noncanonical' },
    { kind: 'sometimes', id: 'window.published', atLeast: 4 },
    { kind: 'never', id: 'batch.refused' },
  ],
});
