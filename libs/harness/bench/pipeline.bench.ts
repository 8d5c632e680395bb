/**
 * Cost of the whole pipeline, of each of its stages and of what it leaves out, in microseconds a
 * report (`npm run bench`). `pipeline-block.ts` says what is in and what is not. A stage is timed
 * on what the stages before it made, so that every stage works on real input.
 */

import type { BackendName } from '@priolab/crypto';
import type { BatchPair } from '@priolab/roles';

import { publish } from '../src/pipeline.ts';
import { createWorkload } from '../src/population/values.ts';
import { branches } from '../src/run/settings.ts';
import type { Line } from '../src/run/world.ts';
import { checkCertificates } from './certificate-check.ts';
import {
  createJournalling,
  createOracles,
  createPipeline,
  createSharesOnly,
  fastest,
  fastestFirst,
  notRegistered,
} from './pipeline-block.ts';
import { setUp, workPerReport } from './pipeline-block.ts';
import type { Setup } from './pipeline-block.ts';

export interface BenchRow {
  readonly name: string;
  /** Items a run works on. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => number;
  /** Operations of the protocol, an item. */
  readonly work?: () => Readonly<Record<string, number>>;
}

/** Reports in a run: blocks as the product cuts them, fewer where a report takes milliseconds. */
function fullSize(bins: number, backend: BackendName): number {
  if (backend === 'noble') return 2;
  if (backend === 'node') return 128;
  return bins > 1000 ? 152 : 512;
}

const stages = {
  measure({ workload, shard, block, bits, timesMs }: Prepared) {
    const sender = { shard, metricSlot: 0, devices: block.devices, count: block.count };
    workload.drawMeasurements({ ...sender, out: bits });
    workload.drawUploadTimes({ ...sender, outMs: timesMs });
    return bits.reduce((sum, bit) => sum + bit, 0);
  },
  'device key and certificate': ({ issue }: Prepared) => issue().credentials[1]!,
  randomise: ({ line, block, randomness }: Prepared) =>
    line.device.randomise(block, randomness).proofs[0]!,
  prove: ({ line, report, randomness }: Prepared) => {
    line.device.prove(report, randomness);
    return report.proofs.at(-1)!;
  },
  split: ({ line, report, randomness }: Prepared) => {
    line.device.split(report, randomness);
    return report.leaderShares.bytes[0]!;
  },
  seal: ({ world, line, report, randomness }: Prepared) =>
    line.device.seal(report, world.processorKeys, randomness).leader.bytes[7]!,
  attest: ({ line, sealed, identities, randomness }: Prepared) =>
    line.device.attest(sealed, identities, randomness).bytes.at(-1)!,
  ingest: ({ line, shard, block, uploads }: Prepared) => {
    line.ingestors.apple.openPartition(shard.index);
    return line.ingestors.apple.receive(block.task, block.day, uploads).batches.length;
  },
  'open and evaluate, both': ({ line, batch }: Prepared) => {
    const leader = line.leader.verifyInit(batch.leader).values[0]!;
    return leader ^ line.helper.verifyInit(batch.helper).values[0]!;
  },
  'decide, both': ({ line, messages }: Prepared) => {
    const leader = line.leader.verifyNext(messages.helper)[0]!;
    return leader ^ line.helper.verifyNext(messages.leader)[0]!;
  },
  // A batch is summed once, so that it must be opened anew each time.
  'open, decide and sum, both': ({ line, batch }: Prepared) => totalOf(sumUp(line, batch)),
  // One pair of sums, whatever it counts: by report it is next to nothing, so here it is by pair.
  'combine and estimate, a pair of sums': ({ sums, block }: Prepared) => {
    let checksum = 0;
    for (let i = 0; i < block.count; i++) {
      checksum ^= totalOf(sums) + i;
    }
    return checksum;
  },
} as const;

function openBoth({ leader, helper }: Line, batch: BatchPair) {
  return { leader: leader.verifyInit(batch.leader), helper: helper.verifyInit(batch.helper) };
}

