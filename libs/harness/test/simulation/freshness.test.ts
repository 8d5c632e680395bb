/** What the eye of `fresh` takes for too old or too new, and by whose clock. */

import { storeNames } from '@priolab/nodes';
import { CREATED_AT, writeTimeMs } from '@priolab/roles';
import { createMemoryStore, createRemoteStores, createTimeline } from '@priolab/runtime';
import { expect, test } from 'vitest';

import { watchFreshness } from '../../src/simulation/freshness.ts';

const NOW_MS = 1_000_000;
const AGE_MS = 500;
const SKEW_MS = 100;

/** Puts uploads that bear these times into an inbox, each twice, by a server with this clock. */
async function taken(createdMs: readonly number[], clockMs = NOW_MS) {
  const timeline = createTimeline(NOW_MS);
  const create = () => createMemoryStore(timeline);
  const stores = createRemoteStores({ timeline, create, latencyMs: () => 0 });
  const stale = watchFreshness({
    stores,
    nowMs: () => timeline.nowMs(),
    clockMs: () => clockMs,
    ageMsMax: AGE_MS,
    skewMsMax: SKEW_MS,
  });
  const inbox = stores.reachAs('ingestion/apple/0', storeNames.inbox('apple'));
  const portal = stores.reachAs('portal', storeNames.portal);
  for (const timeMs of createdMs) {
    const upload = new Uint8Array(CREATED_AT + 8);
    writeTimeMs(upload, CREATED_AT, timeMs);
    for (const _ of [1, 2]) void inbox.put(`upload-${timeMs}`, upload);
    void portal.put(`sum-${timeMs}`, upload);
  }
  await timeline.driveUntil(NOW_MS + 1);
  return stale;
}

const oldest = NOW_MS - AGE_MS;
const newest = NOW_MS + SKEW_MS;

test('what is as old, or as far ahead, as may be is fresh; a millisecond more is not', async () => {
  expect(await taken([oldest, NOW_MS, newest])).toEqual({ count: 0, of: 3 });
  expect(await taken([oldest - 1, NOW_MS, newest + 1])).toEqual({ count: 2, of: 3 });
});

test('a server whose clock is wrong is not to blame for what that makes it take in', async () => {
  expect(await taken([oldest - 50], NOW_MS - 50)).toEqual({ count: 0, of: 1 });
  expect(await taken([newest + 50], NOW_MS + 50)).toEqual({ count: 0, of: 1 });
  expect(await taken([oldest - 51, newest + 1], NOW_MS - 50)).toEqual({ count: 2, of: 2 });
});
