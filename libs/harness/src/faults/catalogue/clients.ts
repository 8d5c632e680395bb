/** Attacks by devices. */

import { defineFaults, param } from '../fault.ts';
import { asAdversary } from './adversarial-sentences.ts';

export const clientFaults = defineFaults({
  'cli.out_of_range': {
    ...asAdversary('cli.out_of_range'),
    outcome: ['prevent'],
    at: 'source',
    checkers: ['noforge', 'reason'],
  },
  'cli.multi_hot': {
    ...asAdversary('cli.multi_hot'),
    outcome: ['limit'],
    at: 'source',
    checkers: ['sum.exact'],
    measures: ['reports with every bin set', 'added beyond one bin each', 'share of all reports'],
  },
  'cli.forge': {
    ...asAdversary('cli.forge'),
    outcome: ['prevent'],
    at: 'source',
    checkers: ['noforge', 'reason'],
  },
  'cli.grind': {
    about: 'A device tries many proofs for a point r that it knows beforehand.',
    outcome: ['prevent', 'detect'],
    outcomeBecause:
      'A proof that is right at guessed points alone is refused by name at any other point.',
    at: 'source',
    checkers: ['noforge'],
    reasons: ['proof-invalid'],
    params: {
      tries: param.count(
        'For how many guesses of r, at most one for each free element.',
        64,
        [1, 1_000_000],
      ),
    },
  },
  'cli.inconsistent': {
    ...asAdversary('cli.inconsistent'),
    outcome: ['detect'],
    at: 'source',
    checkers: ['noforge', 'reason', 'sets.equal'],
  },
  'cli.noncanonical': {
    ...asAdversary('cli.noncanonical'),
    outcome: ['detect'],
    at: 'source',
    checkers: ['noforge', 'reason', 'blast'],
  },
  'cli.wrong_dim': {
    ...asAdversary('cli.wrong_dim'),
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'blast'],
  },
  'cli.undecryptable': {
    ...asAdversary('cli.undecryptable'),
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'blast'],
  },
  'cli.oversize': {
    ...asAdversary('cli.oversize'),
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'blast', 'live'],
  },
  'cli.bomb': {
    about:
      'A device sends few bytes that ask for much: shares that claim a huge length, or an upload ' +
      'that ends before them.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'blast', 'live'],
    reasons: ['truncated', 'wrong-share-size'],
  },
  'cli.dup_uuid': {
    about: 'A device uses a report id again: its own, or a victim’s.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['once', 'reason', 'blast'],
    measures: ['copies refused'],
    reasons: ['duplicate-report-id', 'replayed', 'stale', 'batch-late'],
    params: { whose: param.word('Whose id it is.', ['victim', 'own']) },
  },
  'cli.replay': {
    about: 'An honest report that was overheard is sent again: later, or for another state.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['once', 'fresh', 'tenant'],
    measures: ['copies sent', 'copies refused'],
    reasons: ['replayed', 'stale', 'bad-signature'],
    params: {
      to: param.word('Where it is sent.', ['same-window', 'later-window', 'other-state']),
    },
  },
  'cli.sybil': {
    about: 'An attacker runs many devices of its own.',
    outcome: ['limit'],
    at: 'source',
    checkers: ['sum.exact', 'minbatch.on_accepted'],
    measures: [
      'votes counted',
      'added to the bin',
      'added elsewhere',
      'share of all reports',
      'honest reports in the smallest set',
    ],
    params: { goal: param.word('What for.', ['poison', 'isolate']) },
  },
  'cli.poison_valid': {
    about: 'A device always reports the same bin, in a report that is valid in every way.',
    outcome: ['limit'],
    at: 'source',
    checkers: ['sum.exact'],
    measures: ['votes counted', 'added to the bin', 'added elsewhere', 'share of all reports'],
    params: { bin: param.count('The bin.', 0, [0, 4095]) },
  },
  'cli.flood': {
    about: 'One identity sends far more reports than a device may.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['reason', 'conserve', 'live'],
    measures: ['refused at the door', 'refused when batched'],
    reasons: ['replayed', 'rate-limited'],
    params: { reports: param.count('How many it sends.', 1000, [2, 1_000_000]) },
  },
  'cli.backdate': {
    about: 'A device dates its report back into a window that is closed.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['fresh', 'reason'],
    reasons: ['stale', 'bad-certificate', 'batch-late'],
    params: { by: param.duration('How far back.', '2d') },
  },
  'cli.postdate': {
    about: 'A device dates its report ahead into a window to come.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['fresh', 'reason'],
    reasons: ['stale', 'bad-certificate'],
    params: { by: param.duration('How far ahead.', '2d') },
  },
  'cli.not_enabled': {
    about: 'A modified phone reports for a state whose authority has not enabled ENPA that day.',
    outcome: ['detect'],
    at: 'source',
    checkers: ['consent.kept', 'reason'],
    reasons: ['wrong-task'],
    needs: { withoutEnpa: true },
  },
  'cli.tag': {
    about: 'A device makes its report stand out, so that it can be followed.',
    outcome: ['detect', 'limit'],
    outcomeBecause: 'A report id of its own choice can’t be told from a random one.',
    at: 'source',
    checkers: ['leak.scan', 'reason'],
    measures: ['marks that processors see'],
    reasons: ['oversized', 'unknown-version', 'wrong-share-size'],
    params: {
      by: param.word('What is unusual; a report id of its own choice gets through.', [
        'size',
        'extension',
        'version',
        'id',
      ]),
    },
  },
});
