/** The handshake of the processors: what they say, what they hear, and what they make of it. */

import { toHex } from '@priolab/crypto';
import { createMemoryStore } from '@priolab/runtime';
import type { ProcessorRole } from '@priolab/roles';
import { expect, test } from 'vitest';

import { SIGNATURE, peerOf, storeNames, versionsPrefix, writeSigned } from '../../src/index.ts';
import type { ProcessorDesk } from '../../src/index.ts';
import { createHandshake, inVersion, isReadable } from '../../src/processor/versions.ts';
import { DAY_START_MS, HOUR_MS, readerOf, signerOf } from '../fixture.ts';

function createPair(spoken: Record<ProcessorRole, readonly number[]>) {
  const clock = { nowMs: () => DAY_START_MS };
  const stores = new Map<string, ReturnType<typeof createMemoryStore>>();
  const inside = (name: string) => {
    const store = stores.get(name) ?? createMemoryStore(clock);
    stores.set(name, store);
    return store;
  };
  const deskOf = (role: ProcessorRole) =>
    ({
      role,
      state: inside(storeNames.state(role)),
      validity: inside(storeNames.validity(role)),
      peerValidity: inside(storeNames.validity(peerOf(role))),
      signer: signerOf(`processor/${role}`),
      peerReader: readerOf(`processor/${peerOf(role)}`),
      versions: () => spoken[role],
      settings: { scanEveryMs: HOUR_MS / 2 },
    }) as unknown as ProcessorDesk;
  const pair = {
    leader: createHandshake(deskOf('leader')),
    helper: createHandshake(deskOf('helper')),
  };
  /** Notes that a processor has written in full. */
  const notesOf = (role: ProcessorRole): string[] =>
    [...inside(storeNames.validity(peerOf(role))).objects.keys()].filter((key) =>
      key.endsWith(SIGNATURE),
    );
  return { ...pair, inside, deskOf, notesOf };
}

const note = (role: ProcessorRole, ordinal: number): string =>
  `${versionsPrefix(role)}00000${ordinal}`;

test('two that speak one version agree on it, once each has heard the other', async () => {
  const { leader, helper, notesOf } = createPair({ leader: [1], helper: [1] });
  await leader.renew(DAY_START_MS);
  expect([leader.agreed(), leader.foreign()]).toEqual([undefined, undefined]);
  await helper.renew(DAY_START_MS);
  await leader.renew(DAY_START_MS);
  expect([leader.agreed(), helper.agreed()]).toEqual([1, 1]);
  expect(leader.apartMs()).toBe(-Infinity);
  expect(notesOf('leader')).toEqual([note('leader', 1) + SIGNATURE]);
});

test('the highest version that both speak is agreed on', async () => {
  const { leader, helper } = createPair({ leader: [1, 2, 3], helper: [1, 2] });
  await helper.renew(DAY_START_MS);
  await leader.renew(DAY_START_MS);
  expect(leader.agreed()).toBe(2);
});

test('where none is common both know it, and agree again; a restart forgets nothing', async () => {
  const spoken = { leader: [1] as number[], helper: [1] };
  const { leader, helper, deskOf, notesOf } = createPair(spoken);
  await leader.renew(DAY_START_MS);
  await helper.renew(DAY_START_MS);
  spoken.leader = [2];
  // At once, though it is not said yet.
  await leader.renew(DAY_START_MS);
  expect(leader.agreed()).toBe(undefined);
  await helper.renew(DAY_START_MS + HOUR_MS);
  expect([helper.agreed(), helper.foreign()]).toEqual([undefined, [2]]);
  spoken.leader = [1];
  await leader.renew(DAY_START_MS + 2 * HOUR_MS);
  await helper.renew(DAY_START_MS + 2 * HOUR_MS);
  const restarted = createHandshake(deskOf('helper'));
  await restarted.renew(DAY_START_MS + 3 * HOUR_MS);
  for (const one of [helper, restarted]) {
    expect([one.agreed(), one.foreign()]).toEqual([1, undefined]);
    expect(one.apartMs()).toBe(DAY_START_MS + HOUR_MS);
  }
  expect(notesOf('leader')).toHaveLength(3);
  expect(notesOf('helper')).toHaveLength(1);
});

test('a note that is stored torn is written again under the next name', async () => {
  const { leader, helper, inside, notesOf } = createPair({ leader: [1], helper: [1] });
  inside(storeNames.validity('helper')).putNow(note('leader', 1), Uint8Array.of(123));
  await leader.renew(DAY_START_MS);
  await helper.renew(DAY_START_MS);
  expect(notesOf('leader')).toEqual([note('leader', 2) + SIGNATURE]);
  expect(helper.agreed()).toBe(1);
});

