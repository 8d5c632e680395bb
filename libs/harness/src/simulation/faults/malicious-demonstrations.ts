/** Demonstrations of attacks by one of the processors. */

import type { Demonstration, Demonstrations } from './demonstrations.ts';

/** Bits that are 1 about half the time: something to learn, or to fail by. */
const poll: Demonstration['system'] = {
  metrics: [{ id: 'poll-v1', bins: 4, layout: 'k-hot' }],
};
/** What turns red where windows are held because the two sums differ. */
const differing = ['sets.equal'] as const;

export const maliciousDemonstrations: Demonstrations = {
  'mal.curious': {
    nemesis: [{ id: 'mal.curious', fires: 4 }],
    population: { reports: 600 },
    system: poll,
    expect: ['view.indist'],
  },
  'mal.tamper_sum': {
    nemesis: [{ id: 'mal.tamper_sum', p: 0.5, params: { bin: 1 } }],
    without: ['sum.exact'],
    expect: [{ id: 'detected', of: 'mal.tamper_sum', by: 'sum.exact' }],
  },
  'mal.drop': {
    nemesis: [
      { id: 'mal.drop', p: 0.02 },
      { id: 'mal.drop', at: 'leader', p: 0.02, params: { hide: false } },
    ],
    without: [...differing, 'count.exact'],
  },
  'mal.drop_both': { nemesis: [{ id: 'mal.drop_both', p: 0.1, fires: 5 }] },
  'mal.selective_failure': {
    nemesis: [{ id: 'mal.selective_failure', params: { below: 64 }, fires: 20 }],
    population: { reports: 400 },
    system: poll,
  },
  'mal.rushing': {
    nemesis: [{ id: 'mal.rushing' }, { id: 'cli.out_of_range', p: 0.1 }],
    // A forged value may be -1: the total is then exact modulo p only.
    without: ['sum.exact', 'blast'],
    expect: [{ id: 'detected', of: 'mal.rushing', by: 'noforge' }],
  },
  'mal.substitute': {
    nemesis: [
      { id: 'mal.substitute', p: 0.1 },
      { id: 'cli.forge', p: 0.05 },
    ],
    without: ['count.exact'],
  },
  'mal.equivocate': {
    nemesis: [{ id: 'mal.equivocate', p: 0.5, fires: 2 }],
    without: differing,
    expect: [{ id: 'detected', of: 'mal.equivocate', by: 'sets.equal' }],
  },
  'mal.replay_sum': {
    nemesis: [{ id: 'mal.replay_sum', p: 0.5 }],
    system: { windowHours: 6 },
  },
  'mal.wrong_list': {
    nemesis: [{ id: 'mal.wrong_list', p: 0.5 }],
    without: differing,
    expect: [{ id: 'detected', of: 'mal.wrong_list', by: 'sets.equal' }],
  },
  'mal.withhold': {
    nemesis: [{ id: 'mal.withhold', p: 0.5 }],
    expect: [{ kind: 'reachable', id: 'window.held' }],
  },
  'mal.isolate': {
    nemesis: [{ id: 'mal.isolate', p: 0.5 }],
    services: { minBatch: 10 },
    without: [...differing, 'count.exact'],
    expect: ['minbatch', { id: 'detected', of: 'mal.isolate', by: 'sets.equal' }],
  },
  'mal.collude_clients': {
    nemesis: [{ id: 'mal.collude_clients', params: { share: 0.2 } }],
  },
};
