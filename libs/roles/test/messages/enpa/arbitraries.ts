/** Any records of each of the seven kinds, for fast-check. */

import fc from 'fast-check';

import type { KindName } from '../../../fuzz/samples.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const uuid = fc.uuid();
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const long = fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 });
const int = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const parameters = {
  name: text,
  bins: int,
  epsilon: fc.double({ noNaN: true, noDefaultInfinity: true }),
  prime: long,
  numberOfServers: int,
  hammingWeight: orNull(int),
};

export const arbitraries: Readonly<Record<KindName, fc.Arbitrary<object>>> = {
  ingestionHeader: fc.record({
    batchUuid: uuid,
    ...parameters,
    batchStartTime: long,
    batchEndTime: long,
    packetFileDigest: bytes,
  }),
  dataSharePacket: fc.record({
    uuid,
    encryptedPayload: bytes,
    encryptionKeyId: orNull(text),
    rPit: u32,
    versionConfiguration: orNull(text),
    deviceNonce: orNull(bytes),
  }),
  validityHeader: fc.record({ batchUuid: uuid, ...parameters, packetFileDigest: bytes }),
  validityPacket: fc.record({ uuid, fR: u32, gR: u32, hR: u32 }),
  sumPart: fc.record({
    batchUuids: fc.array(uuid),
    ...parameters,
    sum: fc.array(long),
    aggregationStartTime: long,
    aggregationEndTime: long,
    packetFileDigest: bytes,
    totalIndividualClients: long,
  }),
  invalidPacket: fc.record({ uuid }),
  batchSignature: fc.record({
    batchHeaderSignature: bytes,
    keyIdentifier: text,
    batchHeader: orNull(bytes),
    packets: orNull(bytes),
  }),
};

/** Records as fast-check makes them have no prototype. */
export const own = (items: readonly object[]) => items.map((item) => ({ ...item }));
