/** Faults that wait for something, and that heal one by one. */

import { describe, expect, test } from 'vitest';

import type { FaultId } from '../../src/faults/catalogue.ts';
import { toldEventIds } from '../../src/faults/told-events.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import { createBeginnings } from '../../src/simulation/beginnings.ts';
import type { FaultContext, Inject } from '../../src/simulation/fault.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { expandNemesis } from '../../src/simulation/faults/composite.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { NemesisItem } from '../../src/simulation/settings.ts';
import { ciSlice } from '../ci-slice.ts';
import { faultIn, redOf, runFaulty } from './fault-run.ts';
import { shortWindows } from './small-deployment.ts';

const HOUR_MS = 3_600_000;

/** At each strike of a fault: the hour, and the batches that had been cut. */
interface Seen {
  readonly hour: number;
  readonly batches: number;
}

async function strikesOf(id: FaultId, nemesis: ScenarioInput['nemesis'], more = {}) {
  const seen: Seen[] = [];
  const instead: Inject = (context: FaultContext) => {
    const { timeline, startMs, book } = context;
    faultCode.get(id)!({
      ...context,
      strike(strike) {
        const hour = (timeline.nowMs() - startMs) / HOUR_MS;
        seen.push({ hour, batches: book.batches.size });
        context.strike(strike);
      },
    });
  };
  const summary = await runFaulty({ ...shortWindows, nemesis, ...more } as ScenarioInput, {
    id,
    instead,
  });
  return { seen, summary };
}

