/**
 * Does the fast backend do what the readable one does? One report in `every` goes through the whole
 * pipeline again, alone, in a world with the reference backend; its upload (without transport: its
 * shares and id), point r, verification messages and verdicts must be those of the run, byte for
 * byte.
 */

import { SEED_SIZE } from '@priolab/crypto';
import type { SeedBranch, Strided } from '@priolab/crypto';
import { REPORT_ID_SIZE } from '@priolab/roles';
import type { MeasurementBlock } from '@priolab/roles';

import { runBlock } from '../pipeline.ts';
import type { BlockContext, Observer } from '../pipeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Tally } from './shard-result.ts';
import { createStageTimer } from './stages.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

export interface CrossCheck {
  /** Chooses reports of the next block by number. */
  choose(block: MeasurementBlock, metricSlot: number, reportBase: number): void;
  /** Records the chosen reports as the block goes by. */
  readonly observer: Observer;
  /** Repeats them in the reference world and counts agreement. */
  check(context: Pick<BlockContext, 'shard' | 'identities' | 'timer'>, tally: Tally): void;
}

const silent: Observer = {
  uploaded: () => {},
  handedOver: () => {},
  takenIn: () => {},
  verified: () => {},
};

export function createCrossCheck(options: {
  scenario: Scenario;
  seedTree: SeedBranch;
}): CrossCheck {
  const { scenario, seedTree } = options;
  const { crossCheck } = scenario.crypto;
  if (crossCheck === false) return { choose: () => {}, observer: silent, check: () => {} };
  const { every, backend } = crossCheck;
  const idle = createStageTimer(() => 0);
  let reference: World | undefined;
  let chosen: readonly number[] = [];
  let block: MeasurementBlock;
  let metricSlot = 0;
  let trace = createTrace([]);
  const current: Observer = {
    uploaded: (...details) => trace.uploaded(...details),
    handedOver: (...details) => trace.handedOver(...details),
    takenIn: (...details) => trace.takenIn(...details),
    verified: (...details) => trace.verified(...details),
  };

  return {
    choose(next, slot, reportBase) {
      block = next;
      metricSlot = slot;
      const first = (every - (reportBase % every)) % every;
      const length = Math.max(0, Math.ceil((next.count - first) / every));
      chosen = Array.from({ length }, (_, i) => first + i * every);
      trace = createTrace(chosen);
    },

    observer: current,

    check({ shard, identities, timer }, tally) {
      for (const slot of chosen) {
        const one = { scenario, seedTree, backend, shardParticipants: 1, blockCapacity: 1 };
        const world = (reference ??= createWorld(one));
        const isBare = identities === undefined;
        const line = (isBare ? world.linesWithoutTransport : world.lines)[metricSlot]!;
        const intakes = isBare ? line.directIntakes : line.ingestors;
        intakes[shard.cell.vendor].openPartition(shard.index);
        const again = createTrace([0]);
        const context = { world, line, shard, identities, observer: again, timer: idle };
        runBlock(context, single(block, slot));
        line.leader.takeAggregateShares();
        line.helper.takeAggregateShares();
        tally.crossChecked++;
        if (trace.of(slot) !== again.of(0)) tally.crossCheckMismatches++;
      }
      timer.lap('cross-check');
    },
  };
}

/** The block reduced to one of its reports. */
function single(block: MeasurementBlock, slot: number): MeasurementBlock {
  const { bins } = block.task.metric;
  return {
    ...block,
    count: 1,
    devices: block.devices.slice(slot, slot + 1),
    identityIndex: block.identityIndex.slice(slot, slot + 1),
    timesMs: block.timesMs.slice(slot, slot + 1),
    bits: block.bits.slice(slot * bins, (slot + 1) * bins),
  };
}

/** What the chosen reports put on a wire or hand over, as text. */
function createTrace(slots: readonly number[]): Observer & { of(slot: number): string } {
  const parts = new Map<number, string[]>(slots.map((slot) => [slot, []]));
  return {
    uploaded(_report, _sealed, { bytes, offsets, sizes }) {
      for (const [slot, list] of parts) {
        const at = offsets[slot]!;
        list.push(Buffer.from(bytes.subarray(at, at + sizes[slot]!)).toString('hex'));
      }
    },
    handedOver({ leaderShares, helperShares, reportIds, task }) {
      const { leaderShareSize } = task.shape;
      for (const [slot, list] of parts) {
        const idAt = slot * REPORT_ID_SIZE;
        list.push(
          hexAt(leaderShares, slot, leaderShareSize),
          hexAt(helperShares, slot, SEED_SIZE),
          Buffer.from(reportIds.subarray(idAt, idAt + REPORT_ID_SIZE)).toString('hex'),
        );
      }
    },
    takenIn({ status }) {
      for (const [slot, list] of parts) list.push(`intake ${status[slot]}`);
    },
    verified(batch, messages, verdicts) {
      for (const [slot, list] of parts) {
        const k = batch.uploadSlots.indexOf(slot);
        if (k === -1) continue;
        list.push(`r ${batch.leader.queryRandomness[k]}`);
        for (const role of ['leader', 'helper'] as const) {
          const { values, status } = messages[role];
          // A refused share has no message: the values beside its status mean nothing.
          const message = status[k] === 0 ? values.slice(3 * k, 3 * k + 3).join() : 'none';
          list.push(`${role} ${status[k]} ${message} ${verdicts[role][k]}`);
        }
      }
    },
    of: (slot) => parts.get(slot)!.join('\n'),
  };
}

function hexAt({ bytes, offset, stride }: Strided, index: number, size: number): string {
  const at = offset + index * stride;
  return Buffer.from(bytes.subarray(at, at + size)).toString('hex');
}
