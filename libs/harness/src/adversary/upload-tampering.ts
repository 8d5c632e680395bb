/**
 * What can happen to finished uploads: cut, changed, swollen, sent twice. Works on a copy of the
 * block in an arena of its own; swollen uploads all lie in one megabyte of garbage.
 */

import type { UploadBlock, UploadLayout } from '@priolab/roles';

import type { AdversaryId } from './catalogue.ts';

/** Who does what, and each report's random words. */
export interface Deeds {
  id(slot: number): AdversaryId | undefined;
  word(slot: number, index: number): number;
}

export interface TamperedUploads {
  readonly uploads: UploadBlock;
  /** Report slot of each upload beyond the block's own. */
  readonly copies: readonly number[];
}

export function createUploadTampering(options: {
  readonly layout: UploadLayout;
  readonly capacity: number;
  /** Size of a swollen upload in bytes. */
  readonly oversize: number;
}): (uploads: UploadBlock, deeds: Deeds) => TamperedUploads {
  const { layout, capacity, oversize } = options;
  const garbageAt = capacity * layout.size;
  const bytes = new Uint8Array(garbageAt + oversize);
  for (let k = 0; k < oversize; k++) bytes[garbageAt + k] = (k * 167) >>> 5;
  const offsets = new Uint32Array(capacity * 2);
  const sizes = new Uint32Array(capacity * 2);

  const tamper = (slot: number, { id, word }: Deeds): void => {
    const at = slot * layout.size;
    switch (id(slot)) {
      case 'cli.oversize':
        offsets[slot] = garbageAt;
        sizes[slot] = oversize;
        return;
      case 'cli.wrong_dim':
        shortenLeaderShare(bytes, at, layout);
        sizes[slot] = layout.size - 4;
        return;
      case 'net.truncate':
        sizes[slot] = word(slot, 1) % layout.size;
        return;
      case 'net.corrupt':
        if (word(slot, 1) % 2 === 0) {
          bytes[at + (word(slot, 2) % layout.size)]! ^= 1 + (word(slot, 3) % 255);
        } else {
          for (let k = 0; k < layout.size; k++) bytes[at + k] = word(slot, 4) >>> (k % 25);
        }
        return;
    }
  };

  return (uploads, deeds) => {
    const { count } = uploads;
    bytes.set(uploads.bytes.subarray(0, count * layout.size));
    const copies: number[] = [];
    for (let slot = 0; slot < count; slot++) {
      offsets[slot] = slot * layout.size;
      sizes[slot] = layout.size;
      tamper(slot, deeds);
      if (deeds.id(slot) === 'dev.retry_same') {
        offsets[count + copies.length] = offsets[slot]!;
        sizes[count + copies.length] = layout.size;
        copies.push(slot);
      }
    }
    return { uploads: { count: count + copies.length, bytes, offsets, sizes }, copies };
  };
}

/** Takes the last element out of the leader's ciphertext and says so in its size. */
function shortenLeaderShare(bytes: Uint8Array, at: number, layout: UploadLayout): void {
  const { leaderSealedSize, helperSizeAt, size } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
  view.setUint32(helperSizeAt - leaderSealedSize - 4, leaderSealedSize - 4);
  bytes.copyWithin(at + helperSizeAt - 4, at + helperSizeAt, at + size);
}
