/** Which code does which fault of the catalogue. One file a section. */

import type { Inject } from '../fault.ts';
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
  }),
);
