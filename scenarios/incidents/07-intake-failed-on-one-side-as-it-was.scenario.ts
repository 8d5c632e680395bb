/**
 * Incident 7 of enpa.md 9.2 (prio-server #1525), as it was.
 *
 * What happened: a processor summed every batch of its own of which its peer had spoken, whether
 * or not the peer could sum it as well. Where its own intake had failed, the peer left out what it
 * summed.
 *
 * What must be noticed: `sets.equal` turns red, and the portal holds the window: with it go the
 * reports of all batches that were sound, which is what `blast` says.
 *
 * How the run shows it: the servers of 2021 (`peer-intersection`) do not get one word in five to
 * their peer.
 */

import { defineScenario } from '@priolab/harness';

export default defineScenario({
  id: 'incidents/07-intake-failed-on-one-side-as-it-was',
  about: 'Servers of 2021 sum what their peer leaves out: sets.equal turns red, windows are held.',
  extends: './07-intake-failed-on-one-side.scenario.ts',
  with: {
    'services.legacy': ['peer-intersection'],
    expect: [
      { id: 'detected', of: 'proc.peer_missing', by: 'sets.equal' },
      { id: 'detected', of: 'proc.peer_missing', by: 'blast' },
      { kind: 'sometimes', id: 'window.held' },
      'conserve',
      'once',
    ],
  },
});
