/**
 * The ingestor's place in runs that leave transport out: takes plaintext shares straight from the
 * devices, picks r and cuts batches. Nobody is authenticated and nothing is encrypted or replayed:
 * what such a run shows, it shows of shares, proofs and sums alone.
 *
 * r is a function of this party's secret and the report's id, so that a device still can't know it.
 */

import { SEED_SIZE } from '@priolab/crypto';
import type { CryptoBackend, SeedBranch } from '@priolab/crypto';
import type { Prio2Shape } from '@priolab/prio';

import { DAY_MS, REPORT_ID_SIZE } from '../blocks.ts';
import type { BareBatch, ReportBlock } from '../blocks.ts';
import { createBatchCutter, createBatchIds } from './batch-cutter.ts';
import type { BatchCut } from './batch-cutter.ts';
import type { BatchPair, Intake } from './ingestor.ts';
import { createQueryRandomness } from './query-randomness.ts';

export interface DirectIntake {
  /** Batch ids are drawn under `index`. */
  openPartition(index: number): void;
  /** Takes in a block of reports that are split already. */
  receive(report: ReportBlock): Intake<BareBatch>;
}

export interface DirectIntakeOptions {
  readonly backend: CryptoBackend;
  readonly shape: Prio2Shape;
  /** Its own branch of the seed tree: r and batch ids. */
  readonly randomness: SeedBranch;
  /** Largest block, in reports. */
  readonly capacity: number;
}

export function createDirectIntake(options: DirectIntakeOptions): DirectIntake {
  const { backend, shape, randomness, capacity } = options;
  const { leaderShareSize } = shape;
  const status = new Uint8Array(capacity);
  const createdMs = new Float64Array(capacity);
  const queryRandomness = new Uint32Array(capacity);
  const idSizes = new Uint32Array(capacity).fill(REPORT_ID_SIZE);
  const places = (size: number): Uint32Array => idSizes.map((_, i) => i * size);
  const idOffsets = places(REPORT_ID_SIZE);
  const leaderOffsets = places(leaderShareSize);
  const helperOffsets = places(SEED_SIZE);
  const batchIds = createBatchIds(randomness.child('batch-id'));
  const cutBatches = createBatchCutter({
    leaderSize: leaderShareSize,
    helperSize: SEED_SIZE,
    capacity,
  });
  const secret = randomness.child('query-randomness').export();
  const drawQueryRandomness = createQueryRandomness({ backend, shape, secret, capacity });

  const barePair = ({ head, leader, helper, slots }: BatchCut): BatchPair<BareBatch> => ({
    leader: { ...head, shares: leader },
    helper: { ...head, shares: helper },
    uploadSlots: slots,
  });

  return {
    openPartition: (index) => batchIds.openPartition(index),

    receive({ task, day, count, timesMs, leaderShares, helperShares, reportIds }) {
      if (count > capacity) throw new RangeError(`block of ${count}, capacity ${capacity}`);
      const ids = { count, bytes: reportIds, offsets: idOffsets, sizes: idSizes };
      drawQueryRandomness(ids, status, queryRandomness);
      for (let i = 0; i < count; i++) createdMs[i] = day * DAY_MS + timesMs[i]!;
      const cuts = cutBatches({
        task,
        count,
        status,
        createdMs,
        queryRandomness,
        leader: { bytes: leaderShares.bytes, offsets: leaderOffsets, shift: leaderShares.offset },
        helper: { bytes: helperShares.bytes, offsets: helperOffsets, shift: helperShares.offset },
        reportIds: { bytes: reportIds, offsets: idOffsets, shift: 0 },
        batchIds,
      });
      return { status: status.subarray(0, count), batches: cuts.map(barePair) };
    },
  };
}
