/** Demonstrations of faults made of faults. */

import type { Demonstrations } from './demonstrations.ts';

export const compositeDemonstrations: Demonstrations = {
  'nem.swarm': {
    nemesis: [{ id: 'nem.swarm', params: { atLeast: 3, atMost: 6 } }],
    population: { days: 2 },
  },
  'nem.swizzle': { nemesis: [{ id: 'nem.swizzle', fires: 4 }] },
  'nem.rolling_upgrade': { nemesis: [{ id: 'nem.rolling_upgrade', fires: 8 }] },
  'nem.region_loss': { nemesis: [{ id: 'nem.region_loss', fires: 4 }] },
  'nem.launch_day': {
    nemesis: [{ id: 'nem.launch_day', fires: 2 }],
    population: { days: 2 },
    services: { keys: { rotateEvery: '12h', overlap: '1d' } },
  },
  'nem.outbreak': { nemesis: [{ id: 'nem.outbreak' }], expect: ['tenant'] },
  'nem.byzantine_minority': {
    nemesis: [{ id: 'nem.byzantine_minority', params: { share: 0.4 } }],
    expect: ['noforge'],
  },
};
