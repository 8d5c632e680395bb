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
    about: 'Random nodes, half of all, go down one by one and come back in another order.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'once', 'live'],
    params: { duration: param.duration('How long it goes on.', '4h') },
  },
  'nem.rolling_upgrade': {
    about:
      'All nodes are stopped and started one after the other; processors come back in a new ' +
      'version.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'conserve', 'live'],
    params: { pause: param.duration('Time between two nodes.', '15m') },
  },
  'nem.region_loss': {
    about:
      'The machines of one place are gone for a while, Apple’s ingestion servers and the ' +
      'leader; links and stores stay.',
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
    about:
      'In the first state, many of the reports that were in bin 0 are in bin 1; there are no ' +
      'more reports than usual.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['sum.exact', 'unbiased', 'tenant', 'live'],
    params: {
      factor: param.count(
        'How many times 5 % of those in bin 0 change; from 20 on all.',
        10,
        [2, 1000],
      ),
    },
  },
  'nem.byzantine_minority': {
    about:
      'A small share of devices attacks, in equal parts with forged proofs, bins out of range, ' +
      'a seed that does not fit, numbers of p or more, garbage, and every bin set.',
    outcome: ['detect', 'limit'],
    unconditional: true,
    checkers: ['noforge', 'reason', 'conserve'],
    reasons: ['proof-invalid', 'noncanonical-share', 'decrypt-failed'],
    params: { share: param.rate('Share of devices that attack.', 0.05) },
  },
});
