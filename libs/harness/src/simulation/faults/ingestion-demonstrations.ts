/** Demonstrations of the faults of ingestion servers. */

import type { Demonstrations } from './demonstrations.ts';

export const ingestionDemonstrations: Demonstrations = {
  'ing.drop_both': { nemesis: [{ id: 'ing.drop_both', p: 0.1, fires: 3 }] },
  'ing.drop_one': { nemesis: [{ id: 'ing.drop_one', p: 0.1, fires: 3 }] },
  'ing.dup_in_batch': {
    nemesis: [
      { id: 'ing.dup_in_batch', p: 0.1, fires: 2 },
      { id: 'ing.dup_in_batch', p: 0.1, fires: 2, params: { side: 'leader' } },
    ],
  },
  'ing.dup_cross_batch': { nemesis: [{ id: 'ing.dup_cross_batch', p: 0.2, fires: 3 }] },
  'ing.reorder_one': { nemesis: [{ id: 'ing.reorder_one', fires: 3 }] },
  'ing.pair_swap': { nemesis: [{ id: 'ing.pair_swap', p: 0.4, fires: 3 }] },
  'ing.swap_sides': { nemesis: [{ id: 'ing.swap_sides', p: 0.1, fires: 3 }] },
  'ing.split_uneven': { nemesis: [{ id: 'ing.split_uneven', p: 0.5, fires: 2 }] },
  'ing.empty_batch': {
    nemesis: [
      { id: 'ing.empty_batch', p: 0.5, fires: 2 },
      { id: 'ing.empty_batch', p: 0.2, fires: 1, params: { side: 'leader' } },
    ],
  },
  'ing.isolate': {
    nemesis: [{ id: 'ing.isolate', at: 'us-wa', fires: 2 }],
    adversaries: [{ id: 'cli.multi_hot', share: 0.7 }],
    services: { minBatch: 5 },
    reddens: ['minbatch.on_accepted'],
  },
  'ing.rpit_unsafe': {
    nemesis: [
      { id: 'ing.rpit_unsafe', p: 0.05, fires: 1 },
      { id: 'ing.rpit_unsafe', p: 0.05, fires: 1, params: { steer: 'out-of-range' } },
    ],
  },
  'ing.rpit_known': {
    nemesis: [{ id: 'ing.rpit_known', p: 0.1, fires: 3 }],
    reddens: ['noforge'],
  },

  'ing.header_tamper': {
    nemesis: [
      { id: 'ing.header_tamper', p: 0.2, fires: 2 },
      { id: 'ing.header_tamper', p: 0.2, fires: 2, params: { field: 'times' } },
      { id: 'ing.header_tamper', p: 0.1, fires: 1, params: { field: 'digest' } },
    ],
  },
  'ing.sig_bad': {
    nemesis: [
      { id: 'ing.sig_bad', p: 0.15, fires: 2 },
      { id: 'ing.sig_bad', p: 0.15, fires: 2, params: { how: 'missing' } },
      { id: 'ing.sig_bad', p: 0.15, fires: 2, params: { how: 'other-file' } },
    ],
  },
  'ing.metadata_leak': {
    nemesis: [{ id: 'ing.metadata_leak', p: 0.3, fires: 2 }],
    reddens: ['leak.scan'],
  },
  'ing.partial_write': {
    nemesis: [
      { id: 'ing.partial_write', p: 0.2, fires: 2, params: { missing: 'signature' } },
      { id: 'ing.partial_write', p: 0.2, fires: 2, params: { missing: 'tail' } },
    ],
  },
  'ing.late_batch': {
    nemesis: [{ id: 'ing.late_batch', p: 0.3, fires: 2, params: { by: '2d' } }],
  },
  'ing.mix_states': {
    nemesis: [{ id: 'ing.mix_states', p: 0.3, fires: 2 }],
    expect: ['tenant'],
  },
  'ing.no_attest': {
    nemesis: [{ id: 'ing.no_attest', p: 0.05, fires: 2, params: { how: 'replayed-attestation' } }],
  },
  'ing.crash': {
    nemesis: [
      { id: 'ing.crash', p: 0.05, fires: 2 },
      { id: 'ing.crash', p: 0.2, fires: 2, params: { step: 'between-writes' } },
      { id: 'ing.crash', p: 0.05, fires: 2, params: { step: 'before-ack' } },
    ],
  },
  'ing.delete_early': {
    nemesis: [{ id: 'ing.delete_early', p: 0.5, until: '18h', fires: 2 }],
  },
};
