/** Which code does which fault of the catalogue. One file a section. */

import type { Inject } from '../fault.ts';
import { combinerFaults } from './combiner.ts';
import { compositeFaultCode } from './composite.ts';
import { clientProofFaults } from './client-proofs.ts';
import { clientUploadFaults } from './client-uploads.ts';
import { clientValueFaults } from './client-values.ts';
import { deviceSecretFaults } from './device-secrets.ts';
import { deviceFaults } from './devices.ts';
import { networkByteFaults } from './network-bytes.ts';
import { networkLoadFaults } from './network-load.ts';
import { clockFaults } from './clocks.ts';
import { keyFaults } from './keys.ts';
import { storageFaults } from './storage.ts';
import { batchFaults } from './ingestion-batches.ts';
import { crashFaults } from './ingestion-crashes.ts';
import { writeFaults } from './ingestion-writes.ts';
import { pointFaults } from './ingestion-points.ts';
import { maliciousSumFaults } from './malicious-sums.ts';
import { maliciousVerificationFaults } from './malicious-verification.ts';
import { networkFaults } from './network.ts';
import { processorVersionFaults } from './processor-versions.ts';
import { processorFaults } from './processors.ts';

export const faultCode: ReadonlyMap<string, Inject> = new Map(
  Object.entries({
    ...networkFaults,
    ...networkByteFaults,
    ...networkLoadFaults,
    ...processorFaults,
    ...processorVersionFaults,
    ...combinerFaults,
    ...compositeFaultCode,
    ...batchFaults,
    ...pointFaults,
    ...writeFaults,
    ...crashFaults,
    ...deviceFaults,
    ...deviceSecretFaults,
    ...clientUploadFaults,
    ...clientProofFaults,
    ...clientValueFaults,
    ...keyFaults,
    ...clockFaults,
    ...storageFaults,
    ...maliciousSumFaults,
    ...maliciousVerificationFaults,
    ...combinerFaults,
  }),
);
