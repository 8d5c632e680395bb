/** Demonstrations of attacks by one of the two processors. */

import type { Demonstrations } from './demonstrations.ts';

export const maliciousDemonstrations: Demonstrations = {
  'mal.curious': {
    nemesis: [{ id: 'mal.curious', p: 0.8, fires: 100 }],
    population: { reports: 200 },
    system: { epsilon: 1 },
  },
  'mal.tamper_sum': {
    nemesis: [{ id: 'mal.tamper_sum', p: 0.6, fires: 2 }],
    reddens: ['sum.exact'],
  },
  'mal.drop': {
    nemesis: [
      { id: 'mal.drop', at: 'leader', p: 0.02 },
      { id: 'mal.drop', at: 'helper', p: 0.02, params: { hide: false } },
    ],
    reddens: ['sets.equal'],
  },
  'mal.drop_both': { nemesis: [{ id: 'mal.drop_both', at: 'helper', p: 0.1, fires: 5 }] },
  'mal.selective_failure': {
    nemesis: [{ id: 'mal.selective_failure', fires: 5, params: { below: 64 } }],
    population: { reports: 200 },
    system: { epsilon: 1 },
  },
  'mal.rushing': {
    nemesis: [
      { id: 'mal.rushing', fires: 2 },
      { id: 'cli.out_of_range', p: 0.04 },
    ],
    system: { windowHours: 8 },
    // Where the sum over integers differs from that below p, the total is wrong as well.
    reddens: ['noforge', 'sum.exact'],
  },
  'mal.substitute': {
    nemesis: [{ id: 'mal.substitute', p: 0.7, fires: 2 }],
    system: { windowHours: 8 },
    reddens: ['sets.equal'],
  },
  'mal.equivocate': {
    nemesis: [{ id: 'mal.equivocate', p: 0.6 }],
    reddens: ['sets.equal'],
  },
  'mal.replay_sum': {
    nemesis: [{ id: 'mal.replay_sum', p: 0.6, fires: 2 }],
    system: { windowHours: 8 },
  },
  'mal.wrong_list': {
    nemesis: [{ id: 'mal.wrong_list', p: 0.6, fires: 2 }],
    reddens: ['sets.equal'],
  },
  'mal.withhold': {
    nemesis: [{ id: 'mal.withhold', at: 'helper', p: 0.5 }],
    expect: ['tenant'],
  },
  'mal.isolate': {
    nemesis: [{ id: 'mal.isolate', p: 0.5 }],
    services: { minBatch: 10 },
    expect: ['minbatch.on_accepted'],
  },
  'mal.grind': { nemesis: [{ id: 'mal.grind', fires: 10, params: { tries: 4 } }] },
  'mal.collude_clients': {
    nemesis: [{ id: 'mal.collude_clients', params: { share: 0.2 }, fires: 5 }],
    services: { minBatch: 5 },
    expect: ['minbatch.on_accepted'],
  },
};
