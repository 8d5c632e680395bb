/** The oracle `leak.scan` sees secrets wherever another party or a reader could find them. */

import { createHash } from 'node:crypto';

import { toHex } from '@priolab/crypto';
import { storeNames } from '@priolab/nodes';
import type { NodeEvent } from '@priolab/nodes';
import type { Task } from '@priolab/roles';
import { createMemoryStore, createRemoteStores, createTimeline } from '@priolab/runtime';
import { expect, test } from 'vitest';

import type { FaultContext } from '../../src/simulation/fault.ts';
import { createJournal } from '../../src/simulation/journal.ts';
import { watchRemovals } from '../../src/simulation/leaks.ts';
import { indexSecrets } from '../../src/simulation/secrets.ts';
import { runDemonstration } from './fault-run.ts';

async function leakOf(sabotage: (context: FaultContext) => void, when: 'start' | 'end' = 'end') {
  const over = (context: FaultContext): void =>
    when === 'start' ? sabotage(context) : context.atEnd(() => sabotage(context));
  const { expectations, exitCode } = await runDemonstration('net.drop', { over });
  return { ...expectations.find(({ id }) => id === 'leak.scan')!, exitCode };
}

test('none where nobody says one; processors’ and signers’ keys are looked for', async () => {
  const names: string[] = [];
  const { verdict } = await leakOf(({ parties }) => {
    names.push(...parties.privateKeys.map(({ name }) => name));
  });
  expect(verdict).toBe('pass');
  expect(names).toEqual(
    expect.arrayContaining([
      'the private key leader-0',
      'the private key helper-0',
      'the signing key of vendor/apple',
      'the signing key of processor/leader',
    ]),
  );
});

test.each(['latin1', 'hex', 'base64'] as const)('a key in the portal, as %s', async (form) => {
  const { verdict, observed, exitCode } = await leakOf(({ parties, stores }) => {
    const { scalar } = parties.privateKeys.find(({ name }) => name.endsWith('helper-0'))!;
    const text = Buffer.from(scalar).toString(form);
    stores.inside(storeNames.portal).putNow('note', Buffer.from(text, 'latin1'));
  });
  expect({ verdict, exitCode }).toEqual({ verdict: 'fail', exitCode: 4 });
  expect(observed).toContain('the private key helper-0 in portal');
});

test.each([0, 1, 2, 3])('a key within what is written in base64, %i bytes before it', (before) => {
  const value = createHash('sha256').update('a key').digest();
  const around = [Buffer.alloc(before, 7), value, Buffer.from('after it')];
  const text = Buffer.concat(around);
  const index = indexSecrets([{ name: 'a key', value }]);
  for (const form of ['base64', 'base64url'] as const) {
    expect([...index.findIn(Buffer.from(text.toString(form)))]).toEqual(['a key']);
  }
  const other = Buffer.from(text);
  other[before + 16]! ^= 1;
  expect(index.findIn(Buffer.from(other.toString('base64'))).size).toBe(0);
});

test.each(['deleted', 'written over'] as const)(
  'a key that stood in a store and was %s',
  async (how) => {
    const { verdict, observed } = await leakOf(({ parties, stores }) => {
      const { scalar } = parties.privateKeys.find(({ name }) => name.endsWith('helper-0'))!;
      const audit = stores.reachAs('somebody', storeNames.audit);
      void (async () => {
        await audit.put('note', scalar);
        if (how === 'deleted') await audit.delete('note');
        else await audit.put('note', Buffer.from('nothing'), { overwrite: true });
      })();
    }, 'start');
    expect(observed).toContain('the private key helper-0 in audit');
    expect(verdict).toBe('fail');
  },
);

test('what is removed is kept up to a limit, and what is beyond it is told', async () => {
  const timeline = createTimeline(0);
  const create = () => createMemoryStore(timeline);
  const stores = createRemoteStores({ timeline, create, latencyMs: () => 0 });
  const removed = watchRemovals(stores, 100);
  const portal = stores.reachAs('somebody', storeNames.portal);
  const inbox = stores.reachAs('somebody', storeNames.inbox('apple'));
  void (async () => {
    for (const size of [60, 50, 40]) {
      await portal.put(`of-${size}`, new Uint8Array(size));
      await portal.delete(`of-${size}`);
    }
    await inbox.put('upload', new Uint8Array(10));
    await inbox.delete('upload');
  })();
  await timeline.driveUntil(1000);
  const sizes = removed.objects.map(({ bytes }) => bytes.length - 'of-60'.length);
  expect({ sizes, unsearched: removed.unsearched }).toEqual({ sizes: [60, 40], unsearched: 50 });
});

const dozen = (context: FaultContext) => context.book.reports.filter(({ number }) => number < 12);

test.each(['latin1', 'hex', 'base64', 'base64url'] as const)(
  'the phone of every report is found, as %s',
  async (form) => {
    const { verdict, observed } = await leakOf((context) => {
      const portal = context.stores.inside(storeNames.portal);
      for (const { number, deviceKey } of dozen(context)) {
        const text = `phone ${Buffer.from(deviceKey!).toString(form)}.`;
        portal.putNow(`note-${number}`, Buffer.from(text, 'latin1'));
      }
    });
    expect(verdict).toBe('fail');
    expect(observed).toMatch(/^12 of .*the phone of report 0 in portal/);
  },
);

test('the helper’s share of every report is found', async () => {
  const { verdict, observed } = await leakOf((context) => {
    const store = context.stores.inside(storeNames.state('helper'));
    for (const { number, helperSeed } of dozen(context)) store.putNow(`${number}`, helperSeed!);
  });
  expect(verdict).toBe('fail');
  expect(observed).toMatch(/^12 of .*the helper’s share of report 0 in state/);
});

