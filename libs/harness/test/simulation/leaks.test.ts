/** The oracle `leak.scan` sees private keys wherever another party or a reader could find them. */

import { storeNames } from '@priolab/nodes';
import { createMemoryStore, createRemoteStores, createTimeline } from '@priolab/runtime';
import { expect, test } from 'vitest';

import type { FaultContext } from '../../src/simulation/fault.ts';
import { watchRemovals } from '../../src/simulation/leaks.ts';
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
