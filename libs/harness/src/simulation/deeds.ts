/**
 * What devices do to their own reports, as faults of a simulated run: the tampering device of the
 * wall clock does them, at the time and in the dose that the scenario's `nemesis` says. Each of a
 * scenario's deeds is one entry in its list of adversaries.
 */

import { adversaries as catalogue, adversaryIds } from '../adversary/catalogue.ts';
import type { AdversaryId } from '../adversary/catalogue.ts';
import type { DeedOccasions } from '../adversary/tampering.ts';
import { isSourceAt } from '../faults/places.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Beginnings } from './beginnings.ts';
import type { Strike } from './fault.ts';
import type { NemesisItem } from './settings.ts';

/** Whether a fault is done by the tampering device: an attack on one's own report. */
export function isDeed(id: string): id is AdversaryId {
  return id.startsWith('cli.') && (adversaryIds as readonly string[]).includes(id);
}

/**
 * The scenario with those of its faults that a device does to its own report as adversaries, after
 * its own. Those of the network, which has a code of its own in simulated time, are left to it.
 */
export function withDeeds<One extends Scenario>(scenario: One): One {
  const deeds = scenario.nemesis
    .filter(({ id }) => isDeed(id))
    .map(({ id, p }) => ({ id: id as AdversaryId, share: p ?? 1 }));
  return { ...scenario, adversaries: [...scenario.adversaries, ...deeds] };
}

/** For each adversary of a scenario `withDeeds` its index in `nemesis`; -1 for its own ones. */
export function deedItems({ adversaries }: Scenario, nemesis: readonly NemesisItem[]): number[] {
  const items = nemesis.flatMap(({ id }, index) => (isDeed(id) ? [index] : []));
  return [...adversaries.slice(items.length).map(() => -1), ...items];
}

/** When devices may do what the scenario asks of them: in its time, and until its dose is spent. */
export function createDeedOccasions(options: {
  readonly scenario: Scenario;
  readonly nemesis: readonly NemesisItem[];
  readonly beginnings: Beginnings;
}): DeedOccasions {
  const { scenario, nemesis, beginnings } = options;
  const itemOf = deedItems(scenario, nemesis);
  const done = itemOf.map(() => 0);
  return {
    isOn(adversary, timeMs, task) {
      const item = nemesis[itemOf[adversary]!];
      if (item === undefined) return true;
      if (!isSourceAt(item.place, task)) return false;
      return beginnings.isOn(itemOf[adversary]!, timeMs);
    },
    take(adversary) {
      done[adversary]! += 1;
      return done[adversary]! <= (nemesis[itemOf[adversary]!]?.dose ?? Infinity);
    },
  };
}

/** A report whose phone broke the protocol, and what may become of it. */
export function strikeOfDeed(id: AdversaryId, report: number) {
  const allowed = allowedOf(id);
  return { what: `report ${report}`, reports: [report], allowed } satisfies Strike;
}

function allowedOf(id: AdversaryId): readonly string[] {
  const { refusedAs, soundness } = catalogue[id];
  if (refusedAs.length === 0) return ['accepted'];
  // `noforge` holds escapes to the soundness bound; here one is no fault of the system.
  return soundness ? [...refusedAs, 'accepted'] : refusedAs;
}
