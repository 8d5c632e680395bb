/**
 * Plans: exact totals, dense report numbers, one sender list per number, independence of cells from
 * each other, cadence, cut-offs, and the way to a worker and back.
 */

import { createSeedTree } from '@priolab/crypto';
import { customMetric, metricCatalogue } from '@priolab/roles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  planFromTransfer,
  planPopulation,
  type PopulationPlan,
} from '../../src/population/plan.ts';
import { binomialTwoSidedP } from '../../src/statistics/binomial.ts';
import { PopulationError } from '../../src/population/population-settings.ts';
import {
  allShards,
  national,
  nationalPlan,
  onehot,
  reportsOfCell,
  seedTree,
  sendersOf,
} from './fixtures.ts';

// Fixed seeds: a failure repeats. Alpha is what a true null would have cost on choosing them.
const alpha = 1e-4;

/** Checks everything that holds for every plan; returns the number of reports counted. */
function checkPlan(plan: PopulationPlan): number {
  let report = 0;
  let participants = 0;
  let previous = { day: 0, cell: 0, end: 0 };
  for (const shard of allShards(plan)) {
    expect(shard.firstReport).toBe(report);
    expect(shard.participantCount).toBeLessThanOrEqual(plan.population.shardParticipants);
    const now = { day: shard.day, cell: shard.cell.index, end: shard.firstDevice };
    const isSameCellDay = now.day === previous.day && now.cell === previous.cell;
    if (isSameCellDay) expect(now.end).toBeGreaterThanOrEqual(previous.end);
    else expect(now.day * 1000 + now.cell).toBeGreaterThan(previous.day * 1000 + previous.cell);
    previous = { ...now, end: shard.firstDevice + shard.deviceSpan };

    const seen = new Set<number>();
    let count = 0;
    plan.metrics.forEach((_, slot) => {
      const devices = sendersOf(plan, shard, slot);
      expect(devices).toEqual([...new Set(devices)].sort((a, b) => a - b));
      devices.forEach((device) => seen.add(device));
      count += devices.length;
    });
    expect(count).toBe(shard.reportCount);
    expect(seen.size).toBe(shard.participantCount);
    expect(Math.min(...seen)).toBe(shard.firstDevice);
    expect(Math.max(...seen)).toBe(previous.end - 1);
    report += count;
    participants += seen.size;
  }
  expect(participants).toBe(plan.participantCount);
  return report;
}

