/** Demonstrations of the faults of honest processors. */

import type { Demonstrations } from './demonstrations.ts';

export const processorDemonstrations: Demonstrations = {
  'proc.crash': { nemesis: [{ id: 'proc.crash', p: 0.1, fires: 3, params: { step: 'after' } }] },
  'proc.pause': {
    nemesis: [{ id: 'proc.pause', p: 0.2, fires: 2 }],
    services: { processors: { lease: '5m' } },
  },
  'proc.slow': {
    nemesis: [{ id: 'proc.slow', at: 'processor/helper', params: { factor: 1000 }, fires: 20 }],
    services: { processors: { lease: '2s' } },
  },
  'proc.oom': { nemesis: [{ id: 'proc.oom', p: 0.2, fires: 2 }] },
  'proc.redeliver': {
    nemesis: [
      { id: 'proc.redeliver', p: 0.5, fires: 5, params: { times: 2 } },
      { id: 'proc.redeliver', p: 0.5, fires: 5, params: { concurrent: true } },
    ],
  },
  'proc.peer_missing': {
    nemesis: [
      { id: 'proc.peer_missing', at: 'processor/helper', p: 0.2, dose: 3 },
      { id: 'proc.peer_missing', at: 'leader', p: 0.3, dose: 9, params: { how: 'other-batch' } },
    ],
  },
  'proc.peer_late': {
    nemesis: [
      { id: 'proc.peer_late', p: 0.3, fires: 2, params: { by: '2h' } },
      { id: 'proc.peer_late', at: 'leader', from: '20h', p: 0.3, params: { by: '2d' } },
    ],
  },
  'proc.order': { nemesis: [{ id: 'proc.order', p: 0.7, fires: 10 }] },
  'proc.count_drift': {
    nemesis: [
      { id: 'proc.count_drift', at: 'processor/helper' },
      { id: 'cli.undecryptable', p: 0.05 },
    ],
    reddens: ['sets.equal'],
  },
  'proc.version_skew': {
    nemesis: [
      { id: 'proc.version_skew', params: { duration: '8h' } },
      {
        id: 'proc.version_skew',
        at: 'leader',
        from: '12h',
        params: { change: 'incompatible', duration: '4h' },
      },
    ],
    expect: [{ kind: 'sometimes', id: 'peer.refused', atLeast: 10 }],
  },
  'proc.gc_early': { nemesis: [{ id: 'proc.gc_early', p: 0.2, fires: 5 }] },
};
