/**
 * What a folder for trying both programs holds and where: names of sides, batches, windows and
 * objects. Names of objects are made here once more, from prio-server's documentation of 2021 and
 * not by the code under trial, so that a wrong name shows.
 */

import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The health authority's server, "first" in the facilitator's words, and the other one. */
export const SIDES = ['pha', 'facilitator'];

/**
 * @typedef {object} Settings
 * @property {string} ours which side our processor is
 * @property {string} theirs
 * @property {string} sample whose generator writes the ingestion batches
 * @property {string} instance
 * @property {string} aggregation
 * @property {string} date of the batches, as in their names
 * @property {string} start of the window
 * @property {string} end
 * @property {string} inWindow a time, for our clock
 * @property {string} afterWindow
 * @property {readonly string[]} batches UUIDs
 * @property {number} packets in a batch
 * @property {number} bins
 * @property {number} epsilon
 * @property {boolean} singleObject
 */

/**
 * @param {{ ours: string, sample: string, batches: number, packets: number, bins: number,
 *   singleObject: boolean }} given
 * @returns {Settings}
 */
export function settingsOf({ batches, ...given }) {
  return {
    ...given,
    theirs: given.ours === 'pha' ? 'facilitator' : 'pha',
    instance: 'us-wa-apple',
    aggregation: 'kittens-seen',
    // Any date will do, as our clock is a file and the facilitator asks for none.
    date: '2021/12/01/08/30',
    start: '2021/12/01/08/00',
    end: '2021/12/01/16/00',
    inWindow: '2021-12-01T09:00:00Z',
    // After the four hours of grace.
    afterWindow: '2021-12-01T20:01:00Z',
    batches: Array.from({ length: batches }, () => randomUUID()).sort(),
    epsilon: 0.11,
  };
}

/** @param {string} folder @returns {Settings} */
export function readSettings(folder) {
  return JSON.parse(readFileSync(join(folder, 'interop.json'), 'utf8'));
}

/** Keys of one object of each batch. @param {Settings} settings @param {string} ending */
export function batchFiles({ aggregation, date, batches }, ending) {
  return batches.map((batch) => `${aggregation}/${date}/${batch}.${ending}`);
}

/** Key of a side's sum part. @param {Settings} settings @param {string} side */
export function sumFile({ instance, aggregation, start, end }, side) {
  const minute = (/** @type {string} */ text) => text.replaceAll('/', '');
  return `${instance}/${aggregation}/${minute(start)}-${minute(end)}.sum_${SIDES.indexOf(side)}`;
}

/**
 * What must come out: bit j of packet i of a batch is bit j of SHA-512/256(uuid || i as 64 bits).
 * @param {Settings} settings
 */
export function sumPerBin({ batches, packets, bins }) {
  const sum = Array.from({ length: bins }, () => 0);
  for (const batch of batches) {
    const uuid = Buffer.from(batch.replaceAll('-', ''), 'hex');
    for (let i = 0; i < packets; i++) {
      const index = Buffer.alloc(8);
      index.writeBigUInt64BE(BigInt(i));
      const digest = createHash('sha512-256').update(uuid).update(index).digest();
      for (let j = 0; j < bins; j++) {
        sum[j] = (sum[j] ?? 0) + (((digest[j >> 3] ?? 0) >> (7 - (j & 7))) & 1);
      }
    }
  }
  return sum;
}
