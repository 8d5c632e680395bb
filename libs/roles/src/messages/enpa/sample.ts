/**
 * The deterministic sample of the facilitator (`generate-ingestion-sample`): what each packet of a
 * test batch holds follows from the batch's uuid and the packet's index alone, so that both ends of
 * a system know the sum that must come out.
 * Source: prio-server facilitator/src/sample.rs.
 */

import { fromHex, sha512Truncated } from '@priolab/crypto';
import { EnpaError } from './errors.ts';
import { isUuid } from './records.ts';

/** What the sample's packets have beside the data; header times are in seconds. */
export const sampleConstants = Object.freeze({
  rPit: 998_314_904,
  /** Of packets for the first server, and for the facilitator. */
  encryptionKeyIds: Object.freeze(['pha-fake-key-1', null] as const),
  versionConfiguration: 'config-1',
  deviceNonce: null,
  numberOfServers: 2,
  hammingWeight: null,
});

/** The bits of one digest. */
const DIMENSION_MAX = 256;

/**
 * The 0/1 vector of packet `index`: bit j is bit j, from the most significant one, of
 * SHA-512/256(uuid as 16 bytes || index as 64-bit big-endian).
 * @throws EnpaError `wrong-value` unless `dimension` is 1 to 256 and `index` a whole number
 */
export function sampleVector(batchUuid: string, index: number, dimension: number): Uint8Array {
  const isDimension = Number.isInteger(dimension) && dimension >= 1 && dimension <= DIMENSION_MAX;
  if (!isDimension || !Number.isSafeInteger(index) || index < 0 || !isUuid(batchUuid)) {
    throw new EnpaError('wrong-value', `expected a uuid, an index, 1 to ${DIMENSION_MAX} bins`);
  }
  const input = Buffer.alloc(24);
  input.set(fromHex(batchUuid.replaceAll('-', '')));
  input.writeBigUInt64BE(BigInt(index), 16);
  const digest = sha512Truncated(input);
  return Uint8Array.from({ length: dimension }, (_, j) => (digest[j >> 3]! >> (7 - (j & 7))) & 1);
}

/** The vectors of packets 0 to `count` - 1. */
export function sampleVectors(batchUuid: string, count: number, dimension: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => sampleVector(batchUuid, index, dimension));
}

/** Their sum, bin by bin: what a run over the batch must give. */
export function sampleSum(batchUuid: string, count: number, dimension: number): number[] {
  const sum = Array.from({ length: dimension }, () => 0);
  for (let index = 0; index < count; index++) {
    for (const [j, bit] of sampleVector(batchUuid, index, dimension).entries()) sum[j]! += bit;
  }
  return sum;
}
