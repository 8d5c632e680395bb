/** Faults of what all parties stand on: keys, clocks and storage. */

import { defineFaults, param } from '../fault.ts';

export const keyFaults = defineFaults({
  'key.rotate_midflight': {
    about: 'A processor’s key is replaced while reports for the old one are on their way.',
    outcome: ['recover'],
    unconditional: true,
    checkers: ['conserve', 'reason', 'blast'],
    needs: { rotation: true },
  },
  'key.wrong': {
    about: 'A manifest names a key that the processor has no private key for.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['blast', 'reason', 'conserve'],
    reasons: ['decrypt-failed'],
    params: { duration: param.duration('How long the manifest is wrong.', '6h') },
  },
  'key.lost': {
    about: 'A processor’s private key is gone.',
    outcome: ['detect'],
    at: 'processor',
    unconditional: true,
    checkers: ['sets.equal', 'reason', 'conserve'],
    reasons: [
      'decrypt-failed',
      'peer-missing',
      'batch-unmatched',
      'no-leader-share',
      'no-helper-share',
    ],
  },
  'key.expired': {
    about: 'A key is used after its end.',
    outcome: ['detect'],
    at: 'processor',
    checkers: ['reason'],
    reasons: ['decrypt-failed'],
  },
  'key.revoked': {
    about: 'A key is used after it was withdrawn.',
    outcome: ['detect'],
    at: 'vendor',
    unconditional: true,
    checkers: ['reason'],
    reasons: ['batch-signature'],
  },
  'key.manifest_stale': {
    about: 'A party works with an old copy of the peer’s list of keys.',
    outcome: ['recover'],
    checkers: ['conserve', 'live'],
    params: { age: param.duration('How old the copy is.', '1d') },
    needs: { rotation: true },
  },
  'key.manifest_down': {
    about: 'The list of keys can’t be fetched.',
    outcome: ['recover'],
    checkers: ['conserve', 'live'],
    params: { duration: param.duration('How long it can’t.', '6h') },
  },
  'key.compromise_one': {
    about: 'An attacker has one processor’s private key and reads what it can read.',
    outcome: ['prevent'],
    unconditional: true,
    checkers: ['view.indist', 'leak'],
  },
  'key.sign_stolen': {
    about: 'An attacker signs batches of its own with the ingestor’s key.',
    outcome: ['detect'],
    checkers: ['conserve', 'noforge'],
    reasons: ['batch-unknown'],
  },
});

export const clockFaults = defineFaults({
  'clk.skew': {
    about: 'A node’s clock is off by a fixed time.',
    outcome: ['recover', 'detect'],
    at: 'machine',
    unconditional: true,
    checkers: ['fresh', 'once', 'conserve'],
    reasons: ['stale'],
    params: {
      offset: param.duration('How far it is off.', '15m'),
      direction: param.word('Which way.', ['ahead', 'behind']),
    },
  },
  'clk.back': {
    about: 'A node’s clock jumps back.',
    outcome: ['recover', 'detect'],
    at: 'machine',
    unconditional: true,
    checkers: ['once', 'live'],
    reasons: ['stale'],
    params: { by: param.duration('How far it jumps.', '2h') },
  },
  'clk.freeze': {
    about: 'A node’s clock stands still.',
    outcome: ['recover', 'detect'],
    at: 'machine',
    unconditional: true,
    checkers: ['once', 'live'],
    reasons: ['stale'],
    params: { duration: param.duration('How long it stands.', '2h') },
  },
  'clk.boundary': {
    about: 'Reports are made exactly on the edges of windows and days.',
    outcome: ['recover'],
    checkers: ['once', 'conserve', 'sum.exact'],
  },
});

export const storageFaults = defineFaults({
  'sto.corrupt': {
    about: 'A stored object comes back with changed bytes.',
    outcome: ['detect', 'recover'],
    at: 'store',
    checkers: ['reason', 'conserve', 'blast'],
    reasons: ['batch-digest', 'batch-signature', 'peer-missing'],
  },
  'sto.torn': {
    about: 'An object is stored in part only.',
    outcome: ['detect', 'recover'],
    at: 'store',
    checkers: ['conserve', 'live'],
    reasons: [
      'batch-digest',
      'batch-signature',
      'peer-missing',
      'batch-unmatched',
      'no-leader-share',
      'no-helper-share',
    ],
    params: { keep: param.rate('Share of the bytes that are stored.', 0.5) },
  },
  'sto.lost_write': {
    about: 'A write is acknowledged and lost.',
    outcome: ['detect', 'recover'],
    at: 'store',
    checkers: ['conserve', 'sets.equal'],
  },
  'sto.misdirect': {
    about: 'An object is stored under another batch’s or state’s name.',
    outcome: ['detect'],
    at: 'store',
    checkers: ['tenant', 'reason', 'once'],
    reasons: ['batch-header', 'wrong-window', 'no-leader-share', 'no-helper-share'],
  },
  'sto.stale_list': {
    about: 'A listing leaves out objects that were written a while ago.',
    outcome: ['recover'],
    at: 'store',
    checkers: ['conserve', 'sets.equal', 'live'],
    params: { lag: param.duration('How old an object is before it is listed.', '1h') },
  },
  'sto.full': {
    about: 'A store takes no more writes.',
    outcome: ['recover'],
    at: 'store',
    unconditional: true,
    checkers: ['conserve', 'live'],
    params: { duration: param.duration('How long it is full.', '2h') },
  },
  'sto.slow': {
    about: 'A store answers slowly.',
    outcome: ['recover'],
    at: 'store',
    checkers: ['conserve', 'live'],
    params: { latency: param.duration('How long an answer takes.', '30s') },
  },
  'sto.expire': {
    about: 'Retention deletes what is still needed, or keeps what must be gone.',
    outcome: ['prevent'],
    unconditional: { how: 'deletes-early' },
    checkers: ['conserve', 'leak'],
    params: { how: param.word('Which of the two.', ['deletes-early', 'keeps-late']) },
  },
});
