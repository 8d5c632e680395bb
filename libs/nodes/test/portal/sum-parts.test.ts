/** Sum parts in a bucket: those that are whole and signed are read, all others named. */

import { createSeedTree, fillScalars, KeyPair, sha256 } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import {
  createBatchSigner,
  createBatchVerifier,
  encodeContainer,
  records,
  sealHeader,
  sealSingle,
  sumPartPath,
} from '@priolab/roles/enpa';
import { createMemoryStore, wallClock } from '@priolab/runtime';
import { describe, expect, test } from 'vitest';

import { readSumParts } from '../../src/portal/sum-parts.ts';

const uuid = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;

const START = Date.UTC(2021, 11, 1);
const NAME = {
  instance: 'us-ca-apple',
  aggregation: 'seen',
  start: START,
  end: START + 28_800_000,
};
const KEYS = sumPartPath(NAME, 0);
const form = { sync: new Uint8Array(16) };

function keyPair(label: string): KeyPair {
  const bytes = new Uint8Array(32);
  fillScalars(createSeedTree('sum parts').child(label), new Uint32Array(1), 1, {
    bytes,
    offset: 0,
    stride: 32,
  });
  return new KeyPair(bytes);
}

const keys = keyPair('pha');
const signer = createBatchSigner({ keyId: 'pha-key', keyPair: keys });
const verifier = createBatchVerifier(new Map([['pha-key', keys.publicKey]]));
const invalid = [uuid(5), uuid(6)];
const PACKETS = encodeContainer(
  records.invalidPacket,
  invalid.map((one) => ({ uuid: one })),
  form,
);

const PART = {
  batchUuids: [uuid(1)],
  name: 'seen',
  bins: 2,
  epsilon: 4,
  prime: FIELD_MODULUS,
  numberOfServers: 2,
  hammingWeight: null,
  sum: [1, 2],
  aggregationStartTime: NAME.start,
  aggregationEndTime: NAME.end,
  packetFileDigest: sha256(PACKETS),
  totalIndividualClients: 9,
};

type Objects = Record<string, Uint8Array>;

function objects(change: Partial<typeof PART> = {}, by = signer): Objects {
  const sealed = sealHeader(records.sumPart, { ...PART, ...change }, by, form);
  return {
    [KEYS.packets]: PACKETS,
    [KEYS.header]: sealed.header,
    [KEYS.signature]: sealed.signature,
  };
}

async function read(bucket: Objects, instances?: ReadonlySet<string>) {
  const store = createMemoryStore(wallClock);
  for (const [key, bytes] of Object.entries(bucket)) await store.put(key, bytes);
  const filter = instances === undefined ? {} : { instances };
  return readSumParts({ store, server: 0, verifier, ...filter });
}

describe('readSumParts', () => {
  test('a part with its list of refused reports', async () => {
    const { parts, problems, otherCount } = await read({
      ...objects(),
      'notes.txt': new Uint8Array(1),
      [sumPartPath(NAME, 1).header]: new Uint8Array(1),
    });
    expect(problems).toEqual([]);
    expect(parts).toEqual([{ name: NAME, part: PART, invalid }]);
    expect(otherCount).toBe(2);
  });

  test('a single object, and a part that refuses nothing', async () => {
    const batch = { header: PART, packets: PACKETS };
    const single = { [KEYS.signature]: sealSingle(records.sumPart, batch, signer, form) };
    expect((await read(single)).parts).toMatchObject([{ invalid }]);
    const none = objects({ packetFileDigest: sha256(new Uint8Array(0)) });
    delete none[KEYS.packets];
    expect((await read(none)).parts).toMatchObject([{ invalid: [] }]);
  });

  test('only the instances that are asked for', async () => {
    expect((await read(objects(), new Set(['us-ca-google']))).parts).toEqual([]);
    expect((await read(objects(), new Set(['us-ca-apple']))).parts).toHaveLength(1);
  });

  const without = (key: string): Objects => {
    const bucket = objects();
    delete bucket[key];
    return bucket;
  };
  const damaged = (key: string): Objects => {
    const bucket = objects();
    const bytes = Uint8Array.from(bucket[key]!);
    bytes[bytes.length - 20]! ^= 1;
    return { ...bucket, [key]: bytes };
  };
  const stranger = createBatchSigner({ keyId: 'stranger', keyPair: keyPair('stranger') });
  const forger = createBatchSigner({ keyId: 'pha-key', keyPair: keyPair('stranger') });

  test.each<[string, string, Objects]>([
    ['no signature', 'incomplete', without(KEYS.signature)],
    ['no header', 'incomplete', without(KEYS.header)],
    ['no list', 'digest-mismatch', without(KEYS.packets)],
    ['another list', 'digest-mismatch', damaged(KEYS.packets)],
    ['another header', 'invalid-signature', damaged(KEYS.header)],
    ['an unknown key', 'unknown-key', objects({}, stranger)],
    ['a forged signature', 'invalid-signature', objects({}, forger)],
    ['another aggregation', 'wrong-value', objects({ name: 'other' })],
    ['another start', 'wrong-value', objects({ aggregationStartTime: START + 1 })],
    ['another end', 'wrong-value', objects({ aggregationEndTime: START })],
    ['no container', 'avro', { ...objects(), [KEYS.signature]: Uint8Array.of(1, 2, 3) }],
    ['no bytes', 'avro', { ...objects(), [KEYS.signature]: new Uint8Array(0) }],
  ])('%s: named, and not taken', async (_, code, bucket) => {
    const { parts, problems } = await read(bucket);
    expect(parts).toEqual([]);
    expect(problems).toMatchObject([{ key: KEYS.signature, code }]);
  });
});
