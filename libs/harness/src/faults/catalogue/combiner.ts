/** Faults of the combiner and of what is published. */

import { defineFaults, onlyWhen, param } from '../fault.ts';

export const combinerFaults = defineFaults({
  'comb.mismatch': {
    about: 'The two sums that are combined belong to different windows or states.',
    outcome: ['detect'],
    at: 'processor',
    atDefault: 'leader',
    checkers: ['tenant', 'sum.exact'],
    reasons: ['wrong-window'],
    params: { what: param.word('What differs.', ['window', 'state']) },
  },
  'comb.missing': {
    about: 'One of the two sums is not there.',
    outcome: ['detect'],
    at: 'processor',
    atDefault: 'leader',
    checkers: ['sum.exact', 'conserve'],
    reasons: ['no-leader-share', 'no-helper-share'],
  },
  'comb.dup': {
    about: 'One of the two sums arrives twice.',
    outcome: ['detect'],
    at: 'processor',
    atDefault: 'leader',
    checkers: ['once', 'idem', 'sum.exact'],
    reasons: ['no-leader-share', 'no-helper-share'],
  },
  'comb.overflow': {
    about: 'A total reaches the modulus, so that it wraps around.',
    outcome: ['prevent'],
    checkers: ['sum.exact'],
    reasons: ['total-out-of-range'],
  },
  'comb.debias': {
    about: 'The estimate is made with a wrong epsilon, count or rounding.',
    outcome: ['detect'],
    checkers: ['unbiased'],
    params: {
      how: param.word('What is wrong.', ['epsilon', 'count', 'rounding', 'clamp']),
      epsilon: onlyWhen(
        { how: 'epsilon' },
        param.number('The epsilon that it is made with.', 1, [0.01, 32]),
      ),
    },
  },
  'comb.republish': {
    about: 'A window is published again after late reports have come.',
    outcome: ['prevent', 'detect'],
    outcomeBecause:
      'A window is published once and never again, so that there are no versions to tell apart.',
    checkers: ['once', 'fresh'],
    params: { after: param.duration('How long after the first time.', '1d') },
  },
  'comb.dashboard': {
    about: 'What is shown is not what was published: stale, mislabelled or not suppressed.',
    outcome: ['detect'],
    checkers: ['sum.exact', 'tenant', 'minbatch.on_accepted'],
    params: { how: param.word('What is wrong.', ['stale', 'wrong-state', 'unsuppressed']) },
  },
});
