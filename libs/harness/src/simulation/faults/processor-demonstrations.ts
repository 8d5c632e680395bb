/** Demonstrations of the faults of honest processors. */

import type { Demonstrations } from './demonstrations.ts';

export const processorDemonstrations: Demonstrations = {
  'proc.crash': { nemesis: [{ id: 'proc.crash', p: 0.2, dose: 10, fires: 5 }] },
  'proc.pause': {
    nemesis: [{ id: 'proc.pause', from: '1d4h5m', params: { duration: '2h' } }],
    population: { days: 2 },
  },
  'proc.slow': { nemesis: [{ id: 'proc.slow', params: { factor: 1000 }, fires: 50 }] },
  'proc.oom': { nemesis: [{ id: 'proc.oom', p: 0.2, dose: 5, fires: 2 }] },
  'proc.redeliver': {
    nemesis: [
      { id: 'proc.redeliver', p: 0.5, fires: 5 },
      { id: 'proc.redeliver', p: 0.5, fires: 5, params: { concurrent: true } },
    ],
  },
  'proc.peer_missing': {
    nemesis: [
      { id: 'proc.peer_missing', p: 0.3, fires: 1 },
      { id: 'proc.peer_missing', at: 'leader', p: 0.3, params: { how: 'other-batch' } },
    ],
  },
  'proc.peer_late': { nemesis: [{ id: 'proc.peer_late', p: 0.3, params: { by: '9h' } }] },
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
  },
  'proc.order': { nemesis: [{ id: 'proc.order', p: 0.5, fires: 5 }] },
  'proc.gc_early': { nemesis: [{ id: 'proc.gc_early', p: 0.2, fires: 5 }] },
  'proc.count_drift': {
    nemesis: [
      { id: 'proc.count_drift', p: 0.5 },
      { id: 'cli.forge', p: 0.1 },
    ],
    without: ['sets.equal', 'count.exact'],
    expect: [{ id: 'detected', of: 'proc.count_drift', by: 'sets.equal' }],
  },
};
