/**
 * What the catalogue says of a fault or an attack: data only, from which the language's checks, the
 * explanations and the cards are made. What a fault does is written where the faults are built.
 */

import type { OracleId } from '../expectations/oracles.ts';
import type { FaultReason } from './reasons.ts';

/**
 * What must come of a fault. `detect`: it is noticed and named. `recover`: no effect on results.
 * `accept`: a bounded, labelled loss. `prevent`: it can't happen. `limit`: two-server Prio can't
 * prevent it; it is measured and disclosed.
 */
export const requiredOutcomes = ['detect', 'recover', 'accept', 'prevent', 'limit'] as const;
export type RequiredOutcome = (typeof requiredOutcomes)[number];

/** A parameter of a fault, with its default and what it may be. */
export type FaultParam = {
  readonly about: string;
  /** Values of other parameters with which alone it has an effect: refused with any other. */
  readonly when?: Readonly<Record<string, string>>;
} & (
  | { readonly kind: 'rate'; readonly default: number }
  | { readonly kind: 'count'; readonly default: number; readonly range: readonly [number, number] }
  | { readonly kind: 'number'; readonly default: number; readonly range: readonly [number, number] }
  | { readonly kind: 'duration'; readonly default: string }
  | { readonly kind: 'word'; readonly default: string; readonly range: readonly string[] }
  | { readonly kind: 'flag'; readonly default: boolean }
);

/** What a scenario must have for the fault to mean anything. */
export interface FaultNeeds {
  /** Ingestion replicas, at least. */
  readonly replicas?: number;
  /** Workers of each processor, at least. */
  readonly workers?: number;
  /** Days, at least. */
  readonly days?: number;
  /** States, at least. */
  readonly states?: number;
  /** Keys that are replaced during the run (`services.keys.rotateEvery`). */
  readonly rotation?: true;
  /** A state without ENPA on some day (`population.enabled`). */
  readonly withoutEnpa?: true;
}

/** What a scenario may name as a fault's `at`, each with what is said of it. */
export const faultPlaces = {
  processor: 'a processor: leader, helper, processor/leader or processor/helper',
  vendor: 'a vendor: apple or google',
  source: 'a vendor (apple, google) or a state of the population: whose devices or batches',
  machine: 'machines, by a part of their names, such as ingestion/apple',
  ingestor: 'machines of ingestion servers, by a part of their names, such as google/batcher',
  front: 'upload servers, by a part of their names, such as ingestion/apple/0',
  link: 'links, by a part of their names "<from>-><to>", such as "->ingestion/apple/0"',
  store: 'stores, by the beginning of their names, such as ingestion-',
} as const;

export type FaultPlace = keyof typeof faultPlaces;

/** A place that is no place in particular. */
export const EVERYWHERE = '*';

/** What is struck where a fault is everywhere, by what `at` would name. */
const allOf: Readonly<Record<FaultPlace, string>> = {
  processor: 'both processors',
  vendor: 'both vendors',
  source: 'all states and vendors',
  machine: 'all machines',
  ingestor: 'all machines of ingestion servers',
  front: 'all upload servers',
  link: 'all links',
  store: 'all stores',
};

export interface Fault {
  /** One sentence: what happens. */
  readonly about: string;
  /** What must come of it; where several, any of them, in order of preference. */
  readonly outcome: readonly RequiredOutcome[];
  /** Why not what one would expect of such a fault: one sentence. */
  readonly outcomeBecause?: string;
  /** What `at` names; left out: it strikes no place of its own, and `at` is refused. */
  readonly at?: FaultPlace;
  /** Where it strikes if a scenario does not say `at`; left out: everywhere. */
  readonly atDefault?: string;
  /**
   * It strikes by its parameters and its time alone, so that `p` and `dose` are refused: always, or
   * with these values of its parameters.
   */
  readonly unconditional?: true | Readonly<Record<string, string>>;
  /** Oracles that see whether it did. */
  readonly checkers: readonly OracleId[];
  /**
   * Codes under which a report, batch or sum, or a copy of one, is refused because of it: all of
   * them, since its strikes may allow no others (`simulation/strikes.ts`).
   */
  readonly reasons?: readonly FaultReason[];
  /** What is measured of it: all of it, too. `outcome` may set limits to these. */
  readonly measures?: readonly string[];
  readonly needs?: FaultNeeds;
  readonly params?: Readonly<Record<string, FaultParam>>;
}

/** Where a fault strikes, by a scenario's `at` or by default. */
export function placeOf({ atDefault = EVERYWHERE }: Fault, at: string | undefined): string {
  return at ?? atDefault;
}

/** What a scenario may name as its place, and what holds without; undefined: it has no place. */
export function placeTextOf({ at, atDefault = EVERYWHERE }: Fault): string | undefined {
  if (at === undefined) return undefined;
  const byDefault = atDefault === EVERYWHERE ? allOf[at] : atDefault;
  return `${faultPlaces[at]}; left out: ${byDefault}`;
}

/** How a fault strikes that knows neither coin nor dose; undefined for all others. */
export function chanceOf({ unconditional }: Fault): string | undefined {
  if (unconditional === undefined) return undefined;
  const when = Object.entries(unconditional === true ? {} : unconditional);
  const only = when.map(([name, value]) => `, where ${name} is ${value}`);
  return `by its parameters and its time alone${only.join('')}`;
}

/** Types one section of the catalogue. */
export function defineFaults<Id extends string>(
  faults: Readonly<Record<Id, Fault>>,
): Readonly<Record<Id, Fault>> {
  return faults;
}

/** Parameter makers, so that a section reads as a table. */
export const param = {
  rate: (about: string, byDefault: number): FaultParam => ({
    kind: 'rate',
    about,
    default: byDefault,
  }),
  count: (about: string, byDefault: number, range: readonly [number, number]): FaultParam => ({
    kind: 'count',
    about,
    default: byDefault,
    range,
  }),
  number: (about: string, byDefault: number, range: readonly [number, number]): FaultParam => ({
    kind: 'number',
    about,
    default: byDefault,
    range,
  }),
  duration: (about: string, byDefault: string): FaultParam => ({
    kind: 'duration',
    about,
    default: byDefault,
  }),
  word: (about: string, range: readonly [string, ...string[]]): FaultParam => ({
    kind: 'word',
    about,
    default: range[0],
    range,
  }),
  flag: (about: string, byDefault: boolean): FaultParam => ({
    kind: 'flag',
    about,
    default: byDefault,
  }),
};

/** A parameter that has an effect only where others have these values. */
export function onlyWhen(when: Readonly<Record<string, string>>, one: FaultParam): FaultParam {
  return { ...one, when };
}
