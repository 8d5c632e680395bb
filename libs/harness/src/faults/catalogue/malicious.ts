/** Attacks by one of the two processors; the other stays honest. */

import { defineFaults, param } from '../fault.ts';

export const maliciousFaults = defineFaults({
  'mal.curious': {
    about: 'A processor follows the protocol and keeps everything that it sees.',
    outcome: ['prevent'],
    at: 'processor',
    checkers: ['view.indist', 'leak'],
  },
  'mal.tamper_sum': {
    about: 'A processor adds something to a bin of its sum.',
    outcome: ['limit'],
    at: 'processor',
    checkers: ['sum.exact'],
    reasons: ['total-out-of-range'],
    params: {
      bin: param.count('The bin.', 0, [0, 4095]),
      delta: param.count('What it adds.', 1, [1, 2 ** 31]),
    },
  },
  'mal.drop': {
    about: 'A processor leaves reports out of its own sum only.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['sum.exact', 'sets.equal'],
    reasons: ['total-out-of-range', 'counts-differ'],
    params: { hide: param.flag('It counts the reports nevertheless.', true) },
  },
  'mal.drop_both': {
    about: 'A processor declares valid reports invalid, so that the peer drops them too.',
    outcome: ['detect', 'limit'],
    at: 'processor',
    checkers: ['reason', 'conserve'],
    reasons: ['decrypt-failed'],
  },
  'mal.selective_failure': {
    about: 'A processor spoils its verification message where its own share has some property.',
    outcome: ['detect', 'limit'],
    at: 'processor',
    checkers: ['reason', 'unbiased'],
    reasons: ['proof-invalid'],
    params: {
      below: param.count('It spoils where the first byte of its share is below.', 32, [1, 256]),
    },
  },
  'mal.rushing': {
    about: 'A processor waits for the peer’s verification message and fits its own to it.',
    outcome: ['prevent', 'detect', 'limit'],
    at: 'processor',
    checkers: ['noforge'],
    reasons: ['total-out-of-range'],
  },
  'mal.substitute': {
    about: 'A processor sums another set of reports of the same size.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['sum.exact', 'sets.equal'],
    reasons: ['included-differ', 'total-out-of-range'],
  },
  'mal.equivocate': {
    about: 'A processor gives the combiner one sum and the auditor another.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['sets.equal', 'sum.exact'],
    reasons: ['sums-differ'],
  },
  'mal.replay_sum': {
    about: 'A processor hands in its sum of an earlier window again.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['sum.exact', 'once'],
    reasons: ['wrong-window'],
  },
  'mal.wrong_list': {
    about: 'A processor’s list of batches is not what it has summed.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['sets.equal'],
    reasons: ['batches-differ'],
  },
  'mal.withhold': {
    about: 'A processor never hands in its sum.',
    outcome: ['accept'],
    at: 'processor',
    checkers: ['conserve', 'tenant'],
    reasons: ['no-leader-share', 'no-helper-share'],
  },
  'mal.isolate': {
    about: 'A processor sums one victim’s reports alone and asks for the total.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['minbatch', 'sets.equal'],
    reasons: ['decrypt-failed', 'below-minimum'],
  },
  'mal.grind': {
    about: 'A processor repeats a random step until the outcome suits it.',
    outcome: ['prevent', 'detect'],
    at: 'processor',
    checkers: ['rand.safe', 'det'],
    params: { tries: param.count('How often it tries.', 16, [2, 100_000]) },
  },
  'mal.collude_clients': {
    about: 'A processor knows some devices’ values, so that the others hide among fewer.',
    outcome: ['limit'],
    checkers: ['minbatch'],
    params: { share: param.rate('Share of devices that it knows.', 0.05) },
  },
});
