/**
 * The whole system in one function: a block of reports of one metric on its way from the devices to
 * the sums of two processors, and in a second one from the sums to what an authority sees.
 * Everything else either feeds this function or looks at what it did.
 */

import { combine, estimate } from '@priolab/roles';
import type {
  AggregateShare,
  AuthoritySigner,
  BareBatch,
  BatchPair,
  IdentityBlock,
  Intake,
  MeasurementBlock,
  ProcessorRole,
  ReportBlock,
  SealedBlock,
  ShareBatch,
  UploadBlock,
  VerifierShareBlock,
} from '@priolab/roles';

import type { StageTimer } from './run/stages.ts';
import type { Line, World } from './run/world.ts';
import { branches } from './run/settings.ts';
import type { Shard } from './population/plan.ts';

/** Sees everything and changes nothing. The oracles' eyes. */
export interface Observer {
  uploaded(report: ReportBlock, sealed: SealedBlock, uploads: UploadBlock): void;
  /** In place of `uploaded` where reports go without transport. */
  handedOver(report: ReportBlock): void;
  takenIn(intake: Intake<ShareBatch | BareBatch>): void;
  verified(
    batch: BatchPair<ShareBatch | BareBatch>,
    messages: Readonly<Record<ProcessorRole, VerifierShareBlock>>,
    verdicts: Readonly<Record<ProcessorRole, Uint8Array>>,
  ): void;
}

export interface BlockContext {
  readonly world: World;
  readonly line: Line;
  readonly shard: Shard;
  /** Left out: the shard's reports go without transport. */
  readonly identities?: IdentityBlock | undefined;
  readonly observer: Observer;
  readonly timer: StageTimer;
}

/** Devices -> ingestor -> leader | helper. The sums stay with the processors. */
export function runBlock(context: BlockContext, measurements: MeasurementBlock): void {
  const { world, line, shard, identities, observer, timer } = context;
  const { device, leader, helper } = line;
  const randomness = branches.device(world.seedTree, shard.cell);
  timer.start();

  // Devices: add noise, prove that every bin is a bit, split.
  const report = device.randomise(measurements, randomness);
  timer.lap('randomise');
  device.prove(report, randomness);
  timer.lap('prove');
  device.split(report, randomness);
  timer.lap('split');

  let intake: Intake<ShareBatch | BareBatch>;
  if (identities !== undefined) {
    // Devices: encrypt one share to each processor, sign.
    const sealed = device.seal(report, world.processorKeys, randomness);
    timer.lap('seal');
    const uploads = device.attest(sealed, identities, randomness);
    timer.lap('attest');
    observer.uploaded(report, sealed, uploads);
    timer.lap('observe');
    // Ingestor: check the device, strip identity and time, pick r, batch. It can't decrypt.
    intake = line.ingestors[shard.cell.vendor].receive(report.task, report.day, uploads);
  } else {
    observer.handedOver(report);
    timer.lap('observe');
    // A lower rung of fidelity, shares as they are: strip identity and time, pick r, batch.
    intake = line.directIntakes[shard.cell.vendor].receive(report);
  }
  timer.lap('ingest');
  observer.takenIn(intake);

  for (const batch of intake.batches) {
    // Processors: open what is sealed, evaluate at r, exchange, decide, each with its own shares.
    const messages = {
      leader: leader.verifyInit(batch.leader),
      helper: helper.verifyInit(batch.helper),
    };
    timer.lap('open and evaluate');
    const verdicts = {
      leader: leader.verifyNext(messages.helper),
      helper: helper.verifyNext(messages.leader),
    };
    leader.aggregate();
    helper.aggregate();
    timer.lap('decide and sum');
    observer.verified(batch, messages, verdicts);
    timer.lap('observe');
  }
}

/** The devices of a shard get their keys and certificates; its ingestors open a partition. */
export function openShard(
  world: World,
  shard: Shard,
  day: number,
  devices: Uint32Array,
): IdentityBlock {
  const { vendor } = shard.cell;
  world.attestations[vendor].clear();
  for (const line of world.lines) line.ingestors[vendor].openPartition(shard.index);
  const authority: AuthoritySigner = {
    scalar: world.authorityScalars[vendor],
    randomness: branches.authority(world.seedTree, vendor).child(shard.cell.state.id),
  };
  const randomness = branches.device(world.seedTree, shard.cell);
  const count = devices.length;
  return world.identityIssuer.issue({ vendor, day, devices, count, randomness, authority });
}

/** The same where reports go without transport: nobody is certified. */
export function openShardWithoutTransport(world: World, { cell, index }: Shard): void {
  for (const line of world.linesWithoutTransport) {
    line.directIntakes[cell.vendor].openPartition(index);
  }
}

/** Combiner -> authority: what can be published, each with its estimate, and what is held. */
export function publish(leader: readonly AggregateShare[], helper: readonly AggregateShare[]) {
  const { results, held } = combine(leader, helper);
  return { published: results.map((result) => ({ result, estimate: estimate(result) })), held };
}
