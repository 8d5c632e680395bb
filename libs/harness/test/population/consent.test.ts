/**
 * Who may send: quotas over the days on which authorities have enabled ENPA, consent over time as
 * its draws say, and plans in which nobody sends without both. Held against the oracle's own view.
 */

import { metricCatalogue } from '@priolab/roles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ConsentScanner, createPermission } from '../../src/population/consent.ts';
import { enabledSpan, isInSpan, withinRun } from '../../src/population/enabled-days.ts';
import { planPopulation } from '../../src/population/plan.ts';
import type { PopulationPlan } from '../../src/population/plan.ts';
import type { PopulationSettings } from '../../src/population/population-settings.ts';
import { createWorkload } from '../../src/population/values.ts';
import { createConsentView } from '../../src/run/consent-view.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import { smallInput } from '../run/fixture.ts';
import { allShards, seedTree, sendersOf } from './fixtures.ts';

const DAY_MS = 86_400_000;
const two: PopulationSettings = { reports: 800, days: 4, states: { 'us-ct': 1, 'us-wa': 1 } };
const few = metricCatalogue.slice(0, 3);

const countsOf = (plan: PopulationPlan, state: string): number[] =>
  Array.from({ length: plan.population.days }, (_, day) =>
    allShards(plan)
      .filter((shard) => shard.cell.state.id === state && shard.day === day)
      .reduce((sum, { reportCount }) => sum + reportCount, 0),
  );

/** Every report of a plan: whose, on which day, and when in it. */
function sendings(plan: PopulationPlan) {
  const workload = createWorkload(plan, seedTree);
  return allShards(plan).flatMap((shard) =>
    plan.metrics.flatMap((_, metricSlot) => {
      const list = Uint32Array.from(sendersOf(plan, shard, metricSlot));
      const outMs = new Uint32Array(list.length);
      const block = { shard, metricSlot, devices: list, count: list.length, outMs };
      workload.drawUploadTimes(block);
      return [...list].map((device, i) => ({ shard, device, timeMs: outMs[i]! }));
    }),
  );
}

describe('days on which authorities have enabled ENPA', () => {
  it('reads them, and keeps to the days of the run', () => {
    expect(enabledSpan(false)).toEqual({ fromDay: 0, untilDay: 0 });
    expect(withinRun(enabledSpan(true), 4)).toEqual({ fromDay: 0, untilDay: 4 });
    expect(withinRun(enabledSpan({ fromDay: 2 }), 4)).toEqual({ fromDay: 2, untilDay: 4 });
    expect([-1, 1, 2, 9].map((day) => isInSpan(enabledSpan({ untilDay: 2 }), day))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('gives states their share by weight times days, evenly over those days', () => {
    const plan = planPopulation(
      { ...two, enabled: { 'us-ct': { fromDay: 1, untilDay: 3 } } },
      few,
      seedTree,
    );
    // Two days of one state against four of the other, of the same weight.
    const [ct, wa] = [countsOf(plan, 'us-ct'), countsOf(plan, 'us-wa')];
    expect([ct[0], ct[3]]).toEqual([0, 0]);
    [...ct.slice(1, 3), ...wa].forEach((count) => {
      expect(Math.abs(count - 800 / 6)).toBeLessThanOrEqual(2);
    });
    expect([...ct, ...wa].reduce((a, b) => a + b)).toBe(800);
  });

  it('gives all to the others where a state never enables it', () => {
    const plan = planPopulation({ ...two, enabled: { 'us-ct': false } }, few, seedTree);
    expect(countsOf(plan, 'us-ct')).toEqual([0, 0, 0, 0]);
    expect(countsOf(plan, 'us-wa')).toEqual([200, 200, 200, 200]);
  });

  it('changes nothing where all have enabled it on all days', () => {
    const enabled = { 'us-ct': true, 'us-wa': { fromDay: 0, untilDay: 4 } };
    const said = planPopulation({ ...two, enabled }, few, seedTree);
    expect(said.transfer.table).toEqual(planPopulation(two, few, seedTree).transfer.table);
  });
});

describe('consent over time', () => {
  const consent = { withdrawPerDay: 0.3, returnPerDay: 0.4 };
  const scenario = resolveScenario(
    { ...smallInput, population: { ...two, states: ['us-ct', 'us-wa'], consent } },
    'test',
  );
  const plan = planPopulation({ ...two, consent }, few, seedTree);
  const view = createConsentView(scenario, seedTree)!;
  const [cell] = plan.cells;
  const phone = (device: number) => ({ state: 'us-ct', vendor: cell!.vendor, device });

  it('is what the oracle works out by itself, at any moment, for any device', () => {
    const permission = createPermission(plan.population, seedTree);
    let without = 0;
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(6 * DAY_MS), (device, timeMs) => {
        const isGiven = view.hasConsent(phone(device), timeMs);
        expect(permission.maySend(cell!, device, timeMs)).toBe(isGiven);
        if (!isGiven) without += 1;
      }),
      { seed: 11, numRuns: 400 },
    );
    expect(without).toBeGreaterThan(50);
  });

  it('changes at its moment, which is the first of the new', () => {
    const scanner = new ConsentScanner(plan.population.consent!, seedTree, 512);
    scanner.load(cell!, 0, 0, 512);
    const gone = Array.from({ length: 512 }, (_, i) => i).filter(
      (i) => !scanner.isGiven(i, DAY_MS - 1),
    );
    // 0.3 of 512, within six standard deviations.
    expect(Math.abs(gone.length - 153.6)).toBeLessThan(63);
    let [low, high] = [0, DAY_MS - 1];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (scanner.isGiven(gone[0]!, middle)) low = middle;
      else high = middle;
    }
    expect(view.hasConsent(phone(gone[0]!), low)).toBe(true);
    expect(view.hasConsent(phone(gone[0]!), high)).toBe(false);
  });

  it('plans the reports asked for, none of them without consent', () => {
    const all = sendings(plan);
    expect(all).toHaveLength(800);
    const bad = all.filter(({ shard, device, timeMs }) => {
      const { state, vendor } = shard.cell;
      const who = { state: state.id, vendor, device };
      return !view.hasConsent(who, shard.day * DAY_MS + timeMs);
    });
    expect(bad).toEqual([]);
    // On a day on which a phone withdraws, what it sends before that stands.
    const last = all.filter(({ shard, device }) => {
      const { state, vendor } = shard.cell;
      const who = { state: state.id, vendor, device };
      return !view.hasConsent(who, (shard.day + 1) * DAY_MS - 1);
    });
    expect(last.length).toBeGreaterThan(50);
  });

  it('looks at more phones for it', () => {
    const always = planPopulation(two, few, seedTree);
    expect(plan.phoneCount).toBeGreaterThan(1.2 * always.phoneCount);
  });
});
