/** Which code does which fault of the catalogue. One file a section. */

import type { Inject } from '../fault.ts';
import { combinerFaults } from './combiner.ts';
import { compositeFaults } from './composite.ts';
import { maliciousSumFaults } from './malicious-sums.ts';
import { maliciousVerificationFaults } from './malicious-verification.ts';
import { networkFaults } from './network.ts';
import { processorFaults } from './processors.ts';

export const faultCode: ReadonlyMap<string, Inject> = new Map(
  Object.entries({
    ...networkFaults,
    ...processorFaults,
    ...maliciousSumFaults,
    ...maliciousVerificationFaults,
    ...combinerFaults,
    ...compositeFaults,
  }),
);
