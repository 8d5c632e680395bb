/** Demonstrations of the faults of the network. */

import type { Demonstrations } from './demonstrations.ts';

export const networkDemonstrations: Demonstrations = {
  'net.drop': { nemesis: [{ id: 'net.drop', p: 0.1, fires: 10 }] },
  'net.delay': { nemesis: [{ id: 'net.delay', p: 0.1, fires: 10 }] },
  'net.reorder': { nemesis: [{ id: 'net.reorder', p: 0.2, fires: 10 }] },
  'net.dup': { nemesis: [{ id: 'net.dup', p: 0.1, fires: 5 }] },
  'net.replay': {
    nemesis: [{ id: 'net.replay', p: 0.1, fires: 5 }],
    population: { days: 2 },
  },
  'net.lose_request': { nemesis: [{ id: 'net.lose_request', p: 0.1, fires: 5 }] },
  'net.lose_response': { nemesis: [{ id: 'net.lose_response', p: 0.1, fires: 5 }] },
  'net.partition': {
    nemesis: [{ id: 'net.partition', from: '6h', at: 'ingestion/apple/0', fires: 2 }],
  },
  'net.clog': { nemesis: [{ id: 'net.clog', from: '8h', params: { duration: '2h' }, fires: 2 }] },
};
