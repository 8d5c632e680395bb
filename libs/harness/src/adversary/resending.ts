/**
 * A network that keeps uploads and delivers them once more: after the last block of their metric
 * and day, when the ingestor's replay guard must still know them, or on the next day, when it has
 * forgotten them and their age must give them away. It listens like an observer and speaks through
 * a device that has no reports of its own; what it delivers are the bytes that it heard.
 */

import type { Strided } from '@priolab/crypto';
import type { MeasurementBlock, ReportBlock, UploadBlock } from '@priolab/roles';

import { adversaries as catalogue } from './catalogue.ts';
import type { AdversaryShare, TamperingDevice } from './tampering.ts';

export type Lateness = 'later' | 'next-day';

export interface Network {
  /** Forgets everything: another shard. */
  clear(): void;
  /**
   * Keeps the uploads of a block that are to be delivered again.
   * @param firstReport position in the shard of the block's first report
   */
  listen(block: {
    readonly count: number;
    readonly deeds: Uint8Array;
    readonly uploads: UploadBlock;
    readonly firstReport: number;
  }): void;
  /**
   * Hands over at most `capacity` uploads as a device; copies among its deeds are positions in the
   * shard.
   * Undefined where none are left. Valid until the next `clear` or `listen`.
   */
  deliver(lateness: Lateness): TamperingDevice | undefined;
}

export function createNetwork(options: {
  readonly adversaries: readonly AdversaryShare[];
  /** Bytes of an upload, and the most of them that a delivery holds. */
  readonly uploadSize: number;
  readonly capacity: number;
}): Network {
  const { adversaries, uploadSize, capacity } = options;
  const latenessOf = adversaries.map(({ id }) => catalogue[id].resends);
  const tapes = { later: createTape(uploadSize), 'next-day': createTape(uploadSize) };
  const idle = !latenessOf.some((lateness) => lateness === 'later' || lateness === 'next-day');

  return {
    clear() {
      tapes.later.clear();
      tapes['next-day'].clear();
    },

    listen({ count, deeds, uploads, firstReport }) {
      if (idle) return;
      for (let slot = 0; slot < count; slot++) {
        const lateness = latenessOf[deeds[slot]! - 1];
        if (lateness === undefined || lateness === 'at-once') continue;
        tapes[lateness].record(uploads.bytes, uploads.offsets[slot]!, firstReport + slot);
      }
    },

    deliver: (lateness) => tapes[lateness].next(capacity),
  };
}

/** Uploads of one size, one after the other, each with its report's position. */
function createTape(uploadSize: number) {
  let tape = new Uint8Array(0);
  const positions: number[] = [];
  let delivered = 0;

  return {
    clear() {
      positions.length = 0;
      delivered = 0;
    },

    record(bytes: Uint8Array, at: number, position: number): void {
      const to = positions.length * uploadSize;
      if (to === tape.length) {
        const longer = new Uint8Array(Math.max(16 * uploadSize, 2 * tape.length));
        longer.set(tape);
        tape = longer;
      }
      tape.set(bytes.subarray(at, at + uploadSize), to);
      positions.push(position);
    },

    next(capacity: number): TamperingDevice | undefined {
      const from = delivered;
      const count = Math.min(capacity, positions.length - from);
      if (count === 0) return undefined;
      delivered += count;
      return resender(
        {
          count,
          bytes: tape,
          offsets: Uint32Array.from({ length: count }, (_, i) => (from + i) * uploadSize),
          sizes: new Uint32Array(count).fill(uploadSize),
        },
        positions.slice(from, from + count),
      );
    },
  };
}

/** Goes through a device's stages with nothing in hand; its uploads are those it was given. */
function resender(uploads: UploadBlock, copies: readonly number[]): TamperingDevice {
  const nothing: Strided = { bytes: new Uint8Array(0), offset: 0, stride: 0 };
  const randomise = (block: MeasurementBlock): ReportBlock => {
    const { task, day, devices, identityIndex, timesMs } = block;
    const data = { task, day, count: 0, devices, identityIndex, timesMs };
    const shares = { leaderShares: nothing, helperShares: nothing, reportIds: new Uint8Array(0) };
    return { ...data, proofs: new Uint32Array(0), ...shares };
  };
  return {
    deeds: { bySlot: new Uint8Array(0), copies },
    randomise,
    prove: () => {},
    split: () => {},
    seal: (report) => ({ report, leader: nothing, helper: nothing }),
    attest: () => uploads,
  };
}
