/** Uploads of phones, each of its own, prepared before a clock starts and kept in one piece. */

import { uploadLayout } from '@priolab/roles';

import { createPhones } from '../../test/phones.ts';
import type { Phones } from '../../test/phones.ts';

export interface UploadArena {
  readonly count: number;
  /** A view. */
  upload(index: number): Uint8Array;
}

const PER_CALL = 512;

export function createLoadPhones(bins: number): Phones {
  return createPhones({ vendor: 'apple', metric: 'load', bins, epsilon: 4, capacity: PER_CALL });
}

export function prepareUploads(phones: Phones, count: number, createdMs: number): UploadArena {
  const { size } = uploadLayout(phones.task.shape);
  const { dimension } = phones.task.shape;
  const bytes = new Uint8Array(count * size);
  for (let first = 0; first < count; first += PER_CALL) {
    const rows = Array.from({ length: Math.min(PER_CALL, count - first) }, (_, i) =>
      Array.from({ length: dimension }, (_bin, k) => ((first + i) >> (k % 16)) & 1),
    );
    phones.uploads(rows, { first, createdMs }).forEach((upload, i) => {
      bytes.set(upload, (first + i) * size);
    });
  }
  return { count, upload: (index) => bytes.subarray(index * size, (index + 1) * size) };
}