test('who starts again and speaks as before writes nothing', async () => {
  const { leader, deskOf } = createPair({ leader: [1], helper: [1] });
  await leader.renew(DAY_START_MS);
  const desk = deskOf('leader');
  let writes = 0;
  const put: typeof desk.state.put = (...args) => {
    writes += 1;
    return desk.peerValidity.put(...args);
  };
  const restarted = createHandshake({ ...desk, peerValidity: { ...desk.peerValidity, put } });
  await restarted.renew(DAY_START_MS + HOUR_MS);
  expect(writes).toBe(0);
});

test('who starts again with an old listing mends it once the listing is new', async () => {
  const spoken = { leader: [1] as number[], helper: [1] };
  const { leader, helper, deskOf, notesOf } = createPair(spoken);
  await leader.renew(DAY_START_MS);
  spoken.leader = [2];
  await leader.renew(DAY_START_MS);
  spoken.leader = [1];
  const desk = deskOf('leader');
  let isOld = true;
  const list: typeof desk.state.list = async (prefix) =>
    (await desk.peerValidity.list(prefix)).filter(
      (key) => !isOld || key.startsWith(note('leader', 1)),
    );
  const restarted = createHandshake({ ...desk, peerValidity: { ...desk.peerValidity, list } });
  await restarted.renew(DAY_START_MS);
  await helper.renew(DAY_START_MS);
  expect(helper.foreign()).toEqual([2]);
  isOld = false;
  await restarted.renew(DAY_START_MS);
  await helper.renew(DAY_START_MS);
  expect(helper.agreed()).toBe(1);
  expect(notesOf('leader')).toHaveLength(3);
});

test('a note that is lost is written again', async () => {
  const { leader, helper, inside } = createPair({ leader: [1], helper: [1] });
  await leader.renew(DAY_START_MS);
  const store = inside(storeNames.validity('helper'));
  const before = toHex(store.objects.get(note('leader', 1))!.bytes);
  for (const key of store.objects.keys()) await store.delete(key);
  await leader.renew(DAY_START_MS);
  await helper.renew(DAY_START_MS);
  expect(toHex(store.objects.get(note('leader', 1))!.bytes)).toBe(before);
  expect(helper.agreed()).toBe(1);
});

test.each([
  ['signed by another', 'vendor/google', { ordinal: 1, versions: ['1'] }],
  ['under another name', 'processor/leader', { ordinal: 2, versions: ['1'] }],
  ['of the other processor', 'processor/leader', { role: 'helper', ordinal: 1, versions: ['1'] }],
  ['without versions', 'processor/leader', { ordinal: 1, versions: 1 }],
  ['of no number', 'processor/leader', { ordinal: 1, versions: ['one'] }],
])('a note %s says nothing', async (_, keyId, fields) => {
  const { helper, inside } = createPair({ leader: [1], helper: [1] });
  const header = { kind: 'versions', role: 'leader', ...fields };
  const sealed = signerOf(keyId).seal(header, new Uint8Array(0));
  await writeSigned(inside(storeNames.validity('helper')), note('leader', 1), sealed);
  await helper.renew(DAY_START_MS);
  expect([helper.agreed(), helper.foreign()]).toEqual([undefined, undefined]);
});

test('a newer note that can’t be read is not passed over for an older one', async () => {
  const { leader, helper, inside } = createPair({ leader: [1], helper: [1] });
  await leader.renew(DAY_START_MS);
  await helper.renew(DAY_START_MS);
  expect(helper.agreed()).toBe(1);
  const other = signerOf('vendor/google').seal({ kind: 'versions' }, new Uint8Array(0));
  await writeSigned(inside(storeNames.validity('helper')), note('leader', 2), other);
  await helper.renew(DAY_START_MS);
  expect(helper.agreed()).toBe(undefined);
});

test('messages name their version from the second on; newer ones than ours are not read', () => {
  const header = { kind: 'validity' };
  expect(inVersion(header, 1)).toEqual(header);
  expect(inVersion(header, 2)).toEqual({ ...header, version: 2 });
  const { deskOf } = createPair({ leader: [1], helper: [2] });
  const readable = (role: ProcessorRole, version: number): boolean =>
    isReadable(deskOf(role), inVersion(header, version));
  expect([readable('leader', 1), readable('leader', 2)]).toEqual([true, false]);
  // What was written before an upgrade stays readable.
  expect([readable('helper', 1), readable('helper', 2)]).toEqual([true, true]);
});