/** Both processors' sums of one batch. */
function sumUp(line: Line, batch: BatchPair) {
  const messages = openBoth(line, batch);
  line.leader.verifyNext(messages.helper);
  line.helper.verifyNext(messages.leader);
  line.leader.aggregate();
  line.helper.aggregate();
  return { leader: line.leader.takeAggregateShares(), helper: line.helper.takeAggregateShares() };
}

/** What the combiner and the authority make of them. */
function totalOf({ leader, helper }: ReturnType<typeof sumUp>): number {
  return publish(leader, helper).published[0]!.result.totals[0]!;
}

type Prepared = ReturnType<typeof prepareStages>;

function prepareStages(setup: Setup) {
  const { world, line, shard, plan, block, identities } = setup;
  const randomness = branches.device(world.seedTree, shard.cell);
  const report = line.device.randomise(block, randomness);
  line.device.prove(report, randomness);
  line.device.split(report, randomness);
  const sealed = line.device.seal(report, world.processorKeys, randomness);
  const uploads = line.device.attest(sealed, identities, randomness);
  const [found] = line.ingestors.apple.receive(block.task, block.day, uploads).batches;
  const batch: BatchPair = found!;
  const sums = sumUp(line, batch);
  const messages = openBoth(line, batch);
  const workload = createWorkload(plan, world.seedTree);
  const bits = new Uint32Array(block.bits.length);
  const timesMs = new Uint32Array(block.count);
  const made = { randomness, report, sealed, uploads, batch, messages, sums };
  return { ...setup, ...made, workload, bits, timesMs };
}

interface RowOptions {
  readonly name: string;
  readonly bins: number;
  readonly backend: BackendName;
  readonly start: (setup: Setup) => () => number;
}

function rowOf({ name, bins, backend, start }: RowOptions): BenchRow {
  return {
    name,
    sizes: { smoke: 2, full: fullSize(bins, backend) },
    prepare: (size) => start(setUp(bins, size, backend)),
    work() {
      const setup = setUp(bins, 2, backend);
      return workPerReport(setup, start(setup));
    },
  };
}

function stageRow(stage: keyof typeof stages, bins: number): BenchRow {
  const start = (setup: Setup) => {
    const prepared = prepareStages(setup);
    return () => stages[stage](prepared);
  };
  return rowOf({
    name: `stage, ${bins} bins, ${fastest}: ${stage}`,
    bins,
    backend: fastest,
    start,
  });
}

function wholeRow(bins: number, backend: BackendName): BenchRow {
  return rowOf({
    name: `pipeline, ${bins} bins, ${backend}`,
    bins,
    backend,
    start: createPipeline,
  });
}

export const rows: readonly BenchRow[] = [
  ...[5, 16, 100, 1344].flatMap((bins) => fastestFirst.map((backend) => wholeRow(bins, backend))),
  ...fastestFirst.map((backend) =>
    rowOf({ name: `certificate check, ${backend}`, bins: 100, backend, start: checkCertificates }),
  ),
  rowOf({
    name: `oracles at the pipeline, 100 bins, ${fastest}`,
    bins: 100,
    backend: fastest,
    start: createOracles,
  }),
  rowOf({
    name: `journal of the pipeline, 100 bins, ${fastest}`,
    bins: 100,
    backend: fastest,
    start: createJournalling,
  }),
  rowOf({
    name: `shares only, 100 bins, ${fastest}`,
    bins: 100,
    backend: fastest,
    start: createSharesOnly,
  }),
  ...(Object.keys(stages) as (keyof typeof stages)[]).map((name) => stageRow(name, 100)),
];

/** Rows that this table should have and can't. */
export const absent: readonly { readonly name: string; readonly reason: string }[] =
  notRegistered.map((backend) => ({
    name: `pipeline, 100 bins, ${backend}`,
    reason: `backend ${backend} is not registered`,
  }));
