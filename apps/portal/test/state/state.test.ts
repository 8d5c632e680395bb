/** Keys, audit log and several portals on one state, on both databases. */

import { expect, describe, test } from 'vitest';

import { createVirtualClock } from '@priolab/runtime';
import { openDatabase } from '@priolab/runtime/database';

import { resultOf } from '../../src/scan/finished.ts';
import { createAudit } from '../../src/state/audit.ts';
import { createKeyRing } from '../../src/state/keys.ts';
import { createResultState } from '../../src/state/results.ts';
import { createPortalTables } from '../../src/state/tables.ts';
import { engines } from '../databases.ts';
import { HOUR, START, createBench } from '../portal.ts';

describe.each(engines)('on $name', ({ name, newUrl, isMissing }) => {
  async function open() {
    const database = await openDatabase(newUrl());
    const clock = createVirtualClock(START);
    await createPortalTables(database);
    // Whoever starts next finds them made.
    await createPortalTables(database);
    return { database, clock };
  }

  test.skipIf(isMissing)('a key is good until it is over or revoked', async () => {
    const { database, clock } = await open();
    try {
      const ring = createKeyRing(database, clock);
      const asked = { authority: 'Ministère', localities: ['us-wa', 'mn', 'us-wa'] };
      const { id, key } = await ring.add({ ...asked, expiresMs: START + HOUR });
      const caller = { keyId: id, authority: 'Ministère', localities: ['mn', 'us-wa'] };
      expect(await ring.check(key)).toEqual({ ok: true, caller });
      expect(await ring.isGood(id)).toBe(true);
      clock.advanceTo(START + HOUR);
      expect(await ring.check(key)).toEqual({ ok: false, fault: 'expired', keyId: id });
      expect(await ring.isGood(id)).toBe(false);
      const other = await ring.add(asked);
      expect(await ring.revoke(other.id)).toBe(true);
      expect(await ring.revoke('0'.repeat(16))).toBe(false);
      clock.advanceTo(START + 2 * HOUR);
      expect(await ring.revoke(other.id)).toBe(true);
      expect(await ring.check(other.key)).toMatchObject({ ok: false, fault: 'revoked' });
      const [first, second] = await ring.list();
      expect(first).toMatchObject({ keyId: id, expiresMs: START + HOUR, revokedMs: undefined });
      expect(second).toMatchObject({ keyId: other.id, revokedMs: START + HOUR });
    } finally {
      await database.close();
    }
  });

  test.skipIf(isMissing)('the audit log keeps its order, and forgets what is old', async () => {
    const { database, clock } = await open();
    try {
      const audit = createAudit(database, clock);
      for (const hour of [0, 0, 0, 1, 2]) {
        clock.advanceTo(Math.max(clock.nowMs(), START + hour * HOUR));
        const written = (await audit.read(100)).length;
        await audit.write({
          action: 'read',
          outcome: 'given',
          what: { written },
          records: written,
        });
      }
      const order = (await audit.read(100)).map(({ what }) => what['written']);
      expect(order).toEqual([4, 3, 2, 1, 0]);
      expect(await audit.read(1)).toMatchObject([{ timeMs: START + 2 * HOUR, records: 4 }]);
      expect(await audit.forget(START + HOUR)).toBe(3);
      expect(await audit.read(100)).toHaveLength(2);
    } finally {
      await database.close();
    }
  });

  test.skipIf(isMissing)('changes are read in pages, also of one moment', async () => {
    const { database, clock } = await open();
    try {
      const results = createResultState(database, clock, createAudit(database, clock));
      const policy = { clientsMin: 1, suppressBelow: 0, patienceMs: 0 };
      const names = ['B-v1', 'a.b', 'a-c', 'Z', 'z'];
      for (const [index, aggregation] of names.entries()) {
        if (index === 3) clock.advanceTo(START + 1);
        const window = { startMs: START, endMs: START + HOUR, epsilon: 8, clients: 9 };
        const cell = { locality: 'mn', vendor: 'apple', aggregation, totals: [9, 1] } as const;
        await results.store(resultOf({ ...cell, ...window }, policy));
      }
      const found: string[] = [];
      let after = { changedMs: START, key: '' };
      for (;;) {
        const page = await results.changes(after, 2);
        found.push(...page.map(({ key }) => key.split('/')[1]!));
        if (page.length < 2) break;
        after = page[1]!;
      }
      // Servers differ in how they order texts.
      expect(found.slice(0, 3).toSorted()).toEqual(names.slice(0, 3).toSorted());
      expect(found.slice(3).toSorted()).toEqual(names.slice(3).toSorted());
    } finally {
      await database.close();
    }
  });

  const isAlone = isMissing || name === 'SQLite';
  test.skipIf(isAlone)(
    'two portals on one state publish once, and tell each other’s listeners',
    async () => {
      const url = newUrl();
      const [one, two] = [await createBench({ url }), await createBench({ url, heartbeatMs: 20 })];
      const key = await one.keyFor('us-wa');
      const answer = await two.portal.http.respond({
        method: 'GET',
        target: '/api/priolab/v1/events',
        headers: { 'x-api-key': key },
        remote: '',
        body: new Uint8Array(0),
        signal: new AbortController().signal,
      });
      const events = (answer.body as AsyncIterable<string>)[Symbol.asyncIterator]();
      for (const bench of [one, two]) {
        for (let day = 0; day < 5; day++) {
          await bench.sum({ start: START + day * 24 * HOUR, totals: [90, 10], clients: 100 });
        }
      }
      // One of them may be told to try again: both must not have published.
      await Promise.allSettled([one.portal.scan(), two.portal.scan()]);
      await one.portal.scan();
      await two.portal.scan();
      const settled = (await one.portal.audit.read(100)).filter(
        ({ action }) => action === 'settle',
      );
      expect(settled).toHaveLength(5);
      let text = '';
      while (text.split('event: result').length <= 5) text += (await events.next()).value as string;
      await one.portal.revokeKey(key.split('_')[1]!);
      while ((await events.next()).done !== true);
      expect(two.portal.listenerCount()).toBe(0);
    },
  );
});
