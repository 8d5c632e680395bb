/** Blocks of which some reports are sealed to other keys than the rest. */

import { toHex } from '@priolab/crypto';
import type { SeedBranch, Strided } from '@priolab/crypto';
import { uploadLayout } from '@priolab/roles';
import type { Device, ProcessorKeys, ReportBlock, SealedBlock } from '@priolab/roles';

/** One of the items of a block. */
export function itemOf({ bytes, offset, stride }: Strided, slot: number, size: number): Uint8Array {
  return bytes.subarray(offset + slot * stride, offset + slot * stride + size);
}

/** Seals each slot to its own keys, block by block: most have those of the list. */
export function sealEach(
  device: Device,
  report: ReportBlock,
  options: {
    readonly keysOf: readonly ProcessorKeys[];
    readonly listed: ProcessorKeys;
    readonly randomness: SeedBranch;
  },
): SealedBlock {
  const { keysOf, listed, randomness } = options;
  const { leaderSealedSize, helperSealedSize } = uploadLayout(report.task.shape);
  const slotsBy = new Map<string, { readonly keys: ProcessorKeys; readonly slots: number[] }>();
  keysOf.forEach((keys, slot) => {
    if (keys === listed) return;
    const name = toHex(keys.leader) + toHex(keys.helper);
    const known = slotsBy.get(name) ?? { keys, slots: [] };
    slotsBy.set(name, known);
    known.slots.push(slot);
  });
  // A block is sealed in place: what is to be kept is copied before it is sealed again.
  const kept = [...slotsBy.values()].flatMap(({ keys, slots }) => {
    const { leader, helper } = device.seal(report, keys, randomness);
    return slots.map((slot) => ({
      slot,
      leader: itemOf(leader, slot, leaderSealedSize).slice(),
      helper: itemOf(helper, slot, helperSealedSize).slice(),
    }));
  });
  const sealed = device.seal(report, listed, randomness);
  for (const { slot, leader, helper } of kept) {
    itemOf(sealed.leader, slot, leaderSealedSize).set(leader);
    itemOf(sealed.helper, slot, helperSealedSize).set(helper);
  }
  return sealed;
}
