/** A slice of `npm run fuzz:decoders`, another with each commit; and that the fuzzer can fail. */

import { expect, test } from 'vitest';
import { EnpaError } from '../../../src/messages/enpa/index.ts';
import { fuzzDecoders } from '../../../fuzz/fuzz-decoders.ts';
import { decoders as wireDecoders } from '../../../fuzz/decoders.ts';
import type { Decoder } from '../../../fuzz/decoders.ts';
import { manifestFuzzDecoders } from '../../../fuzz/manifest-decoders.ts';

const CASES = 2000;

test('damaged files end in values within bounds or in typed errors', () => {
  const seed = process.env['PRIOLAB_SLICE'] ?? '1';
  const decoders = [...wireDecoders, ...manifestFuzzDecoders];
  const { findings, decoded, errorsByCode } = fuzzDecoders({ cases: CASES, seed, decoders });
  expect(findings).toEqual([]);
  // Damage that never got past the first check, or none at all, would show nothing.
  expect(decoded).toBeGreaterThan(CASES / 20);
  expect(Object.keys(errorsByCode)).toEqual(
    expect.arrayContaining(['avro', 'schema', 'task', 'manifest']),
  );
});

const broken = (decode: Decoder['decode']): readonly Decoder[] => [
  {
    name: 'broken',
    seeds: [new TextEncoder().encode('something')],
    decode,
    codeOf: (error) => (error instanceof EnpaError ? error.code : undefined),
  },
];

test.each<readonly [string, Decoder['decode']]>([
  [
    'it throws TypeError: oops',
    () => {
      throw new TypeError('oops');
    },
  ],
  ['it makes', (bytes) => ({ value: new Uint8Array(200 * bytes.length + 5000) })],
  ['it takes', (bytes) => ({ value: 1, steps: 1001 + 65 * bytes.length })],
])('a decoder is found out: %s', (message, decode) => {
  const { findings } = fuzzDecoders({ cases: 3, seed: '1', decoders: broken(decode) });
  expect(findings.map((finding) => finding.message)).toEqual(
    Array.from({ length: 3 }, () => expect.stringContaining(message) as string),
  );
  const [, second] = findings;
  const again = { cases: 1, first: 1, seed: '1', decoders: broken(decode) };
  expect(fuzzDecoders(again).findings).toEqual([second]);
});

test('so is one that is slow', () => {
  let cpuMs = 0;
  const decoders = broken(() => {
    cpuMs += 3000;
    return { value: 1 };
  });
  const { findings } = fuzzDecoders({ cases: 1, seed: '1', decoders, cpuMs: () => cpuMs });
  expect(findings).toHaveLength(1);
});
