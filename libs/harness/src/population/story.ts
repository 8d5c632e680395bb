/**
 * What happened to each device: one story a device and day, which all its metrics tell alike.
 * A story is drawn from one item of 16 words, each at a fixed position and compared with whole
 * thresholds, so it depends on (seed, state, vendor, device, day) and on nothing drawn before.
 * A story over a fortnight reads the same words against the higher thresholds of 14 days: whatever
 * happened on the day itself then also happened in the fortnight. Rates are made up, except where
 * a source is named.
 */

import assert from 'node:assert/strict';
import { reportTypes } from '@priolab/roles';
import { thresholdOverDays } from './epidemic.ts';

/** Words of one story item: 0-8 are drawn on below, 9-15 are the contacts. */
export const storyWords = 16;

const word = {
  notification: 0,
  exposureClass: 1,
  delay: 2,
  interaction: 3,
  codeVerified: 4,
  keysUploaded: 5,
  reportType: 6,
  vaccination: 7,
  contactCount: 9,
  firstContact: 10,
} as const;

/** What a device did with its notification. */
export const interactions = { none: 0, opened: 1, dismissed: 2 } as const;

/** Most contacts in one story; each takes a word. */
export const contactsMax = storyWords - word.firstContact;

/** Stories of up to `capacity` devices, a column a fact; row i is the i-th device. */
export interface StoryBlock {
  /** Class of the notification shown in the window, 0 if none. */
  readonly notifiedClass: Uint8Array;
  /** Class of a notification in the 14 days up to the day, 0 if none. */
  readonly recentClass: Uint8Array;
  /** Whole days from the exposure to its notification, 0 to 13. */
  readonly delayDays: Uint8Array;
  readonly interaction: Uint8Array;
  readonly codeVerified: Uint8Array;
  /** 1 only if a code was verified. */
  readonly keysUploaded: Uint8Array;
  readonly reportType: Uint8Array;
  readonly vaccinated: Uint8Array;
  /** Exposures that the phone recorded; the contacts' words follow from the item. */
  readonly contactCount: Uint8Array;
}

/** Columns for `capacity` stories. */
export function storyBlock(capacity: number): StoryBlock {
  const column = (): Uint8Array => new Uint8Array(capacity);
  return Object.freeze({
    notifiedClass: column(),
    recentClass: column(),
    delayDays: column(),
    interaction: column(),
    codeVerified: column(),
    keysUploaded: column(),
    reportType: column(),
    vaccinated: column(),
    contactCount: column(),
  });
}

/** Chances that vary with the epidemic, as thresholds for 32-bit words. */
export interface StoryThresholds {
  readonly notified: number;
  readonly recentlyNotified: number;
  readonly codeVerified: number;
  readonly codeVerifiedIfNotified: number;
  readonly contact: number;
}

/**
 * Thresholds for a window that ends on a day of that intensity.
 *
 * @param intensity notifications per 65536 device-days
 * @param windowDays 1 for daily metrics, 14 for biweekly ones
 */
export function storyThresholds(intensity: number, windowDays: 1 | 14): StoryThresholds {
  return Object.freeze({
    notified: thresholdOverDays(intensity, windowDays),
    recentlyNotified: thresholdOverDays(intensity, 14),
    // One infected device reports for 16 notified ones; of the notified, 2 % a day report.
    codeVerified: thresholdOverDays(Math.max(1, intensity >> 4), windowDays),
    codeVerifiedIfNotified: thresholdOverDays(1311, windowDays),
    contact: thresholdOverDays(Math.min(32_768, 16 * intensity), windowDays),
  });
}

// Cumulative thresholds in 65536ths of the word's high half; the last outcome takes the rest.
const classSteps: readonly number[] = [26_214, 45_875, 58_982];
const delaySteps: readonly number[] = [
  1_311, 6_554, 15_729, 26_214, 36_045, 43_909, 50_463, 55_050, 58_327, 60_948, 62_914, 64_225,
  65_012,
];
// 74.1 % of notifications were viewed (APHA 2022, abstract 517789).
const openedBelow = 48_562;
const dismissedBelow = 58_982;
const keysUploadedBelow = 52_429;
const vaccinatedBelow = 43_254;
const reportTypeSteps: readonly (readonly [below: number, type: number])[] = [
  [54_000, reportTypes.confirmed],
  [58_000, reportTypes.clinical],
  [64_200, reportTypes.selfReport],
  [64_900, reportTypes.revoked],
  [65_536, reportTypes.unknown],
];

/**
 * Reads `count` items, `storyWords` words each, into rows 0 to count - 1 of `block`; the word
 * count and the block must have room for them.
 */
export function readStories(
  block: StoryBlock,
  words: Uint32Array,
  count: number,
  thresholds: StoryThresholds,
): void {
  assert(words.length >= count * storyWords, 'words hold all items');
  assert(block.notifiedClass.length >= count, 'block has room for all stories');
  for (let i = 0; i < count; i++) {
    const item = i * storyWords;
    const exposure = words[item + word.notification]!;
    const exposureClass = 1 + step(classSteps, words[item + word.exposureClass]!);
    const notified = exposure < thresholds.notified;
    const recent = exposure < thresholds.recentlyNotified;
    block.notifiedClass[i] = notified ? exposureClass : 0;
    block.recentClass[i] = recent ? exposureClass : 0;
    block.delayDays[i] = notified ? step(delaySteps, words[item + word.delay]!) : 0;
    block.interaction[i] = notified ? interactionOf(words[item + word.interaction]!) : 0;
    const codeBelow = recent ? thresholds.codeVerifiedIfNotified : thresholds.codeVerified;
    const verified = words[item + word.codeVerified]! < codeBelow;
    const uploaded = verified && words[item + word.keysUploaded]! >>> 16 < keysUploadedBelow;
    block.codeVerified[i] = verified ? 1 : 0;
    block.keysUploaded[i] = uploaded ? 1 : 0;
    block.reportType[i] = verified ? reportTypeOf(words[item + word.reportType]!) : 0;
    block.vaccinated[i] = words[item + word.vaccination]! >>> 16 < vaccinatedBelow ? 1 : 0;
    const contacts = words[item + word.contactCount]!;
    // The low bits are independent of the comparison, which the high bits decide.
    if (notified) block.contactCount[i] = 3 + (contacts & 3);
    else block.contactCount[i] = contacts < thresholds.contact ? 1 + (contacts & 1) : 0;
  }
}

/** Raw facts of contact `index` of the story that starts at word `item`, packed in one word. */
export function contactWord(words: Uint32Array, item: number, index: number): number {
  return words[item + word.firstContact + index]!;
}

function step(steps: readonly number[], drawn: number): number {
  const high = drawn >>> 16;
  let outcome = 0;
  while (outcome < steps.length && high >= steps[outcome]!) outcome += 1;
  return outcome;
}

function interactionOf(drawn: number): number {
  const high = drawn >>> 16;
  if (high < openedBelow) return interactions.opened;
  return high < dismissedBelow ? interactions.dismissed : interactions.none;
}

function reportTypeOf(drawn: number): number {
  const high = drawn >>> 16;
  for (const [below, type] of reportTypeSteps) if (high < below) return type;
  return reportTypes.unknown;
}
