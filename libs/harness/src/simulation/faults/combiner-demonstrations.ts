/** Demonstrations of faults of the combiner. */

import type { Demonstrations } from './demonstrations.ts';

export const combinerDemonstrations: Demonstrations = {
  'comb.mismatch': {
    nemesis: [
      { id: 'comb.mismatch', at: 'leader', p: 0.5 },
      { id: 'comb.mismatch', at: 'helper', p: 0.5, params: { what: 'state' } },
    ],
    system: { windowHours: 8 },
    expect: ['tenant'],
  },
  'comb.missing': { nemesis: [{ id: 'comb.missing', at: 'helper', p: 0.6 }] },
  'comb.dup': { nemesis: [{ id: 'comb.dup', p: 0.6 }] },
  'comb.overflow': {
    nemesis: [{ id: 'comb.overflow', p: 0.6 }],
  },
  'comb.debias': {
    nemesis: [{ id: 'comb.debias', p: 0.6 }],
    reddens: ['unbiased'],
  },
  // The store of results is locked: what was published stays, and `once` holds.
  'comb.republish': { nemesis: [{ id: 'comb.republish', p: 0.6 }] },
  'comb.dashboard': {
    nemesis: [
      { id: 'comb.dashboard', p: 0.5 },
      { id: 'comb.dashboard', params: { how: 'wrong-state' } },
    ],
    system: { windowHours: 8 },
    reddens: ['sum.exact', 'tenant'],
  },
};
