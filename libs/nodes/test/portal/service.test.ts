/** The portal's pairing rule: what fits is published once; all else is held, or kept back. */

import { toHex } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import { combine, encodeSumPart, estimate } from '@priolab/roles';
import type { AggregateShare, ProcessorRole } from '@priolab/roles';
import { expect, test } from 'vitest';

import { endings, runPortal, storeNames, windowBase, writeSigned } from '../../src/index.ts';
import type { NodeEvent } from '../../src/index.ts';
import { DAY_START_MS, HOUR_MS, createSite, readerOf, signerOf, task } from '../fixture.ts';

const { portal: PORTAL, audit: AUDIT, results: RESULTS } = storeNames;
const MIN_BATCH = 5;
const base = windowBase(task, DAY_START_MS);
const batchIds = ['aa'.repeat(16), 'bb'.repeat(16)];
const masks = [1_000_000, FIELD_MODULUS - 3];

/** The share of one processor of the totals 4 and 2 over seven reports. */
function shareOf(role: ProcessorRole, changes: Partial<AggregateShare> = {}): AggregateShare {
  const totals = [4, 2];
  const sum = Uint32Array.from(totals, (total, bin) =>
    role === 'leader'
      ? (total + masks[bin]!) % FIELD_MODULUS
      : (FIELD_MODULUS - masks[bin]!) % FIELD_MODULUS,
  );
  const includedDigest = 'cd'.repeat(32);
  const counts = { count: 7, rejectedCount: 0 };
  const share = { task, windowStartMs: DAY_START_MS, sum, batchIds, includedDigest };
  return { ...share, ...counts, ...changes };
}

type Changes = Readonly<Partial<Record<ProcessorRole | 'auditLeader', Partial<AggregateShare>>>>;

async function portalWith(changes: Changes, roles: readonly ProcessorRole[]) {
  const events: NodeEvent[] = [];
  const site = createSite((host, reach) =>
    runPortal(host, {
      tasks: new Map([[toHex(task.id), task]]),
      portal: reach(PORTAL),
      audit: reach(AUDIT),
      results: reach(RESULTS),
      readers: { leader: readerOf('processor/leader'), helper: readerOf('processor/helper') },
      scanEveryMs: HOUR_MS,
      patienceMs: 24 * HOUR_MS,
      minBatch: () => MIN_BATCH,
      combine,
      estimate,
      listener: (event) => void events.push(event),
    }),
  );
  const sum = async (role: ProcessorRole): Promise<void> => {
    const signer = signerOf(`processor/${role}`);
    const put = async (store: string, share: AggregateShare): Promise<void> => {
      const { header, packets } = encodeSumPart(share, [], role);
      const key = base + endings.sum(role);
      await writeSigned(site.stores.inside(store), key, signer.seal(header, packets));
    };
    const share = shareOf(role, changes[role]);
    await put(PORTAL, share);
    await put(AUDIT, { ...share, ...(role === 'leader' ? changes.auditLeader : {}) });
  };
  for (const role of roles) await sum(role);
  site.machine.start();
  const note = (): unknown => {
    const bytes = site.stores.inside(RESULTS).objects.get(base)?.bytes;
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
  };
  return { ...site, sum, events, note };
}

const both = ['leader', 'helper'] as const;

test('two sums of the same reports are published once, though the portal crashes', async () => {
  const { timeline, machine, events, note } = await portalWith({}, both);
  await timeline.driveUntil(DAY_START_MS + 3 * HOUR_MS);
  machine.crash();
  machine.start();
  await timeline.driveUntil(DAY_START_MS + 48 * HOUR_MS);
  expect(note()).toEqual({ of: base, totals: [4, 2], count: 7, windowStartMs: DAY_START_MS });
  expect(events.map(({ kind }) => kind)).toEqual(['published']);
});

test.each<[string, Changes]>([
  ['batches-differ', { helper: { batchIds: batchIds.slice(1) } }],
  ['batch-repeated', { leader: doubled(), helper: doubled() }],
  ['counts-differ', { helper: { count: 6, rejectedCount: 1 } }],
  ['included-differ', { helper: { includedDigest: 'ef'.repeat(32) } }],
  ['total-out-of-range', { leader: { sum: Uint32Array.of(17, 17) } }],
  ['sums-differ', { auditLeader: { count: 8 } }],
])('held, and never published: %s', async (reason, changes) => {
  const { timeline, events, note } = await portalWith(changes, both);
  await timeline.driveUntil(DAY_START_MS + 48 * HOUR_MS);
  expect(note()).toEqual({ of: base, held: reason });
  expect(events).toMatchObject([{ kind: 'held', pair: { reason, windowStartMs: DAY_START_MS } }]);
});

test('a sum of another window under this one’s name is held', async () => {
  const later = { windowStartMs: DAY_START_MS + task.windowMs };
  const { timeline, note } = await portalWith({ leader: later, helper: later }, both);
  await timeline.driveUntil(DAY_START_MS + HOUR_MS);
  expect(note()).toEqual({ of: base, held: 'wrong-window' });
});

test('fewer reports than the minimum: kept back, and nothing of the total is said', async () => {
  const few = { count: MIN_BATCH - 1 };
  const { timeline, events, note } = await portalWith({ leader: few, helper: few }, both);
  await timeline.driveUntil(DAY_START_MS + 48 * HOUR_MS);
  expect(note()).toEqual({ of: base, suppressed: true });
  expect(events).toMatchObject([{ kind: 'suppressed', by: 'portal', count: MIN_BATCH - 1 }]);
});

test.each(both)('a sum of the %s alone waits for the other, and is then held', async (role) => {
  const { timeline, note } = await portalWith({}, [role]);
  // Eight hours of the window and a day of patience.
  await timeline.driveUntil(DAY_START_MS + 32 * HOUR_MS - 1);
  expect(note()).toBeUndefined();
  await timeline.driveUntil(DAY_START_MS + 33 * HOUR_MS);
  expect(note()).toEqual({
    of: base,
    held: role === 'leader' ? 'no-helper-share' : 'no-leader-share',
  });
});

test('a window that is summed long after its end has a day for the other sum, too', async () => {
  const { timeline, sum, note } = await portalWith({}, []);
  await timeline.driveUntil(DAY_START_MS + 40 * HOUR_MS);
  await sum('leader');
  await timeline.driveUntil(DAY_START_MS + 63 * HOUR_MS);
  expect(note()).toBeUndefined();
  await sum('helper');
  await timeline.driveUntil(DAY_START_MS + 65 * HOUR_MS);
  expect(note()).toMatchObject({ totals: [4, 2] });
});

function doubled(): Partial<AggregateShare> {
  return { batchIds: [batchIds[0]!, batchIds[0]!] };
}
