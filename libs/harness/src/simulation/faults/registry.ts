/** Which code does which fault of the catalogue. One file a section. */

import type { Inject } from '../fault.ts';
import { clockFaults } from './clocks.ts';
import { keyFaults } from './keys.ts';
import { storageFaults } from './storage.ts';
import { batchFaults } from './ingestion-batches.ts';
import { crashFaults } from './ingestion-crashes.ts';
import { writeFaults } from './ingestion-writes.ts';
import { pointFaults } from './ingestion-points.ts';
import { networkFaults } from './network.ts';

export const faultCode: ReadonlyMap<string, Inject> = new Map(
  Object.entries({
    ...networkFaults,
    ...batchFaults,
    ...pointFaults,
    ...writeFaults,
    ...crashFaults,
    ...keyFaults,
    ...clockFaults,
    ...storageFaults,
  }),
);