describe('planPopulation', () => {
  it('plans exactly the reports asked for, whatever is asked', () => {
    const widths = fc.constantFrom(1, 3, 64, 512);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 28 }),
        widths,
        fc.integer({ min: 1, max: metricCatalogue.length }),
        (reports, days, shardParticipants, metricCount) => {
          const settings = { ...national, reports, days, shardParticipants };
          const metrics = metricCatalogue.slice(0, metricCount);
          expect(checkPlan(planPopulation(settings, metrics, seedTree))).toBe(reports);
        },
      ),
      { seed: 7, numRuns: 25 },
    );
  });

  it('shares reports among cells by weight and spreads them over days', () => {
    const plan = planPopulation(
      { ...national, reports: 1000, days: 4, states: { 'us-ct': 1, 'us-wa': 3 } },
      [onehot],
      seedTree,
    );
    const counts = new Map<string, number>();
    for (const { cell, day, reportCount } of allShards(plan)) {
      const key = `${cell.state.id} ${cell.vendor} ${day}`;
      counts.set(key, (counts.get(key) ?? 0) + reportCount);
    }
    // Shares 137.5, 112.5, 412.5, 337.5: the two left over go to the first two cells.
    const ofCell = (cell: string) => [0, 1, 2, 3].map((day) => counts.get(`${cell} ${day}`));
    expect(ofCell('us-ct apple')).toEqual([34, 35, 34, 35]);
    expect(ofCell('us-ct google')).toEqual([28, 28, 28, 29]);
    expect(ofCell('us-wa apple')).toEqual([103, 103, 103, 103]);
    expect(ofCell('us-wa google')).toEqual([84, 84, 84, 85]);
  });

  it('is the same for the same seed, and another for another', () => {
    const again = planPopulation(national, metricCatalogue, createSeedTree('population tests'));
    expect(again.transfer).toEqual(nationalPlan().transfer);
    const other = planPopulation(national, metricCatalogue, createSeedTree('another'));
    expect(other.transfer.table).not.toEqual(again.transfer.table);
  });

  it('changes no device of a cell when a state or a vendor comes in', () => {
    const base = { ...national, days: 2, states: { 'us-ca': 3, 'us-wa': 1 } };
    const few = planPopulation({ ...base, reports: 2000 }, metricCatalogue, seedTree);
    const more = planPopulation(
      { ...base, states: { 'us-ak': 4, 'us-ca': 3, 'us-wa': 1 }, reports: 4000 },
      metricCatalogue,
      seedTree,
    );
    expect(more.cells).toHaveLength(6);
    for (const [state, vendor] of [
      ['us-ca', 'apple'],
      ['us-ca', 'google'],
      ['us-wa', 'apple'],
      ['us-wa', 'google'],
    ] as const) {
      expect(reportsOfCell(more, state, vendor)).toEqual(reportsOfCell(few, state, vendor));
    }
  });

  it('cuts the last device short where the quota ends, and keeps its first metrics', () => {
    const settings = { ...national, days: 1, states: ['us-ct'], vendors: { apple: 1, google: 0 } };
    const daily = metricCatalogue.slice(0, 5);
    const full = planPopulation({ ...settings, reports: 50 }, daily, seedTree);
    for (let reports = 46; reports < 50; reports++) {
      const plan = planPopulation({ ...settings, reports }, daily, seedTree);
      expect(plan.participantCount).toBe(10);
      const shard = plan.shard(0);
      expect([...shard.metricCounts]).toEqual(
        daily.map((_, slot) => (slot < reports - 45 ? 10 : 9)),
      );
      const lastDevice = shard.firstDevice + shard.deviceSpan - 1;
      daily.forEach((_, slot) => {
        const devices = sendersOf(plan, shard, slot);
        expect(devices).toEqual(sendersOf(full, full.shard(0), slot).slice(0, devices.length));
        expect(devices.includes(lastDevice)).toBe(slot < reports - 45);
      });
    }
  });

  it('sends daily metrics each day and biweekly ones once a fortnight', () => {
    const settings = {
      ...national,
      reports: 40_000,
      days: 28,
      states: ['us-ct'],
      vendors: { apple: 1, google: 0 },
      shardParticipants: 512,
    };
    const plan = planPopulation(settings, metricCatalogue, seedTree);
    const daysOf = new Map<string, number[]>();
    let sharedDevices = Infinity;
    for (const shard of allShards(plan)) {
      // Devices that every day's scan reaches, so that no cut-off hides one of their days.
      sharedDevices = Math.min(sharedDevices, shard.firstDevice + shard.deviceSpan - 1);
      plan.metrics.forEach((metric, slot) => {
        for (const device of sendersOf(plan, shard, slot)) {
          const key = `${metric.id} ${device}`;
          daysOf.set(key, [...(daysOf.get(key) ?? []), shard.day]);
        }
      });
    }
    expect(plan.shardCount).toBe(28);
    expect(sharedDevices).toBeGreaterThan(300);
    let seen = 0;
    for (const [key, days] of daysOf) {
      const [id, device] = key.split(' ');
      if (Number(device) >= sharedDevices) continue;
      seen += 1;
      if (id!.includes('14d')) expect(days, key).toEqual([days[0]!, days[0]! + 14]);
      else expect(days, key).toEqual(Array.from({ length: 28 }, (_, day) => day));
    }
    expect(seen % 13).toBe(0);
    expect(seen).toBeGreaterThan(13 * 100);
  });

  it('runs all 13 metrics over 14 days', () => {
    const plan = planPopulation(
      { ...national, reports: 20_000, days: 14 },
      metricCatalogue,
      seedTree,
    );
    expect(checkPlan(plan)).toBe(20_000);
    const totals = metricCatalogue.map((_, slot) =>
      allShards(plan).reduce((sum, shard) => sum + shard.metricCounts[slot]!, 0),
    );
    // Each device-day has 7 daily reports, and 6 biweekly ones with a chance of 1 in 14.
    const successes = totals[12]!;
    expect(binomialTwoSidedP({ successes, n: totals[0]!, p: 1 / 14 })).toBeGreaterThan(alpha);
    for (let slot = 0; slot < 7; slot++) {
      // Quota cuts lose at most one device a cell and day.
      expect(totals[0]! - totals[slot]!).toBeLessThanOrEqual(6 * 14);
    }
  });

  it('lets in the share of devices that opt in, and of reports that are sampled', () => {
    const settings = {
      ...national,
      reports: 8000,
      days: 1,
      states: ['us-ct'],
      vendors: { apple: 1, google: 0 },
      optIn: 0.37,
    };
    const plan = planPopulation(settings, [onehot], seedTree);
    const n = plan.phoneCount;
    expect(binomialTwoSidedP({ successes: 8000, n, p: 0.37 })).toBeGreaterThan(alpha);

    const second = customMetric({ id: 'second', bins: 2, layout: 'one-hot' });
    const sampled = planPopulation(
      { ...settings, sampling: { second: 0.2 } },
      [onehot, second],
      seedTree,
    );
    const [all, some] = [0, 1].map((slot) =>
      allShards(sampled).reduce((sum, shard) => sum + shard.metricCounts[slot]!, 0),
    );
    expect(binomialTwoSidedP({ successes: some!, n: all!, p: 0.2 })).toBeGreaterThan(alpha);
    expect(reportsOfCell(sampled, 'us-ct', 'apple').filter((r) => r.includes('onehot'))).toEqual(
      reportsOfCell(plan, 'us-ct', 'apple').slice(0, all),
    );
  });

  it('draws a new sample each day', () => {
    const settings = { ...national, reports: 400, days: 2, states: ['us-ct'] };
    const plan = planPopulation({ ...settings, sampling: { onehot: 0.5 } }, [onehot], seedTree);
    const [first, second] = [0, 1].map((day) =>
      reportsOfCell(plan, 'us-ct', 'apple')
        .filter((report) => report.startsWith(`${day}/`))
        .map((report) => report.slice(2)),
    );
    expect(first).not.toEqual(second);
  });

  it('gives up on a quota that cannot be met, and says what to change', () => {
    const tiny = { ...national, reports: 60, optIn: 1e-8 };
    expect(() => planPopulation(tiny, [onehot], seedTree)).toThrow(PopulationError);
    expect(() => planPopulation(tiny, [onehot], seedTree)).toThrow(
      /us-ca\/apple, day 0: expected \d+ reports, but \d+ devices send only 0\. Raise optIn/,
    );
    const never = { ...national, sampling: { onehot: 1e-9 } };
    expect(() => planPopulation(never, [onehot], seedTree)).toThrow(
      expect.objectContaining({ code: 'population-quota' }),
    );
  });

  it('names every cell that falls short, once', () => {
    const tiny = {
      ...national,
      reports: 60,
      days: 2,
      optInByState: { 'us-ca': 1e-8, 'us-wa': 1e-8 },
    };
    let problems: readonly { path: string; message: string }[] = [];
    try {
      planPopulation(tiny, [onehot], seedTree);
    } catch (error) {
      problems = (error as PopulationError).problems;
    }
    expect(problems.map(({ path, message }) => `${path} ${message.split(':')[0]}`)).toEqual([
      'population.reports us-ca/apple, day 0',
      'population.reports us-ca/google, day 0',
      'population.reports us-wa/apple, day 0',
      'population.reports us-wa/google, day 0',
    ]);
  });

  it('gives up early where hardly anybody sends, and only there', () => {
    const plan = (optIn: number) =>
      planPopulation(
        { ...national, reports: 40_000, days: 1, states: ['us-ca'], optIn },
        [onehot],
        seedTree,
      );
    // 22,000 reports of Apple's cell would take up to 22 million devices.
    expect(() => plan(1 / 20_000)).toThrow(
      /us-ca\/apple, day 0: expected 22000 reports, but 10\d{5} /,
    );
    expect(plan(1 / 900).reportCount).toBe(40_000);
  });
  it('can live on biweekly metrics alone', () => {
    const biweekly = metricCatalogue.filter(({ cadence }) => cadence === 'biweekly');
    expect(checkPlan(planPopulation(national, biweekly, seedTree))).toBe(6000);
  });
});

