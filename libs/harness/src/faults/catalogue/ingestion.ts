/** Faults and attacks of ingestion servers, which hand each report to both processors. */

import { defineFaults, param } from '../fault.ts';

const side = param.word('The processor whose half it strikes.', ['helper', 'leader']);
const steer = param.word('The unsafe point that r is steered to.', [
  'root-2n',
  'root-n',
  'one',
  'zero',
  'minus-one',
  'out-of-range',
]);

export const ingestionFaults = defineFaults({
  'ing.crash': {
    about: 'A replica dies at a step of its work and comes back.',
    outcome: ['recover'],
    at: 'ingestor',
    checkers: ['once', 'sets.equal', 'conserve'],
    params: {
      step: param.word('Where it dies.', ['before-write', 'between-writes', 'before-ack']),
      restart: param.duration('How long it is away.', '10m'),
    },
  },
  'ing.drop_both': {
    about: 'Reports that were acknowledged are silently left out of both halves of a batch.',
    outcome: ['limit'],
    at: 'source',
    checkers: ['conserve'],
    measures: ['dropped', 'share of all'],
  },
  'ing.drop_one': {
    about: 'Reports are left out of one processor’s half of a batch only.',
    outcome: ['detect', 'accept'],
    at: 'source',
    checkers: ['sets.equal', 'sum.exact', 'blast'],
    reasons: ['peer-missing'],
    params: { side },
  },
  'ing.dup_in_batch': {
    about: 'The same report stands twice in one batch.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['once', 'sum.exact'],
    measures: ['copies refused'],
    reasons: ['duplicate-report-id'],
    params: {
      side: param.word('The half or halves of the batch in which it does.', [
        'both',
        'leader',
        'helper',
      ]),
    },
  },
  'ing.dup_cross_batch': {
    about: 'The same report is put into a second batch or window.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['once', 'sum.exact'],
    measures: ['copies refused'],
    reasons: ['duplicate-report-id'],
  },
  'ing.reorder_one': {
    about: 'One processor gets the reports of a batch in another order.',
    outcome: ['recover'],
    at: 'source',
    checkers: ['sum.exact', 'sets.equal'],
    params: { side },
  },
  'ing.pair_swap': {
    about:
      'One report’s share for the leader is paired with another report’s share for the helper.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['noforge', 'reason'],
    reasons: ['proof-invalid'],
  },
  'ing.swap_sides': {
    about: 'Each processor gets the share that was meant for the other.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'leak.scan'],
    reasons: ['decrypt-failed'],
  },
  'ing.mix_states': {
    about: 'Reports of one state are put into another state’s batch.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['tenant', 'reason'],
    reasons: ['batch-header'],
    needs: { states: 2 },
  },
  'ing.split_uneven': {
    about: 'Batches are cut at other places for one processor than for the other.',
    outcome: ['detect', 'recover'],
    at: 'source',
    checkers: ['sets.equal', 'sum.exact'],
    reasons: ['peer-missing'],
  },
  'ing.header_tamper': {
    about: 'A batch’s header says other parameters than the batch was made with.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'blast'],
    reasons: ['batch-header', 'batch-digest'],
    params: {
      field: param.word('What is changed.', ['epsilon', 'bins', 'prime', 'times', 'digest']),
    },
  },
  'ing.sig_bad': {
    about: 'A batch’s signature is missing, or made with a wrong key or over another file.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'blast'],
    reasons: ['batch-signature'],
    params: {
      how: param.word('What is wrong with it.', ['wrong-key', 'missing', 'old-key', 'other-file']),
    },
  },
  'ing.partial_write': {
    about: 'A batch is written in part: without reports, without signature, or torn.',
    outcome: ['recover'],
    at: 'source',
    checkers: ['live', 'conserve'],
    reasons: ['batch-incomplete', 'batch-digest', 'peer-missing', 'batch-unmatched', 'batch-late'],
    params: {
      missing: param.word('What is not there.', ['reports', 'signature', 'tail']),
      repair: param.duration('How long until it is written in full.', '1h'),
    },
  },
  'ing.empty_batch': {
    about: 'A batch without any report is written.',
    outcome: ['recover'],
    at: 'source',
    checkers: ['sets.equal', 'sum.exact'],
    reasons: ['peer-missing'],
    params: {
      side: param.word('Where it is empty.', ['both', 'leader', 'helper']),
    },
  },
  'ing.late_batch': {
    about: 'A batch arrives after its window has been summed.',
    outcome: ['detect', 'accept'],
    at: 'source',
    checkers: ['conserve', 'fresh'],
    reasons: ['batch-late', 'peer-missing'],
    params: { by: param.duration('How late it comes.', '1d') },
  },
  'ing.rpit_unsafe': {
    about: 'The point r is steered to where the proof check is blind or shows a bit.',
    outcome: ['prevent', 'detect'],
    at: 'source',
    checkers: ['rand.safe', 'view.indist'],
    reasons: ['unsafe-query-randomness'],
    params: { steer },
  },
  'ing.rpit_known': {
    about: 'The point r is the same each time, and told to a device before it makes its proof.',
    // Prio v2 can't prevent it: the check compares at r alone. `noforge` notices what then counts.
    outcome: ['prevent', 'detect'],
    at: 'source',
    checkers: ['noforge'],
    reasons: ['proof-invalid', 'total-out-of-range'],
    measures: ['forged', 'accepted'],
  },
  'ing.isolate': {
    about: 'A batch holds one victim’s report among reports that the attacker made.',
    outcome: ['detect', 'limit'],
    at: 'source',
    checkers: ['minbatch.on_accepted'],
    measures: ['victims isolated'],
    params: { victims: param.count('Honest reports that are left in.', 1, [1, 1000]) },
  },
  'ing.no_attest': {
    about: 'Uploads are taken in without a valid certificate of the vendor’s authority.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'noforge'],
    reasons: ['bad-certificate', 'bad-signature'],
    params: { how: param.word('What is let in.', ['unattested', 'replayed-attestation']) },
  },
  'ing.delete_early': {
    about: 'Uploads are deleted before the batches that hold them are durable.',
    outcome: ['prevent'],
    at: 'vendor',
    checkers: ['conserve'],
  },
  'ing.metadata_leak': {
    about: 'A device’s address, token or exact time is forwarded to the processors.',
    outcome: ['detect'],
    outcomeBecause:
      'The ingestor itself leaks: processors can only refuse a form that they do not know.',
    at: 'source',
    checkers: ['leak.scan'],
    reasons: ['batch-header'],
    params: { what: param.word('What is forwarded.', ['address', 'token', 'time']) },
  },
});
