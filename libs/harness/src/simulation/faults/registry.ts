/** Which code does which fault of the catalogue. One file a section. */

import { adversaryIds } from '../../adversary/catalogue.ts';
import type { Inject } from '../fault.ts';
import { combinerFaultCode } from './combiner.ts';
import { compositeFaultCode } from './composite.ts';
import { maliciousFaultCode } from './malicious.ts';
import { networkByteFaults } from './network-bytes.ts';
import { networkLoadFaults } from './network-load.ts';
import { networkFaults } from './network.ts';
import { processorFaultCode } from './processors.ts';

/** Done by the device that cheats, on both clocks (`withDeeds`): nothing to put anywhere. */
const deedCode = Object.fromEntries(
  adversaryIds.filter((id) => id.startsWith('cli.')).map((id) => [id, (): void => {}]),
);

export const faultCode: ReadonlyMap<string, Inject> = new Map(
  Object.entries({
    ...deedCode,
    ...networkFaults,
    ...networkByteFaults,
    ...networkLoadFaults,
    ...processorFaultCode,
    ...maliciousFaultCode,
    ...combinerFaultCode,
    ...compositeFaultCode,
  }),
);
