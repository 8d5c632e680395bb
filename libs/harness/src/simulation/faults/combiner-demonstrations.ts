/** Demonstrations of the faults of the combiner. */

import type { Demonstrations } from './demonstrations.ts';

export const combinerDemonstrations: Demonstrations = {
  'comb.mismatch': {
    nemesis: [
      { id: 'comb.mismatch', p: 0.3 },
      { id: 'comb.mismatch', p: 0.3, params: { what: 'state' } },
    ],
    system: { windowHours: 6 },
  },
  'comb.missing': {
    nemesis: [{ id: 'comb.missing', p: 0.5 }],
    expect: [{ kind: 'reachable', id: 'window.held' }],
  },
  'comb.dup': { nemesis: [{ id: 'comb.dup', fires: 4 }] },
  'comb.overflow': { nemesis: [{ id: 'comb.overflow', p: 0.5 }] },
  'comb.debias': {
    nemesis: [{ id: 'comb.debias', p: 0.5 }],
    expect: [{ id: 'detected', of: 'comb.debias', by: 'unbiased' }],
  },
  'comb.republish': { nemesis: [{ id: 'comb.republish', fires: 2 }] },
};
