/** Demonstrations of the faults of honest devices. */

import type { Demonstrations } from './demonstrations.ts';

export const deviceDemonstrations: Demonstrations = {
  'dev.offline': {
    nemesis: [{ id: 'dev.offline', p: 0.2, params: { duration: '26h' }, fires: 10 }],
  },
  'dev.crash_mid_upload': {
    nemesis: [{ id: 'dev.crash_mid_upload', p: 0.2, until: '18h', fires: 10 }],
  },
  'dev.retry_same': { nemesis: [{ id: 'dev.retry_same', p: 0.2, fires: 10 }] },
  'dev.retry_fresh': { nemesis: [{ id: 'dev.retry_fresh', p: 0.2, fires: 10 }] },
  'dev.storm': {
    nemesis: [{ id: 'dev.storm', params: { within: '5s' }, fires: 30 }],
    // As long as a request may take.
    atMost: { 'longest wait until stored in ms': 10_000 },
  },
  'dev.clock_skew': { nemesis: [{ id: 'dev.clock_skew', p: 0.2, fires: 10 }] },
  'dev.old_params': { nemesis: [{ id: 'dev.old_params', p: 0.2, fires: 10 }] },
  'dev.bad_rng': {
    nemesis: [{ id: 'dev.bad_rng', p: 0.2, fires: 10 }],
    reddens: ['rand.safe'],
  },
  'dev.rr_off': {
    nemesis: [{ id: 'dev.rr_off', p: 0.8, fires: 50 }],
    system: { epsilon: 1 },
    reddens: ['noise.dist'],
  },
  'dev.rr_wrong': {
    nemesis: [{ id: 'dev.rr_wrong', p: 0.8, params: { epsilon: 0.1 }, fires: 50 }],
    reddens: ['noise.dist'],
  },
  'dev.stale_key': {
    nemesis: [
      { id: 'dev.stale_key', p: 0.3, from: '1d', fires: 10 },
      { id: 'dev.stale_key', p: 0.1, fires: 5, params: { key: 'unknown' } },
    ],
    population: { days: 2 },
    services: { keys: { rotateEvery: '12h', overlap: '30h' } },
  },
  'dev.clone': { nemesis: [{ id: 'dev.clone', p: 0.2, fires: 10 }] },
};
