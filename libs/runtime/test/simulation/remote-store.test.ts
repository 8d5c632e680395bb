/** Stores in simulated time: whole objects, once; and policies that change that. */

import { describe, expect, test } from 'vitest';

import {
  TransportError,
  createMachine,
  createMemoryStore,
  createRemoteStores,
  createTimeline,
} from '../../src/index.ts';
import type { Host, ObjectStore } from '../../src/index.ts';

function storing(program: (store: ObjectStore, host: Host) => Promise<void>) {
  const timeline = createTimeline(0);
  const stores = createRemoteStores({
    timeline,
    create: () => createMemoryStore(timeline),
    latencyMs: () => 3,
  });
  const machine = createMachine({
    name: 'm',
    timeline,
    program: (host) => program(stores.reach('bucket', host), host),
  });
  return { timeline, stores, machine };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('remote store', () => {
  test('written once, read back, listed in order, removed', async () => {
    const seen: unknown[] = [];
    const { timeline, stores, machine } = storing(async (store) => {
      seen.push(await store.put('b/2', bytes('two')), await store.put('b/1', bytes('one')));
      seen.push(await store.put('b/1', bytes('other')));
      seen.push(Buffer.from((await store.get('b/1'))!).toString(), await store.get('b/3'));
      seen.push(await store.list('b/'), (await store.stat('b/2'))?.writtenMs);
      await store.put('b/1', bytes('new'), { overwrite: true });
      await store.delete('b/2');
      seen.push(await store.list(''));
    });
    machine.start();
    await timeline.driveUntil(100);
    expect(seen).toEqual([true, true, false, 'one', undefined, ['b/1', 'b/2'], 3, ['b/1']]);
    expect(Buffer.from(stores.inside('bucket').objects.get('b/1')!.bytes).toString()).toBe('new');
  });

  test('what was put does not change with the writer’s array', async () => {
    const { timeline, stores, machine } = storing(async (store) => {
      const mine = bytes('abc');
      const put = store.put('k', mine);
      mine.fill(0);
      await put;
    });
    machine.start();
    await timeline.driveUntil(100);
    expect(Buffer.from(stores.inside('bucket').objects.get('k')!.bytes).toString()).toBe('abc');
  });

  test('a machine that crashes while it writes never hears of what it wrote', async () => {
    let heard = false;
    const { timeline, stores, machine } = storing(async (store) => {
      await store.put('k', bytes('x'));
      heard = true;
    });
    machine.start();
    timeline.at(1, () => machine.crash());
    await timeline.driveUntil(100);
    expect(heard).toBe(false);
    expect(stores.inside('bucket').objects.has('k')).toBe(true);
  });

  test('policies hide, change and refuse', async () => {
    const seen: unknown[] = [];
    const { timeline, stores, machine } = storing(async (store) => {
      await store.put('k', bytes('abc'));
      seen.push(Buffer.from((await store.get('k'))!).toString(), await store.list(''));
      seen.push(await store.stat('k').catch((error: unknown) => (error as TransportError).code));
    });
    stores.addPolicy(async (operation, next) => {
      if (operation.kind === 'list') return [];
      if (operation.kind === 'stat') {
        throw new TransportError('full', 'no room', { retryable: true, definite: true });
      }
      const answer = await next(operation);
      return operation.kind === 'get' ? bytes('torn') : answer;
    });
    machine.start();
    await timeline.driveUntil(100);
    expect(seen).toEqual(['torn', [], 'full']);
  });
});
