/**
 * What can happen to finished uploads: cut, changed, swollen, sent twice. Works on a copy of the
 * block in an arena of its own; swollen uploads all lie in one megabyte of garbage.
 */

import type { UploadBlock, UploadLayout } from '@priolab/roles';

import type { AdversaryId } from './catalogue.ts';

/**
 * @param id who does what
 * @param word each report's random words
 * @param copies receives the report slot of each upload beyond the block's own
 */
export type TamperUploads = (
  uploads: UploadBlock,
  id: (slot: number) => AdversaryId | undefined,
  word: (slot: number, index: number) => number,
  copies: number[],
) => UploadBlock;

export function createUploadTampering(options: {
  readonly layout: UploadLayout;
  readonly capacity: number;
  /** Size of a swollen upload in bytes. */
  readonly oversize: number;
}): TamperUploads {
  const { layout, capacity, oversize } = options;
  const garbageAt = capacity * layout.size;
  const bytes = new Uint8Array(garbageAt + oversize);
  for (let k = 0; k < oversize; k++) bytes[garbageAt + k] = (k * 167) >>> 5;
  const offsets = new Uint32Array(capacity * 2);
  const sizes = new Uint32Array(capacity * 2);

  const tamper = (
    slot: number,
    deed: AdversaryId | undefined,
    word: (slot: number, index: number) => number,
  ): void => {
    const at = slot * layout.size;
    switch (deed) {
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

  return (uploads, id, word, copies) => {
    const { count } = uploads;
    bytes.set(uploads.bytes.subarray(0, count * layout.size));
    copies.length = 0;
    for (let slot = 0; slot < count; slot++) {
      offsets[slot] = slot * layout.size;
      sizes[slot] = layout.size;
      const deed = id(slot);
      tamper(slot, deed, word);
      if (deed === 'dev.retry_same') {
        offsets[count + copies.length] = offsets[slot]!;
        sizes[count + copies.length] = layout.size;
        copies.push(slot);
      }
    }
    return { count: count + copies.length, bytes, offsets, sizes };
  };
}

/** Takes the last element out of the leader's ciphertext and says so in its size. */
function shortenLeaderShare(bytes: Uint8Array, at: number, layout: UploadLayout): void {
  const { leaderSealedSize, helperSizeAt, size } = layout;
  const leaderSizeAt = at + helperSizeAt - leaderSealedSize - 4;
  const shorter = leaderSealedSize - 4;
  for (let k = 0; k < 4; k++) bytes[leaderSizeAt + k] = shorter >>> (24 - 8 * k);
  bytes.copyWithin(at + helperSizeAt - 4, at + helperSizeAt, at + size);
}
