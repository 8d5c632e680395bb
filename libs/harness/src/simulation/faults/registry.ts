/** Which code does which fault of the catalogue. One file a section. */

import type { Inject } from '../fault.ts';
import { clientProofFaults } from './client-proofs.ts';
import { clientUploadFaults } from './client-uploads.ts';
import { clientValueFaults } from './client-values.ts';
import { deviceSecretFaults } from './device-secrets.ts';
import { deviceFaults } from './devices.ts';
import { networkByteFaults } from './network-bytes.ts';
import { networkLoadFaults } from './network-load.ts';
import { networkFaults } from './network.ts';

export const faultCode: ReadonlyMap<string, Inject> = new Map(
  Object.entries({
    ...networkFaults,
    ...networkByteFaults,
    ...networkLoadFaults,
    ...deviceFaults,
    ...deviceSecretFaults,
    ...clientUploadFaults,
    ...clientValueFaults,
    ...clientProofFaults,
  }),
);
