/** Faults of honest processors: crashes, queues, peers and versions. */

import { defineFaults, param } from '../fault.ts';

export const processorFaults = defineFaults({
  'proc.crash': {
    about: 'A processor dies at one of its durable writes and starts again from what is stored.',
    outcome: ['recover'],
    at: 'processor',
    checkers: ['sum.exact', 'once', 'live', 'det'],
    measures: ['writes'],
    params: {
      write: param.count('The write, counted from the start; 0: any, by chance.', 0, [0, 1e6]),
      step: param.word('Where in the write.', ['before', 'after']),
      restart: param.duration('How long it is away.', '5m'),
    },
  },
  'proc.pause': {
    about: 'A worker stands still for longer than its lease and then goes on.',
    outcome: ['recover'],
    at: 'processor',
    checkers: ['once', 'sum.exact', 'live'],
    params: { duration: param.duration('How long it stands still.', '30m') },
  },
  'proc.slow': {
    about: 'A processor gets only a part of its machine’s time.',
    outcome: ['recover'],
    at: 'processor',
    checkers: ['once', 'live'],
    measures: ['leases run out'],
    params: { factor: param.number('How many times slower it is.', 10, [1, 1000]) },
  },
  'proc.oom': {
    about: 'A worker is killed because a task takes more memory than there is.',
    outcome: ['recover'],
    at: 'processor',
    checkers: ['once', 'live'],
    params: { restart: param.duration('How long it is away.', '5m') },
  },
  'proc.redeliver': {
    about: 'The queue gives out a task a second time, even while it is worked on.',
    outcome: ['recover'],
    at: 'processor',
    checkers: ['idem', 'once', 'sum.exact'],
    params: {
      times: param.count('How often it comes again.', 1, [1, 100]),
      concurrent: param.flag('While another worker has it.', false),
    },
  },
  'proc.peer_missing': {
    about: 'The peer’s verification messages for a batch never come, or are for another batch.',
    outcome: ['recover', 'accept'],
    at: 'processor',
    checkers: ['live', 'conserve'],
    reasons: ['peer-missing', 'batch-unmatched', 'batch-late', 'batch-header'],
    params: { how: param.word('What comes instead.', ['nothing', 'other-batch']) },
  },
  'proc.peer_late': {
    about: 'The peer’s verification messages for a batch come late.',
    outcome: ['recover', 'accept'],
    at: 'processor',
    checkers: ['live', 'conserve'],
    reasons: ['peer-missing', 'batch-unmatched', 'batch-late'],
    params: { by: param.duration('How late they come.', '6h') },
  },
  'proc.version_skew': {
    about: 'One processor runs a new version for a while: its peer speaks it too, or both wait.',
    outcome: ['recover', 'detect'],
    at: 'processor',
    atDefault: 'helper',
    unconditional: true,
    checkers: ['sum.exact', 'conserve', 'reason'],
    measures: ['times noticed'],
    reasons: [
      'peer-version',
      'peer-missing',
      'batch-unmatched',
      'batch-late',
      'no-leader-share',
      'no-helper-share',
    ],
    params: {
      change: param.word('What the new version changes.', ['compatible', 'incompatible']),
      duration: param.duration('How long they differ.', '6h'),
    },
  },
  'proc.order': {
    about: 'Tasks are taken in another order than they were made.',
    outcome: ['recover'],
    at: 'processor',
    checkers: ['sum.exact', 'once', 'det'],
  },
  'proc.gc_early': {
    about: 'Stored shares are deleted while a retry may still need them.',
    outcome: ['prevent'],
    at: 'processor',
    atDefault: 'helper',
    checkers: ['sets.equal', 'conserve'],
    params: { after: param.duration('Age at which they are deleted.', '1h') },
  },
  'proc.count_drift': {
    about: 'A processor counts refused reports as clients.',
    outcome: ['detect'],
    at: 'processor',
    atDefault: 'leader',
    checkers: ['count.exact', 'sets.equal'],
    reasons: ['counts-differ'],
  },
});
