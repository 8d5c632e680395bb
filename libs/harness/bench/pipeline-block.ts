/**
 * One block of reports, all parties, and nothing else: what the rows of the pipeline measure.
 *
 * In: noise, proof, split, both envelopes, the device's signature; at the ingestor form, signature,
 * replays, r, batches; at both processors envelopes, evaluation, decision, sum; the combiner has no
 * part. Every block is the same 1 to 512 devices with their own keys, and all must be accepted.
 * Out, in rows of their own: making the devices' keys and certificates, and checking certificates
 * (the ingestor has met these devices). Out altogether: drawing the measurements, and the oracles.
 */

import { backendNames, sha256, toHex } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import type { NodeEvent } from '@priolab/nodes';
import type { BareBatch, Intake, MeasurementBlock, ShareBatch } from '@priolab/roles';

import { openShard, openShardWithoutTransport, runBlock } from '../src/pipeline.ts';
import type { Observer } from '../src/pipeline.ts';
import { createWorkload } from '../src/population/values.ts';
import { firstDay, planOf, seedTreeOf, taskOf } from '../src/run/settings.ts';
import { createObserverArena, createShardObserver } from '../src/run/observe.ts';
import { createStageTimer } from '../src/run/stages.ts';
import type { Work } from '../src/run/work.ts';
import { createWorld } from '../src/run/world.ts';
import type { Line } from '../src/run/world.ts';
import { resolveScenario } from '../src/scenario/scenario.ts';
import { describeEvent } from '../src/simulation/describe-event.ts';
import { createJournal } from '../src/simulation/journal.ts';

/** From the fastest to the slowest. */
const PREFERENCE: readonly string[] = ['wasm', 'node', 'noble'];

export const fastestFirst: readonly BackendName[] = [...backendNames].sort(
  (a, b) => PREFERENCE.indexOf(a) - PREFERENCE.indexOf(b),
);
export const fastest = fastestFirst[0]!;
export const notRegistered = PREFERENCE.filter((name) => !backendNames.some((b) => b === name));

export const silent: Observer = { uploaded() {}, handedOver() {}, takenIn() {}, verified() {} };

export type Setup = ReturnType<typeof setUp>;

/** A shard of `count` devices with one metric, their certificates, and every party. */
export function setUp(bins: number, count: number, backend: BackendName = fastest) {
  const scenario = resolveScenario(
    {
      id: 'bench',
      about: 'one block',
      population: { reports: count, states: ['us-ca'], vendors: { apple: 1, google: 0 }, optIn: 1 },
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
  if (count > line.capacity) throw new RangeError(`${count} reports, a block has ${line.capacity}`);
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
  const issue = () => openShard(world, shard, day, devices);
  return { world, line, plan, shard, block, issue, identities: issue() };
}

/** Runs the block through all parties, again and again; returns a checksum of the sums. */
export function createPipeline({ world, line, shard, block, identities }: Setup): () => number {
  const timer = createStageTimer(() => 0);
  const context = { world, line, shard, identities, observer: silent, timer };
  const run = (): number => {
    line.ingestors.apple.openPartition(shard.index); // forgets the uploads, not the certificates
    runBlock(context, block);
    return checksum(line, block.count);
  };
  run();
  return run;
}

/**
 * What the oracles' eyes do at such a block: fates, truths, fresh values. The block has gone its
 * way once, and what there was to see is shown to them again and again.
 */
export function createOracles(setup: Setup): () => number {
  const { world, line, shard, block } = setup;
  const seen: ((observer: Observer) => void)[] = [];
  passOnce(setup, {
    uploaded: (...what) => seen.push((observer) => observer.uploaded(...what)),
    handedOver: (...what) => seen.push((observer) => observer.handedOver(...what)),
    takenIn: (...what) => seen.push((observer) => observer.takenIn(...what)),
    verified: (...what) => seen.push((observer) => observer.verified(...what)),
  });
  const arena = createObserverArena(block.count);
  const { bits } = block;
  return () => {
    const observer = createShardObserver(world.scenario, shard, arena);
    observer.expect({ metricSlot: 0, firstReport: 0, bits, deeds: line.deeds });
    for (const show of seen) show(observer);
    observer.close();
    const { tally, reportsByRung } = observer;
    if (tally.wrongFates > 0 || reportsByRung.full !== block.count) throw new Error('a wrong fate');
    return sha256(observer.fates)[0]!;
  };
}

/** What the journal of a run in simulated time does at such a block: three events, hashed. */
export function createJournalling(setup: Setup): () => number {
  const { block } = setup;
  const { task, day } = block;
  const events: NodeEvent[] = [];
  let uploads: Uint8Array[] = [];
  let batched: Intake<ShareBatch | BareBatch>;
  passOnce(setup, {
    ...silent,
    uploaded(_report, _sealed, { count, bytes, offsets, sizes }) {
      const upload = (_: unknown, i: number) => bytes.slice(offsets[i]!, offsets[i]! + sizes[i]!);
      uploads = Array.from({ length: count }, upload);
    },
    takenIn: (intake) => (batched = intake),
    verified({ leader }, messages, verdicts) {
      const { windowStartMs, batchId, reportIds } = leader;
      const batch = { batchId: toHex(batchId), windowStartMs, uploadSlots: new Uint32Array() };
      const { status } = batched;
      const batches = [batch];
      events.push({ kind: 'batched', vendor: 'apple', task, day, uploads, status, batches });
      for (const role of ['leader', 'helper'] as const) {
        const seen = { role, task, windowStartMs, batchId: toHex(batchId), reportIds };
        const { queryRandomness } = leader;
        const said = { queryRandomness, peerValues: messages[role].values, unheld: [] };
        events.push({ kind: 'decided', ...seen, ...said, status: verdicts[role] });
      }
    },
  });
  return () => {
    const journal = createJournal();
    for (const event of events) journal.write(0, describeEvent(event));
    return Number.parseInt(journal.digest().slice(0, 8), 16);
  };
}

/** The block goes its way once, before somebody's eyes. */
function passOnce({ world, line, shard, block, identities }: Setup, observer: Observer): void {
  const timer = createStageTimer(() => 0);
  line.ingestors.apple.openPartition(shard.index);
  runBlock({ world, line, shard, identities, observer, timer }, block);
  checksum(line, block.count);
}

/** The same without transport, as a run of fidelity `shares-only` has it. */
export function createSharesOnly({ world, shard, block }: Setup): () => number {
  const line = world.linesWithoutTransport[0]!;
  const context = { world, line, shard, observer: silent, timer: createStageTimer(() => 0) };
  const run = (): number => {
    openShardWithoutTransport(world, shard);
    runBlock(context, block);
    return checksum(line, block.count);
  };
  run();
  return run;
}

/** A number that the sums of both processors give. */
function checksum({ leader, helper }: Line, count: number): number {
  const shares = [leader, helper].map((party) => party.takeAggregateShares()[0]!);
  if (!shares.every((share) => share.count === count)) throw new Error('not all accepted');
  return shares[0]!.sum[0]! ^ shares[1]!.sum.at(-1)!;
}

/** The operations that `run` does for each report. */
export function workPerReport({ world, block }: Setup, run: () => unknown): Record<string, number> {
  const before = { ...world.work };
  run();
  const counts = Object.entries(world.work).map(([kind, count]) => [
    kind,
    (count - before[kind as keyof Work]) / block.count,
  ]);
  return Object.fromEntries(counts) as Record<string, number>;
}
