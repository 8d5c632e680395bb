/**
 * Reasons that a fault's card names and that its demonstration does not show: what shows them
 * instead, or why nothing here does. Together with the demonstrations it is every reason.
 */

import type { FaultId } from '../../src/faults/catalogue.ts';
import type { FaultReason } from '../../src/faults/reasons.ts';
import type { Changes } from './fault-run.ts';

type Variation = readonly [FaultId, Changes, readonly FaultReason[]];

const inShortWindows: Changes['scenario'] = ({ system, services }) => ({
  system: { ...system, windowHours: 8 },
  services: { ...services, ingestion: { batchEvery: '1h' } },
});

const incompatible = { change: 'incompatible', duration: '2d' };

export const variations: readonly Variation[] = [
  ['net.corrupt', { params: { bytes: 1000 } }, ['wrong-task']],
  ['dev.crash_mid_upload', { nemesis: { until: '23h' }, params: { restart: '26h' } }, ['stale']],
  ['dev.crash_mid_upload', { params: { restart: '12h' } }, ['batch-late']],
  ['dev.offline', { params: { duration: '12h' } }, ['batch-late']],
  [
    'dev.clock_skew',
    { params: { offset: '12h', direction: 'behind' }, scenario: inShortWindows },
    ['bad-certificate', 'batch-late'],
  ],
  ['dev.old_params', { params: { what: 'bins' } }, ['wrong-share-size']],
  ['dev.old_params', { params: { what: 'version' } }, ['unknown-version']],
  ['cli.dup_uuid', { params: { whose: 'own' } }, ['replayed']],
  ['cli.replay', { params: { to: 'later-window' } }, ['stale']],
  ['cli.replay', { params: { to: 'other-state' } }, ['bad-signature']],
  [
    'cli.backdate',
    { params: { by: '12h' }, scenario: inShortWindows },
    ['bad-certificate', 'batch-late'],
  ],
  ['cli.postdate', { params: { by: '1h' } }, ['bad-certificate']],
  ['cli.tag', { params: { by: 'extension' } }, ['oversized']],
  ['cli.tag', { params: { by: 'version' } }, ['unknown-version']],
  ['ing.no_attest', { params: { how: 'unattested' } }, ['bad-certificate']],
  [
    'ing.partial_write',
    { nemesis: { p: 0.3 }, params: { missing: 'tail', repair: '12h' } },
    ['batch-digest', 'peer-missing', 'batch-unmatched'],
  ],
  [
    'ing.partial_write',
    { nemesis: { p: 0.3 }, params: { missing: 'reports', repair: '12h' } },
    ['batch-incomplete'],
  ],
  [
    'ing.partial_write',
    { nemesis: { p: 0.3 }, params: { missing: 'signature', repair: '12h' } },
    ['batch-late'],
  ],
  [
    'proc.version_skew',
    { nemesis: { at: 'helper', from: '12h5m' }, params: incompatible, scenario: inShortWindows },
    ['no-helper-share', 'batch-unmatched'],
  ],
  ['ing.rpit_known', { nemesis: { p: 1 } }, ['total-out-of-range']],
  ['mal.withhold', { nemesis: { at: 'leader' } }, ['no-leader-share']],
  ['comb.missing', { nemesis: { at: 'leader' } }, ['no-leader-share']],
  ['comb.dup', { nemesis: { at: 'helper' } }, ['no-leader-share']],
  ['clk.skew', { nemesis: { at: 'ingestion' }, params: { offset: '25h' } }, ['stale']],
  ['clk.back', { nemesis: { at: 'ingestion', from: '5h' }, params: { by: '25h' } }, ['stale']],
  ['sto.corrupt', { nemesis: { at: 'ingestion-', p: 0.3 } }, ['batch-signature', 'batch-digest']],
  ['sto.corrupt', { nemesis: { at: 'validity-', p: 0.7 } }, ['batch-unmatched']],
  ['sto.corrupt', { nemesis: { at: 'portal', p: 0.7 } }, ['no-leader-share']],
  ['sto.torn', { nemesis: { at: 'validity-', p: 0.15 } }, ['batch-unmatched', 'no-helper-share']],
  ['sto.torn', { nemesis: { at: 'portal', p: 0.3 } }, ['no-leader-share', 'no-helper-share']],
  ['sto.torn', { nemesis: { at: 'inbox-', p: 0.3 } }, ['truncated']],
  ['sto.torn', { nemesis: { at: 'results', p: 0.7 } }, ['not-shown']],
  [
    'sto.misdirect',
    { nemesis: { at: 'portal', p: 0.7 } },
    ['no-leader-share', 'no-helper-share', 'wrong-window'],
  ],
  ['sto.misdirect', { nemesis: { at: 'results', p: 0.7 } }, ['not-shown']],
  ['sto.misdirect', { nemesis: { at: 'validity-', p: 0.3 } }, ['batch-signature']],
];

/** Shown by no run here: each needs a coincidence, which random faults may bring about. */
export const unseen: Readonly<Partial<Record<FaultId, readonly FaultReason[]>>> = {
  // The one byte that changes is that of the version; or the bytes that come are more, or less.
  'net.corrupt': ['unknown-version', 'truncated', 'oversized'],
  // The attacker waits for a victim that is late itself.
  'cli.dup_uuid': ['stale', 'batch-late'],
  // The point that it was told is replaced by another fault.
  'ing.rpit_known': ['proof-invalid'],
  // It comes between the two processors' looks at what there is.
  'ing.late_batch': ['peer-missing'],
  'proc.peer_late': ['batch-late'],
  // One side sums a window more than a day before the other.
  'proc.version_skew': ['peer-missing', 'batch-late', 'no-leader-share'],
  'key.lost': ['peer-missing', 'batch-unmatched', 'no-leader-share', 'no-helper-share'],
  // Many reads in a row, of one side, or of what is given out after its time.
  'sto.corrupt': ['peer-missing', 'batch-late', 'no-helper-share'],
};
