/** Demonstrations of faults made of faults. */

import type { Demonstrations } from './demonstrations.ts';

export const compositeDemonstrations: Demonstrations = {
  'nem.swarm': { nemesis: [{ id: 'nem.swarm', params: { atLeast: 3 } }] },
  'nem.swizzle': { nemesis: [{ id: 'nem.swizzle', from: '8h' }] },
  'nem.rolling_upgrade': { nemesis: [{ id: 'nem.rolling_upgrade', from: '10h' }] },
  'nem.region_loss': { nemesis: [{ id: 'nem.region_loss', from: '10h' }] },
  'nem.launch_day': {
    nemesis: [{ id: 'nem.launch_day' }],
    population: { days: 2 },
    services: { keys: { rotateEvery: '6h', overlap: '2d' } },
  },
  'nem.outbreak': {
    nemesis: [{ id: 'nem.outbreak', at: 'us-wa', fires: 2 }],
    expect: ['unbiased'],
  },
  'nem.byzantine_minority': {
    nemesis: [{ id: 'nem.byzantine_minority', params: { share: 0.3 }, fires: 10 }],
    expect: ['noforge'],
  },
};
