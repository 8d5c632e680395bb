/** Faults made of faults: what goes wrong together. */

import { defineFaults, param } from '../fault.ts';

export const compositeFaults = defineFaults({
  'nem.swarm': {
    about:
      'A random set of faults, drawn anew for each seed: at most one that costs something or ' +
      'must be noticed, beside those that must leave no trace, and no pair that is kept apart.',
    outcome: ['recover', 'detect'],
    unconditional: true,
    checkers: ['sum.exact', 'once', 'conserve', 'reason', 'live'],
    params: {
      atLeast: param.count('Faults drawn, at least.', 1, [1, 32]),
      atMost: param.count('Faults drawn, at most; left out: no fewer than atLeast.', 4, [1, 32]),
      of: param.word('What is drawn from.', ['recoverable', 'detectable', 'all']),
    },
  },
  'nem.swizzle': {
    about: 'Random nodes are cut off one by one and come back in another order.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'once', 'live'],
    params: { duration: param.duration('How long it goes on.', '4h') },
  },
  'nem.rolling_upgrade': {
    about: 'All nodes are stopped and started one after the other, in a new version.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'conserve', 'live'],
    params: { pause: param.duration('Time between two nodes.', '15m') },
  },
  'nem.region_loss': {
    about: 'Everything in one place is gone for a while: nodes, links and stores.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'conserve', 'live'],
    params: { duration: param.duration('How long it is gone.', '4h') },
  },
  'nem.launch_day': {
    about: 'All devices send at once while keys are replaced and lists of keys are late.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['conserve', 'once', 'live'],
    params: { within: param.duration('The stretch of time in which all of them send.', '10m') },
    needs: { rotation: true },
  },
  'nem.outbreak': {
    about: 'One state’s values rise tenfold within a day, with the load that goes with it.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'unbiased', 'tenant', 'live'],
    params: { factor: param.count('How many times the usual.', 10, [2, 1000]) },
  },
  'nem.byzantine_minority': {
    about: 'A small share of devices attacks in every way that devices can.',
    outcome: ['detect', 'limit'],
    unconditional: true,
    checkers: ['noforge', 'reason', 'conserve'],
    reasons: ['proof-invalid', 'noncanonical-share', 'decrypt-failed'],
    params: { share: param.rate('Share of devices that attack.', 0.05) },
  },
});
