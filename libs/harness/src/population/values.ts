/**
 * The workload: true measurements and upload times of a shard's devices, block by block.
 * Catalogue metrics are read from the devices' stories, custom ones from a draw of their own; both
 * come from items at (state, vendor, day, device index) in the seed tree, so a shard's values do
 * not depend on which worker draws them, or in which order. Scratch is made once; nothing is
 * allocated per report. Adds no noise and makes no report.
 */

import assert from 'node:assert/strict';
import type { SeedBranch } from '@priolab/crypto';
import type { Metric } from '@priolab/roles';
import {
  exposureScratch,
  type StorySource,
  type StoryWriter,
  storyWriter,
} from './catalogue-values.ts';
import { customItemWords, skewedWeights, writeCustomValue } from './custom-values.ts';
import { epidemicIntensity, waveDays } from './epidemic.ts';
import { sendTimeMs } from './load-times.ts';
import type { PopulationPlan, Shard } from './plan.ts';
import { deviceBranch, wordBlock } from './seed-words.ts';
import { readStories, storyBlock, storyThresholds, storyWords } from './story.ts';
import { uploadWords } from './upload-times.ts';

/** Devices of one shard that send one metric, as `plan.senders` lists them. */
export interface SenderBlock {
  readonly shard: Shard;
  readonly metricSlot: number;
  /** Ascending device indexes; the first `count` are used. */
  readonly devices: Uint32Array;
  /** At most the plan's `shardParticipants`. */
  readonly count: number;
}

/** What devices measured and when they sent it. One instance a worker: it owns scratch. */
export interface Workload {
  /** Writes `count` vectors of 0 and 1, one after the other, `bins` words each, into `out`. */
  drawMeasurements(block: SenderBlock & { readonly out: Uint32Array }): void;
  /** Writes `count` upload times in milliseconds since the day's UTC midnight into `outMs`. */
  drawUploadTimes(block: SenderBlock & { readonly outMs: Uint32Array }): void;
}

/** How one metric slot gets its bits. */
type ValueSource =
  | { readonly kind: 'story'; readonly write: StoryWriter; readonly windowDays: 1 | 14 }
  | { readonly kind: 'custom'; readonly cumulative: Uint32Array };

/** A workload for all shards of the plan; `seedTree` must come from the plan's seed. */
export function createWorkload(plan: PopulationPlan, seedTree: SeedBranch): Workload {
  const capacity = plan.population.shardParticipants;
  const items = wordBlock(capacity * storyWords);
  const source: StorySource = {
    stories: storyBlock(capacity),
    words: items.words,
    exposures: exposureScratch(),
  };
  const valueSources = plan.metrics.map(valueSourceOf);
  const wavePhases = plan.cells.map(
    ({ state }) => seedTree.child(state.id, 'epidemic').bytes(0, 16)[0]! % waveDays,
  );

  /** Items of the block's devices from a branch of their day, into the scratch. */
  const gatherItems = (block: SenderBlock, names: readonly string[], itemWords: number): void => {
    const { shard, devices, count } = block;
    assert(count >= 0 && count <= capacity, 'count is at most the shard size');
    assert(devices.length >= count, 'devices hold count indexes');
    deviceBranch(seedTree, shard.cell)
      .child(`day-${shard.day}`, ...names)
      .gather(devices, count, 4 * itemWords, items.bytes);
  };

  return Object.freeze({
    drawMeasurements: (block: SenderBlock & { readonly out: Uint32Array }): void => {
      const { shard, metricSlot, count, out } = block;
      const metric = plan.metrics[metricSlot];
      const valueSource = valueSources[metricSlot];
      assert(metric !== undefined && valueSource !== undefined, 'metric slot is in range');
      assert(out.length >= count * metric.bins, 'out has room for all vectors');
      if (valueSource.kind === 'custom') {
        gatherItems(block, ['custom', metric.id], customItemWords(metric));
        const draw = { metric, cumulative: valueSource.cumulative, words: items.words, out };
        for (let i = 0; i < count; i++) writeCustomValue(draw, i);
        return;
      }
      gatherItems(block, ['story'], storyWords);
      const intensity = intensityOf(plan, shard, wavePhases[shard.cell.index]!);
      const thresholds = storyThresholds(intensity, valueSource.windowDays);
      readStories(source.stories, source.words, count, thresholds);
      for (let i = 0; i < count; i++) valueSource.write(source, i, out, i * metric.bins);
    },
    drawUploadTimes: (block: SenderBlock & { readonly outMs: Uint32Array }): void => {
      const { shard, metricSlot, count, outMs } = block;
      assert(outMs.length >= count, 'outMs has room for all times');
      gatherItems(block, ['upload'], uploadWords);
      const { utcOffsetHours } = shard.cell.state;
      const draw = { words: items.words, utcOffsetHours, metricSlot };
      const { load } = plan.population;
      for (let i = 0; i < count; i++) {
        outMs[i] = sendTimeMs(load, draw, i);
      }
    },
  });
}

function valueSourceOf(metric: Metric): ValueSource {
  const write = storyWriter(metric.id);
  if (write === undefined) return { kind: 'custom', cumulative: skewedWeights(metric.bins) };
  return { kind: 'story', write, windowDays: metric.cadence === 'biweekly' ? 14 : 1 };
}

function intensityOf({ population }: PopulationPlan, shard: Shard, wavePhase: number): number {
  const { epidemic: kind, days, heaviestState } = population;
  const isCentre = shard.cell.state.id === heaviestState;
  return epidemicIntensity({ kind, days, wavePhase, isCentre }, shard.day);
}
