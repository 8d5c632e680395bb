/**
 * Cost of the whole pipeline and of each of its stages, in microseconds a report (`npm run bench`).
 * A stage is timed by running the pipeline up to it on a fixed block, so that every stage works on
 * real input; the row is the stage alone.
 */

import type { BackendName } from '@priolab/crypto';
import type { BatchPair, IdentityBlock, MeasurementBlock } from '@priolab/roles';

import { openShard } from '../src/pipeline.ts';
import { resolveScenario } from '../src/scenario/scenario.ts';
import { createWorkload } from '../src/population/values.ts';
import { branches, firstDay, planOf, seedTreeOf, taskOf } from '../src/run/settings.ts';
import { createWorld } from '../src/run/world.ts';

export interface BenchRow {
  readonly name: string;
  /** Items a run works on. */
  readonly sizes: { readonly smoke: number; readonly full: number };
  /** Sets up; the closure does the work once and returns a checksum. */
  prepare(size: number): () => number;
}

type Setup = ReturnType<typeof setUp>;

/** One shard of `size` devices with one metric, and every party. */
function setUp(bins: number, size: number, backend: BackendName = 'node') {
  const scenario = resolveScenario(
    {
      id: 'bench',
      about: 'one block',
      population: { reports: size, states: ['us-ca'], vendors: { apple: 1, google: 0 }, optIn: 1 },
      system: { metrics: [{ id: 'bench-v1', bins }] },
      crypto: { backend, crossCheck: false },
      expect: ['conserve'],
    },
    'bench',
  );
  const seedTree = seedTreeOf(scenario);
  const plan = planOf(scenario);
  const world = createWorld({ scenario, seedTree, backend, shardParticipants: 512 });
  const shard = plan.shard(0);
  const line = world.lines[0]!;
  const count = Math.min(size, line.capacity);
  const devices = Uint32Array.from({ length: count }, (_, i) => i);
  const day = firstDay(scenario);
  const block: MeasurementBlock = {
    task: taskOf(scenario, line.metric, shard.cell.state.id, 'apple'),
    day,
    count,
    devices,
    identityIndex: devices,
    timesMs: new Uint32Array(count),
    bits: new Uint32Array(count * bins),
  };
  const sender = { shard, metricSlot: 0, devices, count };
  createWorkload(plan, seedTree).drawMeasurements({ ...sender, out: block.bits });
  const open = (): IdentityBlock => openShard(world, shard, day, devices);
  const identities = open();
  return { world, line, shard, block, open, identities };
}

/** Runs the stages of one block; `last` is the stage whose work is wanted. */
const stages = {
  'identity and certificate': ({ open }: Setup) => open().credentials[1]!,
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
  ingest: ({ world, line, shard, block, uploads }: Prepared) => {
    world.attestations.apple.clear();
    line.ingestors.apple.openPartition(shard.index);
    return line.ingestors.apple.receive(block.task, block.day, uploads).batches.length;
  },
  'open and evaluate, both': ({ line, batch }: Prepared) => {
    const leader = line.leader.verifyInit(batch.leader).values[0]!;
    return leader ^ line.helper.verifyInit(batch.helper).values[0]!;
  },
} as const;

function prepare(setup: Setup) {
  const { world, line, shard, block, identities } = setup;
  const randomness = branches.device(world.seedTree, shard.cell);
  const report = line.device.randomise(block, randomness);
  line.device.prove(report, randomness);
  line.device.split(report, randomness);
  const sealed = line.device.seal(report, world.processorKeys, randomness);
  const uploads = line.device.attest(sealed, identities, randomness);
  const [batch] = line.ingestors.apple.receive(block.task, block.day, uploads).batches;
  return { ...setup, randomness, report, sealed, uploads, batch: batch! satisfies BatchPair };
}

type Prepared = ReturnType<typeof prepare>;

function stageRow(name: keyof typeof stages, bins: number): BenchRow {
  return {
    name: `pipeline, ${bins} bins: ${name}`,
    sizes: { smoke: 3, full: 128 },
    prepare(size) {
      const prepared = prepare(setUp(bins, size));
      return () => stages[name](prepared);
    },
  };
}

function wholeRow(bins: number, backend: BackendName, full: number): BenchRow {
  return {
    name: `pipeline, ${bins} bins: whole, ${backend}`,
    sizes: { smoke: 2, full },
    prepare(size) {
      const setup = setUp(bins, size, backend);
      return () => {
        const { world, line } = setup;
        const { batch } = prepare({ ...setup, identities: setup.open() });
        const messages = {
          leader: line.leader.verifyInit(batch.leader),
          helper: line.helper.verifyInit(batch.helper),
        };
        line.leader.verifyNext(messages.helper);
        line.helper.verifyNext(messages.leader);
        line.leader.aggregate();
        line.helper.aggregate();
        line.helper.takeAggregateShares();
        const [share] = line.leader.takeAggregateShares();
        return share!.sum[0]! ^ world.lines.length;
      };
    },
  };
}

export const rows: readonly BenchRow[] = [
  ...(Object.keys(stages) as (keyof typeof stages)[]).map((name) => stageRow(name, 100)),
  wholeRow(5, 'node', 128),
  wholeRow(100, 'node', 128),
  wholeRow(1344, 'node', 64),
  wholeRow(100, 'noble', 4),
];
