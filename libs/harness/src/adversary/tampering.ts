/**
 * A device stage by stage, with some of its reports tampered with: wraps an honest `Device` without
 * that knowing. Which reports, and every byte of the deed, come from the seed tree. A scenario
 * without adversaries runs the honest device itself, beside a record of no deeds.
 */

import type { SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import type { Prio2Shape } from '@priolab/prio';
import { DAY_MS, uploadLayout } from '@priolab/roles';
import type { Device, ReportBlock, Task, UploadBlock } from '@priolab/roles';

import { adversaries as catalogue } from './catalogue.ts';
import type { AdversaryId } from './catalogue.ts';
import { createUploadTampering } from './upload-tampering.ts';

export interface AdversaryShare {
  readonly id: AdversaryId;
  /** Share of reports, 0..1. */
  readonly share: number;
}

/** Which reports of the block at hand cheat: for the oracles, never for a party. */
export interface Deeds {
  /**
   * For each slot: 0 honest, else 1 + the index in the list of adversaries. Set by the device's
   * `randomise`, valid until it is called again.
   */
  readonly bySlot: Uint8Array;
  /** For uploads beyond the block's reports, slot by slot: the report slot each is a copy of. */
  readonly copies: readonly number[];
}

/** What there is to tell of an honest device. */
export function noDeeds(capacity: number): Deeds {
  return Object.freeze({ bySlot: new Uint8Array(capacity), copies: [] });
}

/** When an adversary, by its index, may act: by default always. */
export interface DeedOccasions {
  isOn(adversary: number, timeMs: number, task: Task): boolean;
  /** Counts one deed. @returns false where there have been enough: it is not done */
  take(adversary: number): boolean;
}

/** A device whose reports partly cheat, and the record of which do. */
export interface TamperingDevice extends Device {
  readonly deeds: Deeds;
}

const WORDS_PER_REPORT = 8;
const BYTES_PER_REPORT = WORDS_PER_REPORT * 4;
const OVERSIZE = 2 ** 20;

export function createTamperingDevice(
  device: Device,
  options: {
    readonly adversaries: readonly AdversaryShare[];
    readonly shape: Prio2Shape;
    /** Largest block, in reports. */
    readonly capacity: number;
    /** Without it, whoever needs it is honest; everybody else does what they would have done. */
    readonly transport: boolean;
    readonly occasions?: DeedOccasions;
  },
): TamperingDevice {
  const { adversaries, shape, capacity, transport, occasions } = options;
  const strikes = adversaries.map(({ id }) => transport || !catalogue[id].needsTransport);
  const bySlot = new Uint8Array(capacity);
  const copies: number[] = [];
  const bytes = new Uint8Array(capacity * BYTES_PER_REPORT);
  const words = new Uint32Array(bytes.buffer);
  const shares = adversaries.map(({ share }) => Math.round(share * 2 ** 32));
  const id = (slot: number): AdversaryId | undefined => adversaries[bySlot[slot]! - 1]?.id;
  const word = (slot: number, index: number): number => words[slot * WORDS_PER_REPORT + index]!;
  const each = (count: number, name: AdversaryId, deed: (slot: number) => void): void => {
    for (let slot = 0; slot < count; slot++) if (id(slot) === name) deed(slot);
  };
  const layout = uploadLayout(shape);
  const tamperUploads = createUploadTampering({ layout, capacity, oversize: OVERSIZE });

  const choose = (block: ReportBlock, branch: SeedBranch): void => {
    branch.gather(block.devices, block.count, BYTES_PER_REPORT, bytes);
    const isOn = (i: number, timeMs: number): boolean =>
      occasions?.isOn(i, timeMs, block.task) ?? true;
    for (let slot = 0; slot < block.count; slot++) {
      const timeMs = block.day * DAY_MS + block.timesMs[slot]!;
      const chosen = chosenBy(word(slot, 0), shares, (i) => isOn(i, timeMs));
      const acts = strikes[chosen - 1] === true && (occasions?.take(chosen - 1) ?? true);
      bySlot[slot] = acts ? chosen : 0;
    }
  };

  return {
    deeds: { bySlot, copies },

    randomise(block, randomness) {
      const report = device.randomise(block, randomness);
      const { proofLen, dimension } = shape;
      const names = [`day-${block.day}`, block.task.metric.id, 'adversary'] as const;
      choose(report, randomness.child(...names));
      const setOne = (slot: number): void => {
        const bin = word(slot, 2) % dimension;
        report.proofs[slot * proofLen + bin] = noBit(word(slot, 3) % 3, word(slot, 1));
      };
      each(report.count, 'cli.out_of_range', setOne);
      each(report.count, 'cli.forge', setOne);
      each(report.count, 'cli.multi_hot', (slot) => {
        report.proofs.fill(1, slot * proofLen, slot * proofLen + dimension);
      });
      return report;
    },

    prove(block, randomness) {
      device.prove(block, randomness);
      const { proofLen, dimension } = shape;
      each(block.count, 'cli.forge', (slot) => {
        const from = slot * proofLen + dimension;
        const to = (slot + 1) * proofLen;
        const zeros = word(slot, 4) % 2 === 0;
        for (let k = from; k < to; k++) {
          block.proofs[k] = zeros ? 0 : Math.imul(word(slot, 5) + k - from, 0x9e3779b1) >>> 1;
        }
      });
    },

    split(block, randomness) {
      device.split(block, randomness);
      each(block.count, 'cli.inconsistent', (slot) => {
        const { bytes: seeds, offset, stride } = block.helperShares;
        const at = offset + slot * stride + (word(slot, 1) % shape.helperShareSize);
        seeds[at]! ^= 1 + (word(slot, 2) % 255);
      });
      each(block.count, 'cli.noncanonical', (slot) => {
        const { bytes: shares, offset, stride } = block.leaderShares;
        const at = offset + slot * stride + 4 * (word(slot, 1) % shape.proofLen);
        const value = FIELD_MODULUS + (word(slot, 2) % (2 ** 32 - FIELD_MODULUS));
        for (let k = 0; k < 4; k++) shares[at + k] = value >>> (8 * k);
      });
    },

    seal(block, keys, randomness) {
      const sealed = device.seal(block, keys, randomness);
      each(block.count, 'cli.undecryptable', (slot) => {
        const toLeader = word(slot, 1) % 2 === 0;
        const target = toLeader ? sealed.leader : sealed.helper;
        const size = toLeader ? layout.leaderSealedSize : layout.helperSealedSize;
        garble(target, slot, size, word(slot, 2));
      });
      return sealed;
    },

    attest(block, identities, randomness): UploadBlock {
      const uploads = device.attest(block, identities, randomness);
      return tamperUploads(uploads, id, word, copies);
    },
  };
}

/** Not a bit: 2, -1 or any other field element, by `choice` of 0, 1 or 2. */
function noBit(choice: number, random: number): number {
  if (choice === 0) return 2;
  return choice === 1 ? FIELD_MODULUS - 1 : 2 + (random % (FIELD_MODULUS - 2));
}

/** Garbage in place of one ciphertext. */
function garble({ bytes, offset, stride }: Strided, slot: number, size: number, word: number) {
  const from = offset + slot * stride;
  for (let k = 0; k < size; k++) bytes[from + k] = (word >>> (k % 25)) + 31 * k;
}

/**
 * 1 + the index of the adversary whose stretch of the 32-bit words `word` lies in, of those that
 * are on; 0: none, an honest report.
 */
function chosenBy(
  word: number,
  shares: readonly number[],
  isOn: (adversary: number) => boolean,
): number {
  let sum = 0;
  for (let i = 0; i < shares.length; i++) {
    if (!isOn(i)) continue;
    sum += shares[i]!;
    if (word < sum) return i + 1;
  }
  return 0;
}
