/**
 * The workload: layouts of every metric, independence of the block it is drawn in, agreement
 * between a device's metrics, and frequencies. Statistical limits are at alpha = 1e-4 with fixed
 * seeds, so they hold or fail for good.
 */

import { createSeedTree } from '@priolab/crypto';
import { customMetric, type Metric, metricCatalogue } from '@priolab/roles';
import { describe, expect, it } from 'vitest';
import { storyWriter } from '../../src/population/catalogue-values.ts';
import { skewedWeights } from '../../src/population/custom-values.ts';
import { calmIntensity } from '../../src/population/epidemic.ts';
import { deviceLabel } from '../../src/population/labels.ts';
import {
  planFromTransfer,
  planPopulation,
  type PopulationPlan,
  type Shard,
} from '../../src/population/plan.ts';
import { createWorkload } from '../../src/population/values.ts';
import { binomialTwoSidedP } from '../../src/statistics/binomial.ts';
import { chiSquareTest } from '../../src/statistics/chi-square.ts';
import { allShards, national, nationalPlan, onehot, seedTree, sendersOf } from './fixtures.ts';

const alpha = 1e-4;

/** One report's true vector, with its device. */
interface Drawn {
  readonly device: number;
  readonly vector: Uint32Array;
}

function drawSlot(plan: PopulationPlan, shard: Shard, metricSlot: number): Drawn[] {
  const workload = createWorkload(plan, seedTree);
  const senders = sendersOf(plan, shard, metricSlot);
  const { bins } = plan.metrics[metricSlot]!;
  const out = new Uint32Array(senders.length * bins).fill(9);
  const devices = Uint32Array.from(senders);
  workload.drawMeasurements({ shard, metricSlot, devices, count: devices.length, out });
  return senders.map((device, i) => ({ device, vector: out.slice(i * bins, (i + 1) * bins) }));
}

/** Sums of a metric over a whole plan, bin by bin, and the number of reports. */
function sums(plan: PopulationPlan, metricSlot: number): { totals: Uint32Array; n: number } {
  const totals = new Uint32Array(plan.metrics[metricSlot]!.bins);
  let n = 0;
  for (const shard of allShards(plan)) {
    for (const { vector } of drawSlot(plan, shard, metricSlot)) {
      vector.forEach((bit, bin) => (totals[bin]! += bit));
      n += 1;
    }
  }
  return { totals, n };
}

function onesOf(vector: Uint32Array): number {
  return vector.reduce((a, b) => a + b, 0);
}

function checkLayout(metric: Metric, vector: Uint32Array): void {
  expect(vector.every((bit) => bit === 0 || bit === 1)).toBe(true);
  const ones = onesOf(vector);
  expect(ones).toBeLessThanOrEqual(metric.maxOnes);
  if (metric.layout === 'one-hot') expect(ones).toBe(1);
  if (metric.id === 'DateExposure14d-v3' && ones > 0) {
    const first = vector.indexOf(1);
    const groupEnd = first - (first % 12) + 12;
    expect([...vector.subarray(first, groupEnd)]).toEqual(Array(groupEnd - first).fill(1));
    expect(ones).toBe(groupEnd - first);
  }
}

function catalogue(id: string): Metric {
  return metricCatalogue.find((metric) => metric.id === id)!;
}

/** An outbreak in the only state, so that rare events are met. */
function busyPlan(metrics: readonly Metric[], reports: number): PopulationPlan {
  const settings = {
    ...national,
    reports,
    days: 1,
    states: ['us-ca'],
    epidemic: 'outbreak',
  } as const;
  return planPopulation({ ...settings, shardParticipants: 512 }, metrics, seedTree);
}

