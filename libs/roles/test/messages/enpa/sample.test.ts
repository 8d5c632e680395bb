/** The facilitator's deterministic sample. */

import { readVector, vectorsDir } from '@priolab/vectors';
import { describe, expect, test } from 'vitest';
import {
  sampleConstants,
  sampleSum,
  sampleVector,
  sampleVectors,
} from '../../../src/messages/enpa/index.ts';

const ZERO = '00000000-0000-0000-0000-000000000000';
/** Ten packets of ten bins: their sum, the one of the derived vectors. */
const SUM = [6, 7, 7, 7, 5, 4, 3, 3, 6, 6];

describe.skipIf(vectorsDir === undefined)('vectors', () => {
  test('ten packets of the batch with uuid zero', () => {
    const { sample_generator_zero_uuid: row } = readVector<{
      sample_generator_zero_uuid: { batch_uuid: string; dimension: number; packets: number[][] };
    }>('enpa/derived_expectations.json');
    const { batch_uuid: batchUuid, dimension, packets } = row;
    const found = sampleVectors(batchUuid, packets.length, dimension);
    expect(found.map((vector) => [...vector])).toEqual(packets);
    const sum = packets.reduce((a, b) => a.map((value, bin) => value + b[bin]!));
    expect(sampleSum(batchUuid, packets.length, dimension)).toEqual(sum);
    expect(sum).toEqual(SUM);
  });

  test('constants', () => {
    const { constants } = readVector<{ constants: Record<string, unknown> }>(
      'enpa/sample_generator.json',
    );
    expect({
      r_pit: sampleConstants.rPit,
      'pha encryption_key_id': sampleConstants.encryptionKeyIds[0],
      'facilitator encryption_key_id': sampleConstants.encryptionKeyIds[1],
      version_configuration: sampleConstants.versionConfiguration,
      device_nonce: sampleConstants.deviceNonce,
      number_of_servers: sampleConstants.numberOfServers,
      hamming_weight: sampleConstants.hammingWeight,
    }).toEqual(constants);
  });
});

test('the sum of ten packets of ten bins', () => expect(sampleSum(ZERO, 10, 10)).toEqual(SUM));

test.each([
  ['no uuid', 0, 10],
  [ZERO, -1, 10],
  [ZERO, 0.5, 10],
  [ZERO, 0, 0],
  [ZERO, 0, 257],
])('refuses uuid %s, index %d, dimension %d', (uuid, index, dimension) => {
  expect(() => sampleVector(uuid, index, dimension)).toThrow(
    expect.objectContaining({ code: 'wrong-value' }),
  );
});
