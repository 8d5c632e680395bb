/**
 * What a processor reads from its peer beside ENPA's records, for `npm run fuzz:decoders`: the form
 * is that of the table of decoders in `libs/roles/fuzz`, which apps can't import.
 */

import { EnpaError } from '@priolab/roles/enpa';

import { decodeWindowSet, encodeWindowSet } from '../src/service/agreement.ts';

const WINDOW = { instance: 'us-wa-apple', aggregation: 'kittens-seen', startMs: 1_638_345_600_000 };
const BATCH = '3f1c2a8e-0f5c-4c5e-9d35-6f6f0e5b1a11';
const REPORT = '7d2f6b3a-11aa-4d0e-8a77-0c3b5f1e2d22';

export const processorDecoders = [
  {
    name: 'window-set',
    seeds: [
      encodeWindowSet(WINDOW, { batches: [BATCH], repeated: [`${BATCH} ${REPORT}`] }),
      encodeWindowSet(WINDOW, { batches: [], repeated: [] }),
    ],
    decode: (bytes: Uint8Array): { value: unknown } => ({
      value: decodeWindowSet('a set', bytes, WINDOW),
    }),
    codeOf: (error: unknown): string | undefined =>
      error instanceof EnpaError ? error.code : undefined,
  },
];
