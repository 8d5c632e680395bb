/**
 * Records of every kind with what is special in them (null and not, empty, long, beyond ASCII), and
 * their containers: seeds of the fuzzer and our own golden files. No randomness. The facilitator's
 * golden files are seeds too, where the published vectors are.
 */

import {
  createBatchSigner,
  encodeContainer,
  records,
  sealSingle,
} from '../src/messages/enpa/index.ts';
import type { ContainerForm, RecordKind } from '../src/messages/enpa/index.ts';
import { KeyPair, sha256 } from '@priolab/crypto';
import { readVector, vectorsDir } from '@priolab/vectors';
import { blob, concat, forge, text, varint } from './forge.ts';

export type KindName = keyof typeof records;

const UUIDS = [
  '00000000-0000-0000-0000-000000000000',
  'b8a5579a-f984-460a-a42d-2813cbf57771',
  'ffffffff-ffff-4fff-bfff-ffffffffffff',
] as const;
const DIGEST = Uint8Array.from({ length: 32 }, (_, index) => index);
const PARAMETERS = {
  name: 'kittens-seen',
  bins: 5,
  epsilon: 8,
  prime: 4_293_918_721,
  numberOfServers: 2,
  hammingWeight: null,
};

/** A kind whose record type does not matter. */
export function anyKind(name: KindName): RecordKind<object> {
  return records[name] as unknown as RecordKind<object>;
}

const bytes = (size: number) => Uint8Array.from({ length: size }, (_, index) => (7 * index) % 256);

export const sampleRecords: Readonly<Record<KindName, readonly object[]>> = {
  ingestionHeader: [
    {
      batchUuid: UUIDS[1],
      ...PARAMETERS,
      batchStartTime: 1_604_102_400_000,
      batchEndTime: 1_604_131_200_000,
      packetFileDigest: DIGEST,
    },
  ],
  dataSharePacket: [
    {
      uuid: UUIDS[0],
      encryptedPayload: bytes(137),
      encryptionKeyId: 'pha-fake-key-1',
      rPit: 998_314_904,
      versionConfiguration: 'config-1',
      deviceNonce: null,
    },
    {
      uuid: UUIDS[1],
      encryptedPayload: new Uint8Array(0),
      encryptionKeyId: null,
      rPit: 0,
      versionConfiguration: null,
      deviceNonce: bytes(16),
    },
    {
      uuid: UUIDS[2],
      encryptedPayload: bytes(113),
      encryptionKeyId: 'schlüssel-Ω',
      rPit: 2 ** 32 - 1,
      versionConfiguration: '',
      deviceNonce: new Uint8Array(0),
    },
  ],
  validityHeader: [
    { batchUuid: UUIDS[1], ...PARAMETERS, hammingWeight: 1, packetFileDigest: DIGEST },
  ],
  validityPacket: UUIDS.map((uuid, index) => ({ uuid, fR: index, gR: 2 ** 32 - 1, hR: 4096 })),
  sumPart: [
    {
      batchUuids: [...UUIDS],
      ...PARAMETERS,
      sum: [0, 1, 2_147_483_648, 4_293_918_720, 64],
      aggregationStartTime: 1_604_102_400_000,
      aggregationEndTime: 1_604_131_200_000,
      packetFileDigest: DIGEST,
      totalIndividualClients: 123_456,
    },
  ],
  invalidPacket: UUIDS.map((uuid) => ({ uuid })),
  batchSignature: [
    {
      batchHeaderSignature: bytes(70),
      keyIdentifier: 'default-ingestor-signing-key',
      batchHeader: null,
      packets: null,
    },
  ],
};

/** A container's form for each kind: its own marker, and both orders of the metadata. */
export function sampleForm(name: KindName): ContainerForm {
  const number = Object.keys(records).indexOf(name);
  const sync = Uint8Array.from({ length: 16 }, (_, index) => 16 * number + index);
  const order = ['avro.schema', 'avro.codec'] as const;
  return { sync, metadata: number % 2 === 0 ? order : order.toReversed() };
}

export function sampleContainer(name: KindName): Uint8Array {
  return encodeContainer(anyKind(name), sampleRecords[name], sampleForm(name));
}

/** A key pair that the whole world knows. */
export const sampleKeyPair: KeyPair = new KeyPair(new Uint8Array(32).fill(0x42));
export const SAMPLE_KEY_ID = 'a-key';

/** A batch of validity packets as one object. */
export function sampleSingle(): Uint8Array {
  const packets = sampleContainer('validityPacket');
  const [fields] = sampleRecords.validityHeader;
  const header = { ...(fields as object), packetFileDigest: sha256(packets) };
  const signer = createBatchSigner({ keyId: SAMPLE_KEY_ID, keyPair: sampleKeyPair });
  const kind = records.validityHeader as unknown as RecordKind<typeof header>;
  return sealSingle(kind, { header, packets }, signer, sampleForm('batchSignature'));
}

/**
 * Packets as another writer has them: no codec, `doc` and aliases in the schema, fields in another
 * order, one that we don't know, an int where we have a long, two blocks.
 */
export function foreignPackets(): Uint8Array {
  const schema = JSON.stringify({
    doc: 'One contribution.',
    fields: [
      { default: 0, doc: 'The point r.', name: 'r_pit', type: 'int' },
      { name: 'tags', type: { items: ['null', 'string'], type: 'array' } },
      { name: 'encryption_key_id', order: 'ignore', type: ['string', 'null'] },
      { name: 'counts', type: { type: 'map', values: 'long' } },
      { name: 'uuid', type: { 'avro.java.string': 'String', type: 'string' } },
      { name: 'encrypted_payload', type: 'bytes' },
      { default: null, name: 'version_configuration', type: ['null', 'string'] },
      { name: 'device_nonce', type: 'null-or-bytes' },
    ],
    name: 'PrioDataSharePacket',
    namespace: 'org.abetterinternet.prio.v1',
    type: 'record',
  }).replace('"null-or-bytes"', '["null","bytes"]');
  const record = (uuid: string) =>
    concat(
      varint(77),
      // An array in a block of negative count, which gives its size: null, then "é".
      concat(varint(-2), varint(5), varint(0), varint(1), text('é'), varint(0)),
      concat(varint(0), text('key')),
      concat(varint(1), text('n'), varint(2n ** 62n), varint(0)),
      text(uuid),
      blob(bytes(20)),
      varint(0),
      concat(varint(1), blob(bytes(3))),
    );
  return forge({
    metadata: [
      ['avro.schema', schema],
      ['writer', 'another'],
    ],
    blocks: UUIDS.map((uuid) => ({ count: 1, data: record(uuid) })),
  });
}

/** The golden files that the facilitator wrote; none without the published vectors. */
export function publishedContainers(): readonly Uint8Array[] {
  if (vectorsDir === undefined) return [];
  const { golden } = readVector<{
    readonly golden: Readonly<Record<string, readonly { readonly ocf_hex: string }[]>>;
  }>('enpa/avro_golden.json');
  const files = Object.values(golden).flat();
  return files.map(({ ocf_hex: hex }) => new Uint8Array(Buffer.from(hex, 'hex')));
}
