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
  'net.swizzle': {
    nemesis: [{ id: 'net.swizzle', from: '8h', params: { duration: '6h' }, fires: 5 }],
  },
  'net.corrupt': { nemesis: [{ id: 'net.corrupt', p: 0.2, fires: 10 }] },
  'net.truncate': { nemesis: [{ id: 'net.truncate', p: 0.2, fires: 10 }] },
  'net.misroute': {
    nemesis: [{ id: 'net.misroute', dose: 2, fires: 2 }],
  },
  'net.slowloris': {
    nemesis: [
      {
        id: 'net.slowloris',
        at: 'ingestion/apple',
        from: '8h',
        params: { connections: 80, duration: '3h' },
        fires: 2,
      },
    ],
    // One idle time: what it costs others.
    atMost: { 'longest wait for a connection in ms': 20_000 },
  },
  'net.cap': {
    nemesis: [
      { id: 'net.cap', from: '6h', params: { duration: '12h', bytesPerSecond: 20 }, fires: 10 },
    ],
  },
};
