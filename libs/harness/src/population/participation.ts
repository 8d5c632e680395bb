/**
 * Which devices send which metrics on which day.
 * A device's traits come from one 16-byte item at its index: word 0 decides opt-in, word 1 its day
 * of the fortnight for biweekly metrics. Sampling draws one word per device from a branch of the
 * day and the metric. Source: ENPA's Android app (white paper section 1; a random d in 0..13 drawn
 * once; per-metric sampling rates). A metric whose time comes while its user does not consent is
 * not sent. Knows no quota: it says who would send, not who is counted.
 */

import assert from 'node:assert/strict';
import type { SeedBranch } from '@priolab/crypto';
import type { Metric } from '@priolab/roles';
import { ConsentScanner } from './consent.ts';
import { sendTimeMs } from './load-times.ts';
import type { Cell, ResolvedPopulation } from './population-settings.ts';
import { deviceBranch, type WordBlock, wordBlock } from './seed-words.ts';
import { uploadWords } from './upload-times.ts';

/** Days of a fortnight: a biweekly metric is due on day d when d % 14 is the device's own. */
export const fortnightDays = 14;

/** Devices that a scanner holds at once. */
export const scanCapacity = 4096;

const traitWords = 4;
const traitSize = 4 * traitWords;

/** Answers for one range of devices at a time; owns its scratch. */
export class ParticipationScanner {
  readonly #population: ResolvedPopulation;
  readonly #metrics: readonly Metric[];
  readonly #seedTree: SeedBranch;
  readonly #traits = wordBlock(scanCapacity * traitWords);
  /** For each slot with a sampling rate below 1: its words, four devices an item. */
  readonly #samples: readonly (WordBlock | undefined)[];
  readonly #biweekly: Uint8Array;
  readonly #sampling: Float64Array;
  /** Consent over time, and when devices send; there only where consent changes. */
  readonly #consent: ConsentScanner | undefined;
  readonly #uploads: WordBlock;
  #utcOffsetHours = 0;
  #optInThreshold = 0;
  #fortnightDay = 0;
  #sampleOffset = 0;
  #loaded = { cell: -1, day: -1, first: 0, count: 0 };

  constructor(population: ResolvedPopulation, metrics: readonly Metric[], seedTree: SeedBranch) {
    this.#population = population;
    this.#metrics = metrics;
    this.#seedTree = seedTree;
    this.#biweekly = Uint8Array.from(metrics, (m) => (m.cadence === 'biweekly' ? 1 : 0));
    this.#sampling = population.samplingThresholds;
    const { consent } = population;
    this.#consent =
      consent === undefined ? undefined : new ConsentScanner(consent, seedTree, scanCapacity);
    this.#uploads = wordBlock(consent === undefined ? 0 : scanCapacity * uploadWords);
    this.#samples = metrics.map((_, slot) =>
      this.#sampling[slot]! < 2 ** 32 ? wordBlock(scanCapacity + 2 * traitWords) : undefined,
    );
  }

  /** Loads devices `first` to `first + count - 1` of the cell for a day; at most `scanCapacity`. */
  load(cell: Cell, day: number, first: number, count: number): void {
    assert(count >= 1 && count <= scanCapacity, 'device range fits the scratch');
    const now = this.#loaded;
    if (now.cell === cell.index && now.day === day && now.first === first && now.count === count) {
      return;
    }
    const branch = deviceBranch(this.#seedTree, cell);
    branch.child('traits').fill(first, count, traitSize, this.#traits.bytes);
    this.#optInThreshold = this.#population.optInThresholds[cell.index]!;
    this.#fortnightDay = day % fortnightDays;
    const firstItem = Math.floor(first / traitWords);
    this.#sampleOffset = first - firstItem * traitWords;
    const itemCount = Math.ceil((this.#sampleOffset + count) / traitWords);
    this.#samples.forEach((sample, slot) => {
      if (sample === undefined) return;
      branch
        .child(`day-${day}`, 'sampling', this.#metrics[slot]!.id)
        .fill(firstItem, itemCount, traitSize, sample.bytes);
    });
    if (this.#consent !== undefined) {
      this.#consent.load(cell, day, first, count);
      const { bytes } = this.#uploads;
      branch.child(`day-${day}`, 'upload').fill(first, count, 4 * uploadWords, bytes);
      this.#utcOffsetHours = cell.state.utcOffsetHours;
    }
    this.#loaded = { cell: cell.index, day, first, count };
  }

  /** Whether device `first + i` takes part at all. */
  optedIn(i: number): boolean {
    return this.#traits.words[i * traitWords]! < this.#optInThreshold;
  }

  /** Whether device `first + i`, if it takes part, sends the metric in that slot on that day. */
  sends(i: number, slot: number): boolean {
    if (this.#biweekly[slot] === 1 && this.fortnightDay(i) !== this.#fortnightDay) return false;
    const sample = this.#samples[slot];
    const isDrawn =
      sample === undefined || sample.words[this.#sampleOffset + i]! < this.#sampling[slot]!;
    return isDrawn && this.#hasConsent(i, slot);
  }

  /** Whether the user consents at the time at which the metric in that slot would be sent. */
  #hasConsent(i: number, metricSlot: number): boolean {
    if (this.#consent === undefined) return true;
    const utcOffsetHours = this.#utcOffsetHours;
    const draw = { words: this.#uploads.words, utcOffsetHours, metricSlot };
    return this.#consent.isGiven(i, sendTimeMs(this.#population.load, draw, i));
  }

  /** Day of the fortnight, 0 to 13, on which device `first + i` sends biweekly metrics. */
  fortnightDay(i: number): number {
    // Exact: the product is below 2^36, and dividing by a power of two does not round.
    return Math.floor((this.#traits.words[i * traitWords + 1]! * fortnightDays) / 2 ** 32);
  }
}