describe('locate', () => {
  it('finds every report where its shard lists it', () => {
    const plan = planPopulation(
      { ...national, reports: 1500, days: 2, shardParticipants: 16, sampling: { onehot: 0.5 } },
      [onehot, ...metricCatalogue],
      seedTree,
    );
    let report = 0;
    for (const shard of allShards(plan)) {
      plan.metrics.forEach((_, metricSlot) => {
        sendersOf(plan, shard, metricSlot).forEach((device, position) => {
          expect(plan.locate(report)).toEqual({ shard, metricSlot, position, device });
          report += 1;
        });
      });
    }
    expect(report).toBe(1500);
    expect(() => plan.locate(1500)).toThrow();
    expect(() => plan.locate(-1)).toThrow();
    expect(() => plan.shard(plan.shardCount)).toThrow();
  });
});

describe('planFromTransfer', () => {
  it('gives the same plan on the other side of a structured clone', () => {
    const plan = nationalPlan();
    const copy = planFromTransfer(structuredClone(plan.transfer), seedTree);
    expect(allShards(copy)).toEqual(allShards(plan));
    expect(copy.phoneCount).toBe(plan.phoneCount);
    expect(checkPlan(copy)).toBe(6000);
  });

  it('notices a seed that the plan was not made with', () => {
    const copy = planFromTransfer(nationalPlan().transfer, createSeedTree('another'));
    expect(() => checkPlan(copy)).toThrow('senders that were planned');
  });
});
