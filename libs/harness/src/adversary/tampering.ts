/**
 * A device stage by stage, with some of its reports tampered with: wraps an honest `Device` without
 * that knowing. Which reports, and every byte of the deed, come from the seed tree.
 */

import type { SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import type { Prio2Shape } from '@priolab/prio';
import { uploadLayout } from '@priolab/roles';
import type { Device, ReportBlock, UploadBlock } from '@priolab/roles';

import type { AdversaryId } from './catalogue.ts';
import { createUploadTampering } from './upload-tampering.ts';

export interface AdversaryShare {
  readonly id: AdversaryId;
  /** Share of reports, 0..1. */
  readonly share: number;
}

/** A device whose reports partly cheat, and the record of which do. */
export interface TamperingDevice extends Device {
  /**
   * For each slot of the block at hand: 0 honest, else 1 + the index in the list of adversaries.
   * Set by `randomise`, valid until it is called again.
   */
  readonly deeds: Uint8Array;
  /** For uploads beyond the block's reports, slot by slot: the report slot each is a copy of. */
  readonly copies: readonly number[];
  /** Is the report's value its sender's invention rather than a noisy measurement? */
  changesValue(slot: number): boolean;
}

const inventsValue = new Set<AdversaryId | undefined>([
  'cli.out_of_range',
  'cli.forge',
  'cli.multi_hot',
]);
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
  },
): TamperingDevice {
  const { adversaries, shape, capacity } = options;
  const deeds = new Uint8Array(capacity);
  const bytes = new Uint8Array(capacity * BYTES_PER_REPORT);
  const words = new Uint32Array(bytes.buffer);
  const thresholds = cumulativeThresholds(adversaries);
  const id = (slot: number): AdversaryId | undefined => adversaries[deeds[slot]! - 1]?.id;
  const word = (slot: number, index: number): number => words[slot * WORDS_PER_REPORT + index]!;
  const each = (count: number, name: AdversaryId, deed: (slot: number) => void): void => {
    for (let slot = 0; slot < count; slot++) if (id(slot) === name) deed(slot);
  };
  const tamperUploads = createUploadTampering({
    layout: uploadLayout(shape),
    capacity,
    oversize: OVERSIZE,
  });
  let copies: readonly number[] = [];

  const choose = (block: ReportBlock, branch: SeedBranch): void => {
    branch.gather(block.devices, block.count, BYTES_PER_REPORT, bytes);
    for (let slot = 0; slot < block.count; slot++) {
      const draw = word(slot, 0);
      const chosen = thresholds.findIndex((threshold) => draw < threshold);
      deeds[slot] = chosen + 1;
    }
  };

  return {
    deeds,
    get copies() {
      return copies;
    },
    changesValue: (slot) => inventsValue.has(id(slot)),

    randomise(block, randomness) {
      const report = device.randomise(block, randomness);
      const { proofLen, dimension } = shape;
      const names = [`day-${block.day}`, block.task.metric.id, 'adversary'] as const;
      choose(report, randomness.child(...names));
      const setOne = (slot: number): void => {
        const values = [2, FIELD_MODULUS - 1, 2 + (word(slot, 1) % (FIELD_MODULUS - 2))];
        const bin = word(slot, 2) % dimension;
        report.proofs[slot * proofLen + bin] = values[word(slot, 3) % 3]!;
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
        new DataView(shares.buffer, shares.byteOffset + at).setUint32(0, value, true);
      });
    },

    seal(block, keys, randomness) {
      const sealed = device.seal(block, keys, randomness);
      each(block.count, 'cli.undecryptable', (slot) => {
        const {
          bytes: target,
          offset,
          stride,
        }: Strided = word(slot, 1) % 2 === 0 ? sealed.leader : sealed.helper;
        const from = offset + slot * stride;
        for (let k = 0; k < stride; k++) target[from + k] = (word(slot, 2) >>> (k % 25)) + 31 * k;
      });
      return sealed;
    },

    attest(block, identities, randomness): UploadBlock {
      const uploads = device.attest(block, identities, randomness);
      const tampered = tamperUploads(uploads, { id, word });
      copies = tampered.copies;
      return tampered.uploads;
    },
  };
}

/**
 * Cumulative 32-bit thresholds: adversary i is chosen iff a uniform word is below the i-th only.
 */
function cumulativeThresholds(adversaries: readonly AdversaryShare[]): number[] {
  let sum = 0;
  return adversaries.map(({ share }) => {
    sum += Math.round(share * 2 ** 32);
    return sum;
  });
}
