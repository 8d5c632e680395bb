/**
 * Where a fault is: the names of all that a scenario's deployment has, and whether a name, or what
 * a device or a batch belongs to, is at a fault's place. The checks of a scenario and the
 * simulation go by the same two.
 */

import { storeNames } from '@priolab/nodes';
import type { ProcessorRole, Vendor } from '@priolab/roles';

import type { Scenario } from '../scenario/scenario.ts';
import type { Parts } from '../scenario/valid-parts.ts';
import { EVERYWHERE } from './fault.ts';
import type { FaultPlace } from './fault.ts';

type ScenarioParts = Parts<Scenario>;

export const VENDORS: readonly Vendor[] = ['apple', 'google'];
const ROLES: readonly ProcessorRole[] = ['leader', 'helper'];

export const machineNames = {
  front: (vendor: Vendor, replica: number) => `ingestion/${vendor}/${replica}`,
  batcher: (vendor: Vendor) => `ingestion/${vendor}/batcher`,
  processor: (role: ProcessorRole) => `processor/${role}`,
  portal: 'portal',
} as const;

/** Where the phones of a vendor send from. */
export function phoneName(vendor: Vendor): string {
  return `phone/${vendor}`;
}

export function linkName({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from}->${to}`;
}

/** Whether something of this name is at a place of this kind. */
export function isNameAt(place: FaultPlace, at: string, name: string): boolean {
  if (at === EVERYWHERE) return true;
  switch (place) {
    case 'processor':
      return name === at || name === `processor/${at}`;
    case 'vendor':
    case 'source':
      return name === at;
    case 'store':
      return name.startsWith(at);
    default:
      return name.includes(at);
  }
}

/** Whose a device or a batch is. */
export interface Source {
  readonly state: string;
  readonly vendor: string;
}

/** Whether a device or a batch is at a vendor or a state. */
export function isSourceAt(at: string, { state, vendor }: Source): boolean {
  return [vendor, state].some((name) => isNameAt('source', at, name));
}

/** Names of what a scenario's deployment has, of a kind of places; undefined: it can't be told. */
export function namesOf(
  place: FaultPlace,
  { population, services }: ScenarioParts,
): readonly string[] | undefined {
  const vendors = vendorsOf(population?.vendors);
  const replicas = services?.ingestion?.replicas;
  const fronts =
    replicas === undefined
      ? undefined
      : vendors.flatMap((vendor) =>
          Array.from({ length: replicas }, (_, i) => machineNames.front(vendor, i)),
        );
  const ingestors = fronts && [...fronts, ...vendors.map(machineNames.batcher)];
  const processors = ROLES.map(machineNames.processor);
  switch (place) {
    case 'processor':
      return processors;
    case 'vendor':
      return vendors;
    case 'source': {
      const states = stateNames(population);
      return states && [...vendors, ...states];
    }
    case 'front':
      return fronts;
    case 'ingestor':
      return ingestors;
    case 'machine':
      return ingestors && [...ingestors, ...processors, machineNames.portal];
    case 'link':
      return fronts?.map((to) => linkName({ from: phoneName(vendorOf(to)), to }));
    case 'store':
      return [
        ...vendors.flatMap((vendor) => [storeNames.inbox(vendor), storeNames.announced(vendor)]),
        ...ROLES.flatMap((role) => [
          storeNames.ingestion(role),
          storeNames.validity(role),
          storeNames.state(role),
        ]),
        storeNames.portal,
        storeNames.audit,
        storeNames.results,
      ];
  }
}

function vendorOf(front: string): Vendor {
  return VENDORS.find((vendor) => front.split('/')[1] === vendor)!;
}

/** Vendors whose devices take part. */
function vendorsOf(weights: NonNullable<ScenarioParts['population']>['vendors']): Vendor[] {
  return VENDORS.filter((vendor) => weights?.[vendor] !== 0);
}

/** Undefined where they can't be read. */
export function stateNames(population: ScenarioParts['population']): string[] | undefined {
  const states = population?.states;
  if (states === undefined) return undefined;
  const names = Array.isArray(states) ? (states as unknown[]) : Object.keys(states);
  const known = names.filter((name): name is string => typeof name === 'string');
  return known.length === names.length ? known : undefined;
}
