/**
 * For each fault that has code, a small scenario in which it strikes and its required outcome is
 * asserted: what `priolab faults` runs and the fault cards show. Each is the same small deployment
 * with one fault; what differs from it is written here, one file a section.
 */

import type { PlainOracleId } from '../../expectations/oracles.ts';
import type { FaultId } from '../../faults/catalogue.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';
import { combinerDemonstrations } from './combiner-demonstrations.ts';
import { compositeDemonstrations } from './composite-demonstrations.ts';
import { maliciousDemonstrations } from './malicious-demonstrations.ts';
import { ingestionDemonstrations } from './ingestion-demonstrations.ts';
import { clientDemonstrations } from './client-demonstrations.ts';
import { deviceDemonstrations } from './device-demonstrations.ts';
import {
  clockDemonstrations,
  keyDemonstrations,
  storageDemonstrations,
} from './keys-clocks-storage-demonstrations.ts';
import { networkDemonstrations } from './network-demonstrations.ts';
import { processorDemonstrations } from './processor-demonstrations.ts';

/** What a demonstration changes of the small deployment. */
export interface Demonstration {
  readonly nemesis: NonNullable<ScenarioInput['nemesis']>;
  /** Devices that break the protocol beside the fault. */
  readonly adversaries?: ScenarioInput['adversaries'];
  readonly population?: Partial<ScenarioInput['population']>;
  readonly system?: Partial<ScenarioInput['system']>;
  readonly services?: ScenarioInput['services'];
  readonly phases?: ScenarioInput['phases'];
  readonly heal?: ScenarioInput['heal'];
  readonly liveness?: ScenarioInput['liveness'];
  /** Limits of what is measured of the fault. */
  readonly atMost?: Readonly<Record<string, number>>;
  /** Expectations beside those of every demonstration. */
  readonly expect?: ScenarioInput['expect'];
  /**
   * Oracles that the fault turns red: asked for as `{ id: 'detected', of, by }`, so that each is
   * red because of it. All others hold. A red one of these is no finding where the fault struck.
   */
  readonly reddens?: readonly PlainOracleId[];
}

export type Demonstrations = Readonly<Partial<Record<FaultId, Demonstration>>>;

export const demonstrations: Demonstrations = {
  ...networkDemonstrations,
  ...processorDemonstrations,
  ...maliciousDemonstrations,
  ...combinerDemonstrations,
  ...compositeDemonstrations,
  ...ingestionDemonstrations,
  ...deviceDemonstrations,
  ...clientDemonstrations,
  ...keyDemonstrations,
  ...clockDemonstrations,
  ...storageDemonstrations,
};

/** What must hold whatever happens, unless a demonstration says otherwise. */
const ALWAYS: readonly PlainOracleId[] = [
  'sum.exact',
  'count.exact',
  'conserve',
  'once',
  'sets.equal',
  'reason',
  'rand.safe',
  'blast',
  'live',
  'fresh',
  'idem',
  'leak.scan',
];

/** The whole scenario that demonstrates a fault; undefined where it has no code. */
export function demonstrationOf(id: FaultId): ScenarioInput | undefined {
  const demonstration = demonstrations[id];
  if (demonstration === undefined) return undefined;
  const { nemesis, population, system, services, expect = [] } = demonstration;
  const { phases, heal, liveness, adversaries, atMost, reddens = [] } = demonstration;
  return {
    id: `fault/${id.replace('.', '-').replaceAll('_', '-')}`,
    about: `A small deployment with the fault ${id}.`,
    clock: 'simulated',
    population: { reports: 120, days: 1, states: ['us-wa', 'us-md'], ...population },
    system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4, ...system },
    crypto: { crossCheck: false },
    services: { ...services, ingestion: { batchEvery: '4h', ...services?.ingestion } },
    nemesis,
    ...(adversaries === undefined ? {} : { adversaries }),
    ...(phases === undefined ? {} : { phases }),
    ...(heal === undefined ? {} : { heal }),
    ...(liveness === undefined ? {} : { liveness }),
    expect: [
      ...ALWAYS.filter((one) => !reddens.includes(one)),
      { id: 'outcome', of: id, ...(atMost === undefined ? {} : { atMost }) },
      ...reddens.map((by) => ({ id: 'detected', of: id, by }) as const),
      ...expect,
    ],
  };
}
