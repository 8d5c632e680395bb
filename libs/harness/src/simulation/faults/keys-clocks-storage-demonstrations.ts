/** Demonstrations of the faults of keys, clocks and storage. */

import type { Demonstrations } from './demonstrations.ts';

const rotating = { rotateEvery: '1d', overlap: '3d' } as const;

export const keyDemonstrations: Demonstrations = {
  'key.rotate_midflight': {
    nemesis: [{ id: 'key.rotate_midflight', from: '13h' }],
    services: { keys: { rotateEvery: '2d', overlap: '1d' } },
  },
  'key.wrong': { nemesis: [{ id: 'key.wrong', p: 0.5 }] },
  'key.lost': {
    nemesis: [{ id: 'key.lost', from: '30h', at: 'helper' }],
    population: { days: 2 },
    reddens: ['sets.equal'],
  },
  'key.expired': {
    // A key is kept for the overlap, and then until what came in with it has been summed.
    nemesis: [{ id: 'key.expired', p: 0.6 }],
    population: { days: 5 },
    services: { keys: { rotateEvery: '1d', overlap: '6h' } },
  },
  'key.revoked': {
    nemesis: [{ id: 'key.revoked', from: '30h' }],
    population: { days: 2 },
  },
  'key.manifest_stale': {
    nemesis: [{ id: 'key.manifest_stale', p: 0.5 }],
    population: { days: 2 },
    services: { keys: rotating },
  },
  'key.manifest_down': {
    nemesis: [{ id: 'key.manifest_down', from: '20h', p: 0.8 }],
    population: { days: 2 },
    services: { keys: rotating },
  },
  'key.compromise_one': { nemesis: [{ id: 'key.compromise_one' }] },
  'key.sign_stolen': {
    nemesis: [{ id: 'key.sign_stolen', fires: 2 }],
    expect: [{ kind: 'sometimes', id: 'batch.refused', atLeast: 4 }],
  },
};

export const clockDemonstrations: Demonstrations = {
  'clk.skew': {
    nemesis: [
      { id: 'clk.skew', at: 'ingestion', from: '5h', fires: 2 },
      { id: 'clk.skew', at: 'processor/leader', params: { direction: 'behind' } },
    ],
  },
  'clk.back': {
    nemesis: [{ id: 'clk.back', from: '15h', at: 'processor', fires: 2 }],
  },
  'clk.freeze': { nemesis: [{ id: 'clk.freeze', from: '11h', fires: 4 }] },
  'clk.boundary': {
    nemesis: [{ id: 'clk.boundary', p: 0.5, fires: 10 }],
    population: { days: 2, startDay: '2020-12-31' },
    system: { windowHours: 8 },
    services: { ingestion: { batchEvery: '1h' } },
  },
};

export const storageDemonstrations: Demonstrations = {
  'sto.corrupt': { nemesis: [{ id: 'sto.corrupt', p: 0.03, fires: 3 }] },
  'sto.torn': { nemesis: [{ id: 'sto.torn', p: 0.04, fires: 2 }] },
  'sto.lost_write': { nemesis: [{ id: 'sto.lost_write', p: 0.05, fires: 5 }] },
  'sto.misdirect': {
    nemesis: [{ id: 'sto.misdirect', p: 0.15, fires: 2 }],
    expect: ['tenant'],
  },
  'sto.stale_list': {
    nemesis: [{ id: 'sto.stale_list', fires: 5 }],
    services: { ingestion: { batchEvery: '1h' } },
  },
  'sto.full': { nemesis: [{ id: 'sto.full', from: '11h', fires: 5 }] },
  'sto.slow': { nemesis: [{ id: 'sto.slow', p: 0.1, fires: 20 }] },
  'sto.expire': {
    nemesis: [
      { id: 'sto.expire', params: { how: 'deletes-early' } },
      { id: 'sto.expire', p: 0.3, params: { how: 'keeps-late' } },
    ],
    services: { processors: { keepFor: '1h' } },
  },
};
