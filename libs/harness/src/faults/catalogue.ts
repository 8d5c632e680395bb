/**
 * Every fault and attack that a scenario's `nemesis` may name. Ids are stable and must not be
 * renamed. Data only; one file a section under `catalogue/`.
 */

import { clientFaults } from './catalogue/clients.ts';
import { combinerFaults } from './catalogue/combiner.ts';
import { compositeFaults } from './catalogue/composite.ts';
import { deviceFaults } from './catalogue/devices.ts';
import { ingestionFaults } from './catalogue/ingestion.ts';
import { clockFaults, keyFaults, storageFaults } from './catalogue/keys-clocks-storage.ts';
import { maliciousFaults } from './catalogue/malicious.ts';
import { networkFaults } from './catalogue/network.ts';
import { processorFaults } from './catalogue/processors.ts';
import type { Fault } from './fault.ts';

/** Sections in the order in which they are shown. */
export const faultSections = [
  { title: 'Devices', faults: deviceFaults },
  { title: 'Network', faults: networkFaults },
  { title: 'Ingestion servers', faults: ingestionFaults },
  { title: 'Processors, honest', faults: processorFaults },
  { title: 'Processors, malicious', faults: maliciousFaults },
  { title: 'Combiner and publication', faults: combinerFaults },
  { title: 'Keys', faults: keyFaults },
  { title: 'Clocks', faults: clockFaults },
  { title: 'Storage', faults: storageFaults },
  { title: 'Adversarial clients', faults: clientFaults },
  { title: 'Composite nemeses', faults: compositeFaults },
] as const;

const registry = {
  ...deviceFaults,
  ...networkFaults,
  ...ingestionFaults,
  ...processorFaults,
  ...maliciousFaults,
  ...combinerFaults,
  ...keyFaults,
  ...clockFaults,
  ...storageFaults,
  ...clientFaults,
  ...compositeFaults,
};

export type FaultId = keyof typeof registry;

export const faults: Readonly<Record<FaultId, Fault>> = registry;

export const faultIds = Object.keys(registry) as [FaultId, ...FaultId[]];

const noQueries =
  'there are no queries: each window of each task is published once, and nobody asks for another';
const noServerNoise =
  'the processors add no noise: all of it comes from the devices (local differential privacy)';

/** Ids of the vocabulary that this system can't express, with the reason. */
export const outOfReach: Readonly<Record<string, string>> = {
  'qry.small_batch': noQueries,
  'qry.difference': noQueries,
  'qry.complement': noQueries,
  'qry.repeat': noQueries,
  'qry.budget_over': noQueries,
  'qry.budget_race': noQueries,
  'qry.budget_crash': noQueries,
  'qry.intersect': noQueries,
  'qry.sybil_isolate': noQueries,
  'mal.noise_zero': noServerNoise,
  'mal.noise_huge': noServerNoise,
};
