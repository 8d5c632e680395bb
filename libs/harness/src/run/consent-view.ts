/**
 * The oracle's own view of who may send: worked out device by device from the scenario's words and
 * the raw draws. It must not use the code that chooses senders (`population/participation.ts`,
 * `population/consent.ts`, `population/enabled-days.ts`): it is there to see that wrong. What the
 * two share is the meaning of a draw, which both write out.
 *
 * A failure: something sent of a state whose authority has not enabled ENPA on that day, or by a
 * phone whose user has withdrawn consent. Not a failure: what was sent before that moment.
 */

import type { SeedBranch } from '@priolab/crypto';
import type { Vendor } from '@priolab/roles';

import { cellSettings } from '../scenario/cell-settings.ts';
import type { Scenario } from '../scenario/scenario.ts';

const DAY_MS = 86_400_000;
const ITEM_SIZE = 16;
const EXAMPLES = 5;

/** A device, by the cell that it is of. */
export interface Phone {
  readonly state: string;
  readonly vendor: Vendor;
  readonly device: number;
}

/** Devices of a cell on one day of the run, from the first that sends to the last. */
export interface Stretch {
  readonly cell: { readonly state: { readonly id: string }; readonly vendor: Vendor };
  readonly day: number;
  readonly firstDevice: number;
  readonly deviceSpan: number;
}

export interface ConsentView {
  /** @param day of the run, from 0 */
  isEnabled(state: string, day: number): boolean;
  /** @param timeMs since the start of the run */
  hasConsent(phone: Phone, timeMs: number): boolean;
  /**
   * Phones that take part and are without consent for a part of the day at least. What is known of
   * other devices is forgotten.
   */
  countWithdrawn(stretch: Stretch): number;
}

/** Undefined where the scenario says nothing of who may send: then all may. */
export function createConsentView(
  scenario: Scenario,
  seedTree: SeedBranch,
): ConsentView | undefined {
  const { enabled, consent } = scenario.population;
  if (enabled === undefined && consent === undefined) return undefined;
  const daysOf = new Map<string, SeedBranch>();
  const changesOf = new Map<string, { readonly ms: number[]; days: number }>();

  const drawsOf = ({ state, vendor }: Omit<Phone, 'device'>, name: string): SeedBranch => {
    const key = `${state}/${vendor}/device/${name}`;
    const branch = daysOf.get(key) ?? seedTree.child(...key.split('/'));
    daysOf.set(key, branch);
    return branch;
  };

  /** The moments at which consent changes, up to the end of a day: withdrawn, given, withdrawn. */
  const changes = (phone: Phone, untilDay: number): readonly number[] => {
    const key = `${phone.state}/${phone.vendor}/${phone.device}`;
    const known = changesOf.get(key) ?? { ms: [], days: 0 };
    changesOf.set(key, known);
    for (; known.days <= untilDay; known.days++) {
      const { days: day, ms } = known;
      const item = drawsOf(phone, `day-${day}/consent`).bytes(phone.device, ITEM_SIZE);
      const [chance, moment] = wordsOf(item);
      const rate = ms.length % 2 === 0 ? consent!.withdrawPerDay : (consent!.returnPerDay ?? 0);
      if (chance / 2 ** 32 >= Math.round(rate * 2 ** 32) / 2 ** 32) continue;
      ms.push(day * DAY_MS + Math.floor((Math.floor(moment / 512) / 2 ** 23) * DAY_MS));
    }
    return known.ms;
  };

  const takesPart = (phone: Phone): boolean => {
    const [word] = wordsOf(drawsOf(phone, 'traits').bytes(phone.device, ITEM_SIZE));
    const { optIn } = cellSettings(scenario, phone.state, phone.vendor);
    return word < Math.round(optIn * 2 ** 32);
  };

  return {
    isEnabled(state, day) {
      const own = enabled?.[state as keyof typeof enabled] ?? true;
      if (typeof own === 'boolean') return own;
      return day >= (own.fromDay ?? -Infinity) && day < (own.untilDay ?? Infinity);
    },
    hasConsent(phone, timeMs) {
      if (consent === undefined) return true;
      const before = changes(phone, Math.floor(timeMs / DAY_MS)).filter((ms) => ms <= timeMs);
      return before.length % 2 === 0;
    },
    countWithdrawn({ cell, day, firstDevice, deviceSpan }) {
      changesOf.clear();
      if (consent === undefined) return 0;
      let count = 0;
      for (let i = 0; i < deviceSpan; i++) {
        const { vendor } = cell;
        const phone = { state: cell.state.id, vendor, device: firstDevice + i };
        if (!takesPart(phone)) continue;
        const ms = changes(phone, day);
        const atMidnight = ms.filter((one) => one < day * DAY_MS).length;
        // Without it at midnight, or from some moment of the day on.
        if (atMidnight % 2 === 1 || ms.length > atMidnight) count += 1;
      }
      return count;
    },
  };
}

function wordsOf(item: Uint8Array): readonly [number, number] {
  const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** What was seen of a run, or of a part of it. Plain data. */
export interface ConsentTally {
  /** Reports (in simulated time: each time that a phone sent one) that were looked at. */
  sent: number;
  /** Of these, by phones of an authority that had not enabled ENPA, or without consent. */
  whileDisabled: number;
  afterWithdrawal: number;
  /** Phones that take part and were without consent for a part of a day at least, by day. */
  withdrawnPhoneDays: number;
  readonly examples: string[];
}

export function emptyConsentTally(): ConsentTally {
  return { sent: 0, whileDisabled: 0, afterWithdrawal: 0, withdrawnPhoneDays: 0, examples: [] };
}

/** Looks at one report that a phone sends. @param timeMs since the start of the run */
export function lookAtSending(
  view: ConsentView,
  tally: ConsentTally,
  phone: Phone,
  timeMs: number,
): void {
  const day = Math.floor(timeMs / DAY_MS);
  tally.sent += 1;
  const isDisabled = !view.isEnabled(phone.state, day);
  const isWithdrawn = !view.hasConsent(phone, timeMs);
  if (isDisabled) tally.whileDisabled += 1;
  if (isWithdrawn) tally.afterWithdrawal += 1;
  if (!(isDisabled || isWithdrawn) || tally.examples.length >= EXAMPLES) return;
  const { state, vendor, device } = phone;
  tally.examples.push(`${state}/${vendor} device ${device} on day ${day}`);
}

/** Adds `from` into `into`. */
export function addConsentTally(into: ConsentTally, from: ConsentTally): void {
  into.sent += from.sent;
  into.whileDisabled += from.whileDisabled;
  into.afterWithdrawal += from.afterWithdrawal;
  into.withdrawnPhoneDays += from.withdrawnPhoneDays;
  into.examples.push(...from.examples.slice(0, EXAMPLES - into.examples.length));
}