const times: readonly [string, (timeMs: number) => Uint8Array][] = [
  ['digits', (timeMs) => Buffer.from(`at ${timeMs}, they say`)],
  ['8 bytes, the high ones first', (timeMs) => bytesOf(timeMs)],
  ['8 bytes, the low ones first', (timeMs) => bytesOf(timeMs).reverse()],
];

function bytesOf(timeMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(timeMs));
  return bytes;
}

test.each(times)('the time of every report is found, as %s', async (_, write) => {
  const { verdict, observed } = await leakOf((context) => {
    const results = context.stores.inside(storeNames.results);
    for (const { number, createdMs } of dozen(context)) {
      results.putNow(`note-${number}`, write(createdMs));
    }
  });
  expect(verdict).toBe('fail');
  expect(observed).toMatch(/^12 of .*the time of report 0 in results/);
});

test.each([1, 2, 3, 4])('one batch that names its phones is enough, seed %i', async (seed) => {
  const { expectations } = await runDemonstration('ing.metadata_leak', {
    scenario: {
      seed,
      population: { reports: 600, states: ['us-wa'] },
      services: { ingestion: { batchEvery: '30m' } },
      nemesis: [{ id: 'ing.metadata_leak', dose: 1 }],
      expect: ['leak.scan'],
    },
  });
  expect(expectations.find(({ id }) => id === 'leak.scan')!.verdict).toBe('fail');
});

test('a party that says in the journal who sent a report, long before the end', async () => {
  const { verdict, observed } = await leakOf(({ hooks, book }) => {
    hooks.batcher.push((batcher) => ({
      ...batcher,
      listener(event) {
        const { deviceKey } = book.reports[0]!;
        batcher.listener(event);
        if (event.kind !== 'batched' || deviceKey === undefined) return;
        const batches = event.batches.map((one) => ({ ...one, batchId: toHex(deviceKey) }));
        batcher.listener({ ...event, uploads: [], status: new Uint8Array(0), batches });
      },
    }));
  }, 'start');
  expect(verdict).toBe('fail');
  expect(observed).toContain('the phone of report 0 in the journal');
});

/** A key where an event has room for what its party says in its own words. */
const inWords: Readonly<Record<string, (words: string, task: Task) => NodeEvent>> = {
  'a task that failed': (message) => {
    const failed = { kind: 'task-failed', role: 'leader', id: 'a', attempt: 1 } as const;
    return { ...failed, retryable: true, message };
  },
  'a batch that was refused': (detail) => {
    const refused = { kind: 'batch-refused', role: 'leader', batchId: '' } as const;
    return { ...refused, of: 'set', reason: 'batch-header', detail };
  },
  'batching that failed': (message, task) => {
    return { kind: 'batching-failed', vendor: 'apple', task, day: 1, message };
  },
  'a pair that was held': (detail, task) => {
    const pair = { taskId: toHex(task.id), windowStartMs: 0, reason: 'not-shown', detail } as const;
    return { kind: 'held', task, pair };
  },
};

test.each(Object.entries(inWords))('a key in the words on %s', async (_, eventOf) => {
  const { verdict, observed } = await leakOf(({ hooks, parties, book }) => {
    const { scalar } = parties.privateKeys.find(({ name }) => name.endsWith('helper-0'))!;
    let isSaid = false;
    hooks.batcher.push((batcher) => ({
      ...batcher,
      listener(event) {
        batcher.listener(event);
        if (isSaid) return;
        isSaid = true;
        batcher.listener(eventOf(`it was ${toHex(scalar)}`, book.reports[0]!.task));
      },
    }));
  }, 'start');
  expect(verdict).toBe('fail');
  expect(observed).toContain('the private key helper-0 in the journal');
});

test('results that tell when a report was made', async () => {
  const { expectations } = await runDemonstration('dev.offline', {
    over: ({ atEnd, book, measure }) =>
      atEnd(() => measure('reports lost', book.reports[0]!.createdMs)),
  });
  const { verdict, observed } = expectations.find(({ id }) => id === 'leak.scan')!;
  expect(verdict).toBe('fail');
  expect(observed).toContain('the time of report 0 in the results');
});

test('the journal is kept up to a limit, without times and strikes of faults', () => {
  const journal = createJournal(10);
  for (const line of ['fault net.drop 1', 'said', 'more than is kept', 'also']) {
    journal.write(1000, line);
  }
  expect(journal.said).toEqual(['said', 'also']);
  expect(journal.unkept).toBe('more than is kept'.length);
});

test('words of a party are kept and change no digest', () => {
  const digestOf = (words?: string): string => {
    const journal = createJournal();
    journal.write(1000, 'said', words);
    expect(journal.said).toEqual(words === undefined ? ['said'] : ['said', words]);
    return journal.digest();
  };
  expect(digestOf('in its own words')).toBe(digestOf());
});

test('among many secrets those that are there are found, wherever they begin', () => {
  const keyOf = (name: string): Buffer => createHash('sha256').update(name).digest();
  const secrets = Array.from({ length: 5000 }, (_, i) => ({ name: `${i}`, value: keyOf(`${i}`) }));
  const index = indexSecrets(secrets);
  const filling = Buffer.concat(Array.from({ length: 2000 }, (_, i) => keyOf(`other ${i}`)));
  expect([...index.findIn(filling)]).toEqual([]);
  const parts = [secrets[17]!.value, filling.subarray(3), secrets[4711]!.value.toString('hex')];
  const planted = Buffer.concat([...parts.map((part) => Buffer.from(part)), secrets[0]!.value]);
  expect([...index.findIn(planted)]).toEqual(['17', '4711', '0']);
  // All but its last byte is not it.
  expect([...index.findIn(planted.subarray(0, -1))]).toEqual(['17', '4711']);
});
