/** Faults of the network between any two parties. */

import { defineFaults, param } from '../fault.ts';
import { asAdversary } from './adversarial-sentences.ts';

const lasting = (byDefault: string) => param.duration('How long it lasts.', byDefault);

export const networkFaults = defineFaults({
  'net.drop': {
    about: 'A message is lost on its way.',
    outcome: ['recover'],
    at: 'link',
    checkers: ['sum.exact', 'once', 'live'],
  },
  'net.delay': {
    about: 'A message comes later than the network’s usual latency.',
    outcome: ['recover'],
    at: 'link',
    checkers: ['sum.exact', 'once', 'live'],
    params: {
      by: param.duration('How much later.', '5s'),
      spread: param.duration('Up to how much more, drawn evenly.', '5s'),
    },
  },
  'net.reorder': {
    about: 'Messages of one link overtake each other.',
    outcome: ['recover'],
    at: 'link',
    checkers: ['sum.exact', 'once'],
    params: { within: param.duration('How far a message can be put off.', '10s') },
  },
  'net.dup': {
    ...asAdversary('net.dup'),
    outcome: ['recover'],
    at: 'link',
    checkers: ['sum.exact', 'once', 'idem'],
    measures: ['copies refused'],
    params: {
      copies: param.count('How many more copies arrive.', 1, [1, 100]),
      after: param.duration('How long after the first.', '1m'),
    },
  },
  'net.lose_request': {
    about: 'A request is lost before its handler runs; the sender only sees that no answer comes.',
    outcome: ['recover'],
    at: 'link',
    checkers: ['idem', 'sets.equal', 'live'],
  },
  'net.lose_response': {
    about: 'The answer is lost after the handler has run; the sender repeats what is done already.',
    outcome: ['recover'],
    at: 'link',
    checkers: ['idem', 'sets.equal', 'once'],
  },
  'net.partition': {
    about: 'Two sides of the network can’t reach each other.',
    outcome: ['recover'],
    at: 'link',
    unconditional: true,
    checkers: ['sum.exact', 'once', 'live'],
    params: {
      duration: lasting('2h'),
      oneWay: param.flag('Only the first side’s messages are lost.', false),
    },
  },
  'net.clog': {
    about: 'One link holds back everything for a while and then lets it all go.',
    outcome: ['recover'],
    at: 'link',
    unconditional: true,
    checkers: ['sum.exact', 'live'],
    params: { duration: lasting('30m') },
  },
  'net.swizzle': {
    about: 'A random half of the links is clogged one by one and freed in another order.',
    outcome: ['recover'],
    at: 'link',
    unconditional: true,
    checkers: ['sum.exact', 'once', 'live'],
    params: { duration: lasting('2h') },
  },
  'net.corrupt': {
    ...asAdversary('net.corrupt'),
    outcome: ['detect'],
    at: 'link',
    checkers: ['reason', 'blast', 'noforge'],
    params: { bytes: param.count('How many bytes change.', 1, [1, 1_000_000]) },
  },
  'net.truncate': {
    ...asAdversary('net.truncate'),
    outcome: ['detect'],
    at: 'link',
    checkers: ['reason', 'blast'],
    params: { keep: param.rate('Share of the bytes that arrive, at most.', 1) },
  },
  'net.replay': {
    ...asAdversary('net.replay'),
    outcome: ['detect'],
    at: 'link',
    checkers: ['once', 'fresh'],
    measures: ['copies refused'],
    params: { after: param.duration('How long after the first.', '1d') },
    needs: { days: 2 },
  },
  'net.misroute': {
    about: 'What was meant for one processor is delivered to the other.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'view.indist'],
    reasons: ['batch-header', 'peer-missing'],
  },
  'net.slowloris': {
    about: 'Uploads are opened and never finished, so that they hold connections.',
    outcome: ['recover'],
    at: 'front',
    unconditional: true,
    checkers: ['conserve', 'live'],
    measures: ['longest wait for a connection in ms'],
    params: {
      connections: param.count('How many are held at once.', 100, [1, 100_000]),
      duration: lasting('1h'),
    },
  },
  'net.cap': {
    about: 'A link carries only so many bytes a second.',
    outcome: ['recover'],
    at: 'link',
    unconditional: true,
    checkers: ['conserve', 'live'],
    measures: ['slowest transmission in ms'],
    params: {
      bytesPerSecond: param.count('What it carries.', 100_000, [1, 1_000_000_000]),
      duration: lasting('2h'),
    },
  },
});
