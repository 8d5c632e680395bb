/**
 * The device: metric value -> noisy bits -> proof -> two shares -> sealed -> signed upload, a block
 * of reports at a time. Sans-IO: time and randomness are arguments, and every random byte comes
 * from (device branch, day, metric, purpose, device index).
 * Source: ENPA sections 1.4 (noise), 3 (proof and sharing), 4 (encryption), 7.2 (attestation).
 *
 * The stages are separate so that a cheating device can replace one and keep the others.
 */

import { SCALAR_SIZE, SEED_SIZE, fillScalars } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch, Strided } from '@priolab/crypto';
import { FIELD_MODULUS } from '@priolab/prio';
import type { Prio2 } from '@priolab/prio';

import { REPORT_ID_SIZE } from '../blocks.ts';
import type { MeasurementBlock, ReportBlock, SealedBlock, UploadBlock } from '../blocks.ts';
import { createUploadWriter } from './attest.ts';
import type { IdentityBlock } from './identity.ts';
import { randomiseBits } from './randomise.ts';

/** Public keys that devices encrypt to, 65 bytes each. */
export interface ProcessorKeys {
  readonly leader: Uint8Array;
  readonly helper: Uint8Array;
}

export interface Device {
  /** Copies the bits into fresh proof vectors, each flipped with the task's probability. */
  randomise(block: MeasurementBlock, randomness: SeedBranch): ReportBlock;
  /** Draws f0 and g0 and completes every proof vector. */
  prove(block: ReportBlock, randomness: SeedBranch): void;
  /** Splits every proof vector: seed for the helper, difference for the leader; names reports. */
  split(block: ReportBlock, randomness: SeedBranch): void;
  /** Encrypts one share to each processor, into the uploads that `attest` completes. */
  seal(block: ReportBlock, keys: ProcessorKeys, randomness: SeedBranch): SealedBlock;
  /** Writes the uploads of the block sealed last, and signs them. */
  attest(block: SealedBlock, identities: IdentityBlock, randomness: SeedBranch): UploadBlock;
}

export interface DeviceOptions {
  readonly backend: CryptoBackend;
  readonly prio2: Prio2;
  /** Largest block, in reports. */
  readonly capacity: number;
}

/** The branch of one purpose for the reports of one task and day; index by device. */
function purpose(randomness: SeedBranch, block: ReportBlock, name: string): SeedBranch {
  return randomness.child(`day-${block.day}`, block.task.metric.id, name);
}

export function createDevice({ backend, prio2, capacity }: DeviceOptions): Device {
  const { shape } = prio2;
  const proofs = new Uint32Array(capacity * shape.proofLen);
  const expanded = new Uint32Array(capacity * shape.proofLen);
  const blinds = new Uint8Array(capacity * 16);
  const status = new Uint8Array(capacity);
  const packed = (stride: number): Strided => ({
    bytes: new Uint8Array(capacity * stride),
    offset: 0,
    stride,
  });
  const leaderShares = packed(shape.leaderShareSize);
  const helperShares = packed(SEED_SIZE);
  const scalars = packed(SCALAR_SIZE);
  const reportIds = new Uint8Array(capacity * REPORT_ID_SIZE);
  const nonces = packed(SCALAR_SIZE);
  const randomise = randomiseBits(shape, capacity);
  const uploads = createUploadWriter({ backend, shape, capacity });

  return {
    randomise(block, randomness) {
      const noise = randomness.child(`day-${block.day}`, block.task.metric.id, 'noise');
      randomise(block, noise, proofs);
      const { task, day, count, devices, identityIndex, timesMs } = block;
      const data = { task, day, count, devices, identityIndex, timesMs };
      return { ...data, proofs, leaderShares, helperShares, reportIds };
    },

    prove(block, randomness) {
      const { count, devices } = block;
      const branch = purpose(randomness, block, 'blind');
      branch.gather(devices, count, 16, blinds);
      for (let i = 0; i < count; i++) {
        const at = i * shape.proofLen + shape.dimension;
        let usable = setBlinds(proofs, at, blinds, i * 16);
        for (let retry = 1; !usable; retry++) {
          const words = branch.child(`retry-${retry}`).bytes(devices[i]!, 16);
          usable = setBlinds(proofs, at, words, 0);
        }
      }
      prio2.proveBlock(count, proofs);
    },

    split(block, randomness) {
      const { count, devices } = block;
      const seeds = purpose(randomness, block, 'prio-seed');
      seeds.gather(devices, count, SEED_SIZE, helperShares.bytes);
      purpose(randomness, block, 'report-id').gather(devices, count, REPORT_ID_SIZE, reportIds);
      prio2.expandBlock(backend, count, helperShares, expanded, status);
      prio2.splitBlock(count, proofs, expanded, leaderShares);
    },

    seal(block, keys, randomness) {
      const { count, devices } = block;
      fillScalars(purpose(randomness, block, 'ephemeral-leader'), devices, count, scalars);
      backend.seal({
        count,
        recipient: keys.leader,
        scalars,
        plaintexts: block.leaderShares,
        plaintextSize: shape.leaderShareSize,
        sealed: uploads.leader,
        status,
      });
      fillScalars(purpose(randomness, block, 'ephemeral-helper'), devices, count, scalars);
      backend.seal({
        count,
        recipient: keys.helper,
        scalars,
        plaintexts: block.helperShares,
        plaintextSize: shape.helperShareSize,
        sealed: uploads.helper,
        status,
      });
      return { report: block, leader: uploads.leader, helper: uploads.helper };
    },

    attest(sealed, identities, randomness) {
      const { report, leader, helper } = sealed;
      if (leader !== uploads.leader || helper !== uploads.helper) {
        throw new RangeError('attest: expected shares that this device sealed, got others');
      }
      const { count, devices } = report;
      fillScalars(purpose(randomness, report, 'signature-nonce'), devices, count, nonces);
      return uploads.finish(report, identities, nonces);
    },
  };
}

/**
 * Sets f0 and g0 to the first two of four uniform words that are field elements.
 * @returns false where there are not two (probability about 2^-34): draw fresh words.
 */
function setBlinds(proofs: Uint32Array, at: number, words: Uint8Array, wordsAt: number): boolean {
  let found = 0;
  for (let k = wordsAt; k < wordsAt + 16 && found < 2; k += 4) {
    const word =
      (words[k]! | (words[k + 1]! << 8) | (words[k + 2]! << 16) | (words[k + 3]! << 24)) >>> 0;
    if (word < FIELD_MODULUS) proofs[at + found++] = word;
  }
  return found === 2;
}
