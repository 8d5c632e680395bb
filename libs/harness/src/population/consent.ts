/**
 * Who may send, and when: an authority enables ENPA for a span of days, and a user may withdraw
 * consent at any time and give it again (ENPA section 1.6). A phone whose user takes part has
 * consent when the run begins. On each day its item at `<cell>/day-<n>/consent` decides whether
 * that changes (word 0) and at which moment (word 1): at most once a day.
 * Knows no metric and no report. The oracle works all of this out by itself
 * (`run/consent-view.ts`).
 */

import assert from 'node:assert/strict';
import type { SeedBranch } from '@priolab/crypto';
import { isInSpan } from './enabled-days.ts';
import type { Cell, ConsentThresholds, ResolvedPopulation } from './population-settings.ts';
import { deviceBranch, type WordBlock, wordBlock } from './seed-words.ts';
import { dayMs } from './upload-times.ts';

const changeWords = 4;
const changeSize = 4 * changeWords;
/** In place of a moment: consent is as it was at midnight. */
const never = dayMs;

/** Consent of one range of devices on one day at a time; owns its scratch. */
export class ConsentScanner {
  readonly #thresholds: ConsentThresholds;
  readonly #seedTree: SeedBranch;
  readonly #draws: WordBlock;
  /** 1: the device has consent at midnight. */
  readonly #atMidnight: Uint8Array;
  readonly #changeMs: Uint32Array;

  constructor(thresholds: ConsentThresholds, seedTree: SeedBranch, capacity: number) {
    this.#thresholds = thresholds;
    this.#seedTree = seedTree;
    this.#draws = wordBlock(capacity * changeWords);
    this.#atMidnight = new Uint8Array(capacity);
    this.#changeMs = new Uint32Array(capacity);
  }

  /** Loads devices `first` to `first + count - 1` for a day; reads all days before it. */
  load(cell: Cell, day: number, first: number, count: number): void {
    assert(count >= 1 && count <= this.#atMidnight.length, 'device range fits the scratch');
    const branch = deviceBranch(this.#seedTree, cell);
    const { withdrawn, returned } = this.#thresholds;
    this.#atMidnight.fill(1, 0, count);
    for (let past = 0; past <= day; past++) {
      branch.child(`day-${past}`, 'consent').fill(first, count, changeSize, this.#draws.bytes);
      for (let i = 0; i < count; i++) {
        const isGiven = this.#atMidnight[i]!;
        const changes =
          this.#draws.words[i * changeWords]! < (isGiven === 1 ? withdrawn : returned);
        if (past < day) this.#atMidnight[i] = changes ? 1 - isGiven : isGiven;
        else this.#changeMs[i] = changes ? this.#momentMs(i) : never;
      }
    }
  }

  /** Evenly over the day; its first 23 bits, so that the product is exact. */
  #momentMs(i: number): number {
    return Math.floor(((this.#draws.words[i * changeWords + 1]! >>> 9) * dayMs) / 2 ** 23);
  }

  /** Whether device `first + i` has consent at a time of the day: at the moment itself, the new. */
  isGiven(i: number, timeMs: number): boolean {
    return timeMs < this.#changeMs[i]! === (this.#atMidnight[i] === 1);
  }
}

/** What one phone asks itself before it sends. */
export interface Permission {
  /** @param timeMs since the start of the run */
  maySend(cell: Cell, device: number, timeMs: number): boolean;
}

export function createPermission(population: ResolvedPopulation, seedTree: SeedBranch): Permission {
  const { consent, enabledDays } = population;
  const scanner = consent === undefined ? undefined : new ConsentScanner(consent, seedTree, 1);
  return {
    maySend(cell, device, timeMs) {
      const day = Math.floor(timeMs / dayMs);
      if (!isInSpan(enabledDays[cell.index]!, day)) return false;
      if (scanner === undefined) return true;
      scanner.load(cell, day, device, 1);
      return scanner.isGiven(0, timeMs - day * dayMs);
    },
  };
}
