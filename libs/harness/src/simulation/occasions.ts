/**
 * When a fault strikes: its time, its dose, its coin; and the record that it did. Every draw is by
 * the name of the occasion, never by the order of calls, so that nothing shifts when something is
 * added.
 */

import type { SeedBranch } from '@priolab/crypto';

import type { Beginnings } from './beginnings.ts';
import type { FaultContext } from './fault.ts';
import type { Journal } from './journal.ts';
import type { NemesisItem } from './settings.ts';
import type { Strikes } from './strikes.ts';

export function createOccasions(options: {
  readonly item: NemesisItem;
  readonly index: number;
  /** Of its branch of randomness, among all faults of the run. */
  readonly name: string;
  readonly timeline: { nowMs(): number };
  /** The branch to draw from now. */
  readonly randomness: () => SeedBranch;
  readonly beginnings: Beginnings;
  readonly strikes: Strikes;
  readonly journal: Journal;
}): Pick<
  FaultContext,
  'beginsMs' | 'whenItBegins' | 'isOn' | 'chooses' | 'draw' | 'strike' | 'alsoAllow' | 'alsoAllowIn'
> {
  const { item, index, name, timeline, randomness, beginnings, strikes, journal } = options;
  const coinsOf = new Map<SeedBranch, SeedBranch>();
  const coins = (): SeedBranch => {
    const branch = randomness();
    const known = coinsOf.get(branch) ?? branch.child('coins', name);
    coinsOf.set(branch, known);
    return known;
  };
  const isOn = (atMs = timeline.nowMs()): boolean => beginnings.isOn(index, atMs);
  const draw = (key: string): number => {
    const bytes = coins().child(key.replaceAll('/', '|')).bytes(0, 16);
    return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
  };
  return {
    beginsMs: () => beginnings.beginsMs(index),
    whenItBegins: (act) => beginnings.whenItBegins(index, act),
    isOn,
    draw,
    chooses: (key, atMs) =>
      isOn(atMs) &&
      strikes.fired[index]! < item.dose &&
      (item.p === 1 || draw(`chooses ${key}`) < item.p * 2 ** 32),
    alsoAllow: (report, allowed) => strikes.excuse(report, allowed, index),
    alsoAllowIn: (window, allowed) => strikes.excuseWindow(window, allowed, index),
    strike(strike) {
      strikes.add(timeline.nowMs(), index, strike);
      journal.write(timeline.nowMs(), `fault ${item.id} ${strike.what}`);
    },
  };
}