describe('drawMeasurements', () => {
  it('has a writer for every metric of the catalogue, and for no other', () => {
    for (const { id } of metricCatalogue) expect(storyWriter(id), id).toBeTypeOf('function');
    expect(storyWriter('onehot')).toBeUndefined();
  });

  it('keeps to the layout of every metric', () => {
    const custom = [
      onehot,
      customMetric({ id: 'some', bins: 33, layout: 'k-hot' }),
      customMetric({ id: 'rising', bins: 20, layout: 'cumulative' }),
      customMetric({ id: 'maybe', bins: 1, layout: 'one-hot-or-none' }),
    ];
    const plan = busyPlan([...metricCatalogue, ...custom], 45_000);
    const seen = new Set<string>();
    for (const shard of allShards(plan)) {
      plan.metrics.forEach((metric, slot) => {
        for (const { vector } of drawSlot(plan, shard, slot)) {
          checkLayout(metric, vector);
          if (onesOf(vector) > 0) seen.add(metric.id);
        }
      });
    }
    expect(plan.metrics.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  it('depends on seed, cell, day and device only, not on the block', () => {
    const plan = nationalPlan();
    const shard = plan.shard(3);
    const workload = createWorkload(planFromTransfer(plan.transfer, seedTree), seedTree);
    plan.metrics.forEach(({ bins }, metricSlot) => {
      for (const { device, vector } of drawSlot(plan, shard, metricSlot).slice(0, 10)) {
        const out = new Uint32Array(bins);
        const devices = Uint32Array.of(device);
        workload.drawMeasurements({ shard, metricSlot, devices, count: 1, out });
        expect(out).toEqual(vector);
      }
    });
  });

  it('gives other values to other days, cells and seeds', () => {
    const plan = planPopulation({ ...national, days: 2 }, [onehot], seedTree);
    const draw = (shard: Shard, tree = seedTree) => {
      const devices = Uint32Array.from({ length: 32 }, (_, i) => i);
      const out = new Uint32Array(32 * 15);
      createWorkload(plan, tree).drawMeasurements({
        shard,
        metricSlot: 0,
        devices,
        count: 32,
        out,
      });
      return out.join('');
    };
    const at = (day: number, cell: number) =>
      allShards(plan).find((shard) => shard.day === day && shard.cell.index === cell)!;
    const drawn = [at(0, 0), at(1, 0), at(0, 1), at(0, 2)].map((shard) => draw(shard));
    drawn.push(draw(at(0, 0), createSeedTree('another')));
    expect(new Set(drawn).size).toBe(5);
  });

  it("lets a device's metrics tell one story", () => {
    const plan = busyPlan(metricCatalogue, 40_000);
    let notified = 0;
    for (const shard of allShards(plan)) {
      const byMetric = plan.metrics.map(
        (_, slot) => new Map(drawSlot(plan, shard, slot).map((d) => [d.device, d.vector])),
      );
      for (const [device, notification] of byMetric[0]!) {
        const exposureClass = notification.indexOf(1);
        if (exposureClass === 0) continue;
        const [, interaction, histogram, verified, uploaded, date] = byMetric.map((m) =>
          m.get(device),
        );
        if (date === undefined || histogram === undefined) continue;
        notified += 1;
        expect(Math.floor(date.indexOf(1) / 4) + 1).toBe(exposureClass);
        const touched = interaction!.indexOf(1);
        if (touched > 0) expect((touched + 1) >> 1).toBe(exposureClass);
        for (const event of [verified!, uploaded!]) {
          if (onesOf(event) > 0) expect(event.indexOf(1)).toBe(exposureClass + 1);
        }
        expect(onesOf(uploaded!)).toBeLessThanOrEqual(onesOf(verified!));
        const fortnight = byMetric[10]!.get(device);
        if (fortnight !== undefined) expect(fortnight.indexOf(1)).toBe(exposureClass);
      }
    }
    expect(notified).toBeGreaterThan(40);
  });

  it('draws custom bins in proportion to their weights', () => {
    const { totals, n } = sums(busyPlan([onehot], 30_000), 0);
    expect(n).toBe(30_000);
    const cumulative = skewedWeights(15);
    const expected = Array.from(cumulative, (sum, bin) => {
      const weight = sum - (cumulative[bin - 1] ?? 0);
      return (n * weight) / cumulative[14]!;
    });
    expect(Math.min(...expected)).toBeGreaterThan(5);
    expect(chiSquareTest(totals, expected).p).toBeGreaterThan(alpha);
  });

  it('notifies as often as the epidemic says', () => {
    const notification = metricCatalogue.slice(0, 2);
    const calm = { ...national, reports: 60_000, epidemic: 'calm' } as const;
    for (const [plan, intensity] of [
      [planPopulation(calm, notification, seedTree), calmIntensity],
      [busyPlan(notification, 40_000), 10 * calmIntensity],
    ] as const) {
      const { totals, n } = sums(plan, 0);
      const sample = { successes: n - totals[0]!, n, p: intensity / 65_536 };
      expect(binomialTwoSidedP(sample)).toBeGreaterThan(alpha);
      const interactions = sums(plan, 1);
      const opened = [1, 3, 5, 7].reduce((sum, bin) => sum + interactions.totals[bin]!, 0);
      const p = (0.741 * intensity) / 65_536;
      expect(binomialTwoSidedP({ successes: opened, n, p })).toBeGreaterThan(alpha);
    }
  });

  it('notifies in a fortnight as often as in 14 days', () => {
    const plan = planPopulation(
      { ...national, reports: 20_000 },
      [catalogue('PeriodicExposureNotification14d-v3')],
      seedTree,
    );
    const { totals, n } = sums(plan, 0);
    const p = 1 - (1 - calmIntensity / 65_536) ** 14;
    expect(binomialTwoSidedP({ successes: n - totals[0]!, n, p })).toBeGreaterThan(alpha);
  });

  it('spreads the risk histogram over all axes, each apart from the others', () => {
    const { totals } = sums(busyPlan([catalogue('histogramMetric-v2')], 40_000), 0);
    const axes: readonly ((index: number) => number)[] = [
      (index) => Math.floor(index / 192),
      (index) => (index >> 6) % 3,
      (index) => (index >> 3) % 8,
      (index) => index % 8,
    ];
    const sizes = [7, 3, 8, 8];
    for (let a = 0; a < 4; a++) {
      for (let b = a + 1; b < 4; b++) {
        const counts = Array.from({ length: sizes[a]! * sizes[b]! }, () => 0);
        totals.forEach((count, index) => {
          counts[axes[a]!(index) * sizes[b]! + axes[b]!(index)]! += count;
        });
        expect(Math.min(...counts), `axes ${a} and ${b}`).toBeGreaterThan(5);
      }
    }
  });

  it('refuses blocks that do not fit', () => {
    const plan = nationalPlan();
    const workload = createWorkload(plan, seedTree);
    const block = { shard: plan.shard(0), metricSlot: 0, devices: new Uint32Array(65), count: 65 };
    const out = new Uint32Array(65 * 5);
    expect(() => workload.drawMeasurements({ ...block, out })).toThrow('shard size');
    expect(() =>
      workload.drawMeasurements({ ...block, count: 64, out: new Uint32Array(5) }),
    ).toThrow('room');
    expect(() => workload.drawMeasurements({ ...block, metricSlot: 13, out })).toThrow('slot');
    expect(() =>
      workload.drawUploadTimes({ ...block, count: 3, outMs: new Uint32Array(2) }),
    ).toThrow('room');
  });
});

describe('drawUploadTimes', () => {
  it("gives a device's metrics one job a day", () => {
    const plan = nationalPlan();
    const workload = createWorkload(plan, seedTree);
    const shard = plan.shard(0);
    const times = [0, 4].map((metricSlot) => {
      const devices = Uint32Array.from(sendersOf(plan, shard, metricSlot)).subarray(0, 40);
      const outMs = new Uint32Array(40);
      workload.drawUploadTimes({ shard, metricSlot, devices, count: 40, outMs });
      return outMs;
    });
    expect(new Set(times[0]).size).toBeGreaterThan(35);
    times[0]!.forEach((ms, i) => {
      expect(times[1]![i]).toBe(Math.min(ms + 1000, 86_399_999));
    });
  });
});

describe('deviceLabel', () => {
  it('is the same for a device each time, and names its state', async () => {
    const cell = nationalPlan().cells[0]!;
    const label = await deviceLabel(seedTree, cell, 17);
    await deviceLabel(seedTree, cell, 18);
    expect(await deviceLabel(seedTree, cell, 17)).toBe(label);
    expect(await deviceLabel(createSeedTree('another'), cell, 17)).not.toBe(label);
    expect(label).toMatch(/^iPhone .+ of .+ in .+, California$/);
  });
});