describe('when', () => {
  test('a fault begins once an event has happened often enough', async () => {
    const nemesis = (when?: object) =>
      [{ id: 'sto.slow', at: 'ingestion-', ...when }] as ScenarioInput['nemesis'];
    const { seen: always } = await strikesOf('sto.slow', nemesis());
    expect(Math.min(...always.map(({ batches }) => batches))).toBeLessThan(5);
    const when = { event: 'batch.cut', atLeast: 5 };
    const { seen, summary } = await strikesOf('sto.slow', nemesis({ when }), {
      expect: [...shortWindows.expect, 'det'],
    });
    const fewest = Math.min(...seen.map(({ batches }) => batches));
    // One event tells of the batches of a task, which may be several.
    expect(fewest).toBeGreaterThanOrEqual(5);
    expect(fewest).toBeLessThan(8);
    expect(redOf(summary)).toEqual([]);
  });

  test('never before its time, and not after it', async () => {
    const when = { event: 'batch.cut' } as const;
    const { seen } = await strikesOf('sto.slow', [
      { id: 'sto.slow', at: 'ingestion-', when, from: '12h', until: '15h' },
    ]);
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.min(...seen.map(({ hour }) => hour))).toBeGreaterThanOrEqual(12);
    expect(Math.max(...seen.map(({ hour }) => hour))).toBeLessThan(15);
  });

  test('what never happens makes the verdict vacuous', async () => {
    const when = { event: 'window.held' } as const;
    const { seen, summary } = await strikesOf('sto.slow', [{ id: 'sto.slow', when }]);
    expect(seen).toEqual([]);
    expect(summary.exitCode).toBe(6);
  });

  test('one fault waits for another, and lasts as long as it says from then on', async () => {
    const nemesis: ScenarioInput['nemesis'] = [
      { id: 'proc.oom', at: 'helper', p: 0.5 },
      { id: 'net.partition', when: { event: 'proc.oom', atLeast: 2 }, params: { duration: '2h' } },
    ];
    const { seen: killed } = await strikesOf('proc.oom', nemesis);
    const { seen, summary } = await strikesOf('net.partition', nemesis);
    const secondHour = killed[1]!.hour;
    expect(seen.length).toBeGreaterThan(0);
    for (const { hour } of seen) {
      expect(hour).toBeGreaterThanOrEqual(secondHour);
      expect(hour).toBeLessThan(secondHour + 2);
    }
    expect(redOf(summary)).toEqual([]);
  });

  test.each<[FaultId, object]>(
    ciSlice<[FaultId, object]>(
      [
        ['clk.skew', { at: 'processor/leader' }],
        ['clk.freeze', { at: 'portal', params: { duration: '2h' } }],
        ['key.revoked', {}],
        ['key.lost', {}],
        ['nem.region_loss', { params: { duration: '1h' } }],
        ['nem.swizzle', {}],
        ['proc.version_skew', { at: 'leader', params: { change: 'incompatible', duration: '1h' } }],
        ['sto.expire', {}],
      ],
      3,
    ),
  )('%s, which has a time and no occasions, begins then', async (id, nemesis) => {
    const when = { event: 'window.published' } as const;
    const items = [{ id, when, ...nemesis }] as ScenarioInput['nemesis'];
    const { seen } = await strikesOf(id, items, { services: { ingestion: { batchEvery: '1h' } } });
    // The first window ends at eight, and is summed two hours later.
    expect(Math.min(...seen.map(({ hour }) => hour))).toBeGreaterThanOrEqual(10);
    expect(seen.length).toBeGreaterThan(0);
  });

  test('devices that break the protocol wait as well', async () => {
    const nemesis: ScenarioInput['nemesis'] = [
      { id: 'cli.undecryptable', p: 0.5, when: { event: 'window.published' } },
    ];
    const population = { ...shortWindows.population, days: 2 };
    const summary = await runFaulty({ ...shortWindows, population, nemesis });
    expect(faultIn(summary).fired).toBeGreaterThan(5);
    // The first day's phones had been planned before anything was published.
    const all = await runFaulty({
      ...shortWindows,
      population,
      nemesis: [{ ...nemesis[0]!, when: undefined }],
    });
    expect(faultIn(all).fired).toBeGreaterThan(faultIn(summary).fired + 5);
  });

  test('a fault made of faults hands on what it waits for, and when it heals', () => {
    const when = { event: 'batch.cut', atLeast: 3 } as const;
    const scenario = resolveScenario(
      {
        ...shortWindows,
        nemesis: [{ id: 'nem.swarm', when, heal: '12h', params: { atLeast: 3 } }],
      },
      'swarm',
    );
    const [, ...parts] = expandNemesis(scenario).nemesis;
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part).toMatchObject({ when, heal: '12h' });
  });

  test('each told event is one that a fault can wait for', () => {
    const item = { fromMs: 0, untilMs: Infinity } as NemesisItem;
    const nemesis = toldEventIds.map((event) => ({ ...item, when: { event, atLeast: 2 } }));
    const timeline = { nowMs: () => 5, at: () => {} };
    const beginnings = createBeginnings({ nemesis, timeline, startMs: 0 });
    toldEventIds.forEach((event, index) => {
      beginnings.happened(event, 1);
      expect(beginnings.beginsMs(index)).toBe(Infinity);
      beginnings.happened(event, 2);
      expect(beginnings.beginsMs(index)).toBe(5);
    });
  });
});

describe('heal of one fault', () => {
  test('brings back what it took down, and leaves the others alone', async () => {
    const nemesis = (heal?: string): ScenarioInput['nemesis'] => [
      {
        id: 'proc.crash',
        at: 'helper',
        from: '6h',
        dose: 1,
        params: { restart: '2d' },
        ...(heal === undefined ? {} : { heal }),
      },
      { id: 'net.drop', p: 0.2 },
    ];
    const services = { ...shortWindows.services, processors: { grace: '8h' } } as const;
    const healed = await strikesOf('net.drop', nemesis('12h'), { services });
    const sick = await strikesOf('net.drop', nemesis(), { services });
    const lastOf = ({ summary }: typeof sick): number => summary.simulation!.windows.open;
    expect(Math.max(...healed.seen.map(({ hour }) => hour))).toBeGreaterThan(12);
    expect(redOf(healed.summary)).toEqual([]);
    expect(lastOf(healed)).toBe(0);
    const ends = [healed, sick].map(({ summary }) => summary.simulation!.endMs);
    expect(ends[0]).toBeLessThan(ends[1]!);
  });
});
