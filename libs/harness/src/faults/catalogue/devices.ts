/** Faults of honest devices: phones that crash, sleep, err and repeat themselves. */

import { defineFaults, onlyWhen, param } from '../fault.ts';
import { asAdversary } from './adversarial-sentences.ts';

export const deviceFaults = defineFaults({
  'dev.offline': {
    about: 'Devices have no network for a while and send late or never.',
    outcome: ['accept'],
    at: 'source',
    checkers: ['conserve', 'unbiased'],
    measures: ['reports lost', 'largest shift of a bin’s share'],
    reasons: ['stale', 'batch-late'],
    params: {
      duration: param.duration('How long a device is away.', '1d'),
      correlate: param.word('What being away goes with: a loss by value biases the estimate.', [
        'nothing',
        'value',
        'state',
      ]),
    },
  },
  'dev.crash_mid_upload': {
    about: 'A device dies in the middle of sending and starts again with the same upload.',
    outcome: ['recover'],
    at: 'source',
    checkers: ['once', 'conserve'],
    reasons: ['stale', 'batch-late'],
    params: {
      step: param.word('Where it dies.', ['mid-request', 'before-send', 'before-ack']),
      restart: param.duration('How long until it starts again.', '1h'),
    },
  },
  'dev.retry_same': {
    ...asAdversary('dev.retry_same'),
    outcome: ['recover'],
    at: 'source',
    checkers: ['once', 'idem'],
    measures: ['copies refused'],
    params: { times: param.count('How often it sends the same bytes again.', 1, [1, 100]) },
  },
  'dev.retry_fresh': {
    about: 'A device sends the same measurement again under a new id with fresh shares.',
    outcome: ['detect', 'limit'],
    at: 'source',
    checkers: ['once', 'reason'],
    measures: ['fresh reports refused'],
    reasons: ['replayed'],
    params: { times: param.count('How many fresh reports it makes.', 1, [1, 100]) },
  },
  'dev.storm': {
    about: 'Many devices wake at the same moment and send at once, as after an app update.',
    outcome: ['recover'],
    at: 'source',
    checkers: ['conserve', 'live'],
    measures: ['longest wait until stored in ms'],
    params: { within: param.duration('The stretch of time in which all of them send.', '1m') },
  },
  'dev.clock_skew': {
    about: 'A device’s clock is off, so that its reports bear another time or day.',
    outcome: ['detect', 'accept'],
    at: 'source',
    checkers: ['fresh', 'reason'],
    reasons: ['stale', 'bad-certificate', 'batch-late'],
    params: {
      offset: param.duration('How far the clock is off.', '1d'),
      direction: param.word('Which way.', ['ahead', 'behind']),
    },
  },
  'dev.old_params': {
    about: 'A device makes its report for parameters that are no longer in use.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'sets.equal'],
    reasons: ['wrong-task', 'wrong-share-size', 'unknown-version'],
    params: {
      what: param.word('The parameter that is old.', ['epsilon', 'bins', 'version']),
    },
  },
  'dev.bad_rng': {
    about: 'A device’s random numbers are poor: seeds repeat, or blinds are zero.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['rand.safe', 'view.indist'],
    params: {
      how: param.word('How they are poor.', ['repeated-seed', 'low-entropy', 'zero-blind']),
      steer: onlyWhen(
        { how: 'zero-blind' },
        param.word('The set that the blinds come from.', ['zero', 'minus-one', 'root-of-unity']),
      ),
      entropyBits: onlyWhen({ how: 'low-entropy' }, param.count('Bits that are left.', 8, [0, 64])),
    },
  },
  'dev.rr_off': {
    about: 'A device does not flip its bits: it sends the plain measurement.',
    outcome: ['limit'],
    at: 'source',
    checkers: ['noise.dist'],
    measures: ['flip rate of these phones', 'flip rate of their epsilon', 'flip rate of the task'],
  },
  'dev.rr_wrong': {
    about: 'A device flips its bits for another epsilon than the task’s.',
    outcome: ['limit'],
    at: 'source',
    checkers: ['noise.dist'],
    measures: ['flip rate of these phones', 'flip rate of their epsilon', 'flip rate of the task'],
    params: { epsilon: param.number('The epsilon that it uses.', 1, [0.01, 32]) },
  },
  'dev.stale_key': {
    about: 'A device encrypts to a key that its processor has retired or never had.',
    outcome: ['detect', 'accept'],
    at: 'source',
    checkers: ['reason', 'blast', 'conserve'],
    reasons: ['decrypt-failed'],
    params: {
      key: param.word('Which key: the oldest, the one before the newest, or none of them.', [
        'retired',
        'previous',
        'unknown',
      ]),
    },
    needs: { rotation: true },
  },
  'dev.clone': {
    about: 'A restored backup: two devices send under one identity.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['once', 'reason'],
    reasons: ['replayed'],
  },
});
