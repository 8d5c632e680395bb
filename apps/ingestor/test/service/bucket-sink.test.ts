/** Batches in buckets: what ENPA's processors find there, written once whatever went wrong. */

import { describe, expect, test } from 'vitest';

import { KeyPair, sha256 } from '@priolab/crypto';
import type { BatchPair, ShareBatch, Vendor } from '@priolab/roles';
import {
  createBatchVerifier,
  createServiceSigner,
  decodeContainer,
  ingestionEndings,
  openHeader,
  records,
  sortBatches,
  uuidText,
} from '@priolab/roles/enpa';
import { TransportError, createMemoryStore, createVirtualClock } from '@priolab/runtime';
import type { ObjectStore } from '@priolab/runtime';

import { createBucketSink } from '../../src/index.ts';
import { openTestIngestor } from '../ingestor.ts';
import { NOON, WINDOW_MS, createPhones, someBits } from '../phones.ts';

const keyPair = new KeyPair(new Uint8Array(32).fill(5));
const START = NOON - (NOON % WINDOW_MS);

async function batchOf(vendor: Vendor): Promise<BatchPair<ShareBatch>> {
  const phones = createPhones({ vendor });
  const ingestor = await openTestIngestor({ vendor, tasks: [phones.task] });
  const uploads = phones.uploads(someBits(3));
  await Promise.all(uploads.map((upload) => ingestor.post(upload)));
  await ingestor.service.cut();
  await ingestor.close();
  return ingestor.batches[0]!;
}

/** Buckets that note each put, and fail at those that `fails` names by their number. */
function createBuckets(fails: (put: number) => boolean = () => false) {
  const stores = new Map<string, ObjectStore>();
  const puts: string[] = [];
  const bucketOf = (role: string, instance: string): ObjectStore => {
    const name = `${role} ${instance}`;
    const inner = stores.get(name) ?? createMemoryStore(createVirtualClock(NOON));
    stores.set(name, inner);
    const put: ObjectStore['put'] = async (key, bytes) => {
      puts.push(`${role} ${key.split('.').slice(1).join('.')}`);
      const options = { retryable: true, definite: false };
      if (fails(puts.length)) throw new TransportError('timeout', 'no answer', options);
      return inner.put(key, bytes);
    };
    return { ...inner, put };
  };
  const sink = createBucketSink({
    bucketOf,
    signer: createServiceSigner({ keyId: 'ingestor-1', keyPair }),
    encryptionKeyIds: { leader: 'leader-key', helper: 'helper-key' },
    pauseMs: () => 0,
  });
  return { sink, stores, puts, bucketOf };
}

async function readBatch(store: ObjectStore) {
  const keys = await store.list('');
  const { ready, incomplete } = sortBatches(keys, ingestionEndings, 'all');
  expect([ready.length, incomplete.length]).toEqual([1, 0]);
  const bytesOf = async (ending: string) =>
    (await store.get(keys.find((key) => key.endsWith(ending))!))!;
  const packets = await bytesOf('.batch.avro');
  const verifier = createBatchVerifier(new Map([['ingestor-1', keyPair.publicKey]]));
  const opened = openHeader(
    records.ingestionHeader,
    { header: await bytesOf('.batch'), signature: await bytesOf('.batch.sig') },
    verifier,
  );
  return {
    ready: ready[0]!,
    packets: decodeContainer(records.dataSharePacket, packets),
    opened,
    digest: sha256(packets),
  };
}

describe.each([
  ['apple', 1],
  ['google', 1000],
] as const)('of %s', (vendor, msPerUnit) => {
  test('both get the same reports, the leader first, times in the vendor’s unit', async () => {
    const pair = await batchOf(vendor);
    const { sink, stores, puts } = createBuckets();
    await sink.write(pair);
    const parts = ['batch.avro', 'batch', 'batch.sig'];
    expect(puts).toEqual(
      ['leader', 'helper'].flatMap((role) => parts.map((part) => `${role} ${part}`)),
    );
    expect([...stores.keys()]).toEqual([`leader us-wa-${vendor}`, `helper us-wa-${vendor}`]);
    for (const role of ['leader', 'helper'] as const) {
      const { ready, packets, opened, digest } = await readBatch(
        stores.get(`${role} us-wa-${vendor}`)!,
      );
      expect(ready).toEqual({
        aggregation: 'kittens-seen',
        time: START,
        batchUuid: uuidText(pair.leader.batchId),
      });
      expect(opened).toMatchObject({
        header: {
          batchStartTime: START / msPerUnit,
          batchEndTime: (START + WINDOW_MS) / msPerUnit,
          bins: 4,
          hammingWeight: null,
        },
      });
      expect(opened.header.packetFileDigest).toEqual(digest);
      expect(packets.map(({ rPit }) => rPit)).toEqual([...pair[role].queryRandomness]);
      expect(packets.map(({ encryptionKeyId }) => encryptionKeyId)).toEqual(
        Array(3).fill(`${role}-key`),
      );
    }
  });
});

test('a put without an answer is tried again; after three the batch waits', async () => {
  const pair = await batchOf('apple');
  const flaky = createBuckets((put) => put === 2 || put === 3);
  await flaky.sink.write(pair);
  expect(flaky.puts).toHaveLength(8);
  let isDown = true;
  const down = createBuckets((put) => isDown && put >= 5);
  await expect(down.sink.write(pair)).rejects.toThrow('no answer');
  expect(down.puts).toHaveLength(7);
  isDown = false;
  await down.sink.write(pair);
  for (const { stores } of [flaky, down]) {
    for (const store of stores.values()) await readBatch(store);
  }
});

test('what can’t help is not tried again', async () => {
  const pair = await batchOf('apple');
  const refused = new TransportError('refused', 'not allowed', {
    retryable: false,
    definite: true,
  });
  let calls = 0;
  const sink = createBucketSink({
    signer: createServiceSigner({ keyId: 'ingestor-1', keyPair }),
    bucketOf: () => ({
      ...createMemoryStore(createVirtualClock(NOON)),
      put() {
        calls += 1;
        return Promise.reject(refused);
      },
    }),
  });
  await expect(sink.write(pair)).rejects.toBe(refused);
  expect(calls).toBe(1);
});
