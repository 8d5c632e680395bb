/** `conserve`: what is swallowed on its way is seen, unless a fault that struck it allows that. */

import type { Ingestor } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { CellRecord, RunSummary } from '../../src/record/run-record.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { without } from '../../src/simulation/faults/halves.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';
import { runDemonstration, runFaulty } from './fault-run.ts';
import type { Sabotage } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

/** Its fault never strikes: so many writes there are not. */
const calm = {
  ...smallDeployment,
  nemesis: [{ id: 'proc.crash', params: { write: 1e6 } }],
  expect: ['conserve'],
} satisfies ScenarioInput;

const sabotaged = (sabotage: Sabotage): Promise<RunSummary> =>
  runFaulty(calm, { id: 'proc.crash', ...sabotage });

function conserve({ expectations }: RunSummary) {
  return expectations.find(({ id }) => id === 'conserve')!;
}

const unexplained = ({ simulation }: RunSummary) => simulation!.reports.unexplained ?? [];
const swallowed = (summary: RunSummary): number =>
  unexplained(summary).reduce((sum, { count }) => sum + count, 0);

/** A phone that makes its report and never sends it. */
const silentPhones: Inject = ({ hooks }) => {
  hooks.phones.uploads.push((report) => (report.number % 10 === 3 ? [] : [report]));
};

/** An upload server that says that it has stored what it has thrown away. */
const forgetfulFront: Inject = ({ hooks, timeline }) => {
  hooks.front.push((front) => {
    const { inbox } = front;
    const gone = new Set<string>();
    let puts = 0;
    const put: typeof inbox.put = (key, ...rest) => {
      puts += 1;
      if (puts % 10 !== 3) return inbox.put(key, ...rest);
      gone.add(key);
      return Promise.resolve(true);
    };
    const stat: typeof inbox.stat = (key) =>
      gone.has(key) ? Promise.resolve({ size: 0, writtenMs: timeline.nowMs() }) : inbox.stat(key);
    return { ...front, inbox: { ...inbox, put, stat } };
  });
};

/** A vendor that leaves out of its batches what `choose` says, by slot. */
const dropping =
  (choose: (slot: number) => boolean): Inject =>
  ({ hooks }) => {
    hooks.ingestor.push((inner: Ingestor, { task }) => ({
      openPartition: (index) => inner.openPartition(index),
      receive(of, day, uploads) {
        const intake = inner.receive(of, day, uploads);
        if (task.state !== 'us-md') return intake;
        const batches = intake.batches.map((pair) => {
          const slots = [...pair.uploadSlots.keys()].filter(choose);
          return slots.length === 0 ? pair : without(pair, 'both', slots);
        });
        return { ...intake, batches };
      },
    }));
  };

/** A queue that never hands out some of the helper's tasks. */
const deafQueue: Inject = ({ queues }) => {
  queues.helper.addPolicy(({ id }, deliver) => {
    if (!id.startsWith('aggregate-')) deliver();
  });
};

test('nothing is missing where nothing strikes', async () => {
  const summary = await runFaulty(calm);
  expect(summary.simulation!.faults[0]!.fired).toBe(0);
  expect(conserve(summary)).toMatchObject({ verdict: 'pass', n: 60 });
  expect(summary.simulation!.reports).not.toHaveProperty('unexplained');
});

describe('red where no fault has struck', () => {
  test('phones that send nothing', async () => {
    const summary = await sabotaged({ over: silentPhones });
    expect(swallowed(summary)).toBe(6);
    expect(unexplained(summary)).toContainEqual(
      expect.objectContaining({ hop: 'device', fate: 'not-sent' }),
    );
    expect(conserve(summary)).toMatchObject({ verdict: 'fail', n: 54 });
  });

  test('uploads that are acknowledged and not kept', async () => {
    const summary = await sabotaged({ over: forgetfulFront });
    expect(swallowed(summary)).toBeGreaterThan(0);
    expect(new Set(unexplained(summary).map(({ hop }) => hop))).toEqual(new Set(['ingestor']));
    expect(conserve(summary).verdict).toBe('fail');
  });

  test('single reports and whole batches left out, and of which state', async () => {
    for (const [choose, all] of [
      [(slot: number) => slot === 0, false],
      [() => true, true],
    ] as const) {
      const summary = await sabotaged({ over: dropping(choose) });
      expect(unexplained(summary)).toEqual([
        { state: 'us-md', hop: 'ingestor', fate: 'pending', count: swallowed(summary) },
      ]);
      expect(swallowed(summary) > 20).toBe(all);
      expect(conserve(summary)).toMatchObject({ verdict: 'fail', n: 60 - swallowed(summary) });
      expect(conserve(summary).observed).toContain(
        `${swallowed(summary)} that no fault allows: ` +
          `us-md ${swallowed(summary)} pending (ingestor)`,
      );
    }
  });

  test('sums that are never made', async () => {
    const summary = await sabotaged({ over: deafQueue });
    expect(swallowed(summary)).toBe(60);
    expect(conserve(summary)).toMatchObject({ verdict: 'fail', n: 0 });
  });
});

describe('where faults have struck', () => {
  const dropBoth = { ...calm, nemesis: [{ id: 'ing.drop_both' as const, p: 0.2 }] };

  test('what they allow is no failure, and excuses nothing that they did not touch', async () => {
    const whole = await runFaulty(dropBoth);
    expect(whole.fates.find(({ outcome }) => outcome === 'lost')!.count).toBeGreaterThan(0);
    expect(conserve(whole).verdict).toBe('pass');
    const over = dropping((slot) => slot === 0);
    const summary = await runFaulty(dropBoth, { id: 'ing.drop_both', over });
    expect(unexplained(summary)).toMatchObject([{ state: 'us-md', fate: 'pending' }]);
    expect(conserve(summary).verdict).toBe('fail');
  });

  test('a processor that dies at every write must recover; nothing is published', async () => {
    const summary = await runFaulty({ ...calm, nemesis: [{ id: 'proc.crash' }] });
    expect(summary.simulation!.faults[0]!.fired).toBeGreaterThan(100);
    expect(unexplained(summary).map(({ state }) => state)).toEqual(['us-md', 'us-wa']);
    expect(swallowed(summary)).toBe(60);
    expect(conserve(summary).verdict).toBe('fail');
  });

  test('vacuous where all is lost, as a fault may have it', async () => {
    const summary = await runFaulty({ ...calm, nemesis: [{ id: 'ing.drop_both' }] });
    expect(summary.fates).toMatchObject([{ outcome: 'lost', count: 60 }]);
    expect(conserve(summary)).toMatchObject({ verdict: 'vacuous', n: 0 });
  });
});

test('a run that is interrupted owes no report an end', async () => {
  const controller = new AbortController();
  const stop: Inject = ({ timeline, startMs }) => {
    timeline.at(startMs + 12 * 3_600_000, () => controller.abort());
  };
  const faults = new Map(faultCode).set('proc.crash', stop);
  const scenario = resolveScenario(calm, 'test');
  const { signal } = controller;
  const summary = await runScenario({ scenario, workers: 0, environment, faults, signal });
  expect(summary.interrupted).toBe(true);
  expect(summary.fates.some(({ outcome }) => outcome === 'pending')).toBe(true);
  expect(unexplained(summary)).toEqual([]);
  expect(conserve(summary).verdict).not.toBe('fail');
});

/** A task of that window that is never handed out. */
const leftover =
  ({ state, vendor, windowStartMs }: CellRecord): Inject =>
  ({ queues, parties, timeline, endMs }) => {
    const task = [...parties.tasks.values()].find(
      (one) => one.state === state && one.vendor === vendor,
    )!;
    queues.helper.addPolicy(({ id }, deliver) => {
      if (id !== 'left over') deliver();
    });
    timeline.at(endMs, () => {
      queues.helper.add('left over', { kind: 'aggregate', task, windowStartMs });
    });
  };

test('`live`: an excused window excuses its own tasks, and no other’s', async () => {
  const { cells, simulation } = await runDemonstration('mal.withhold');
  expect(simulation!.windows.excused).toBeGreaterThan(0);
  const withheld = cells.find(({ held }) => held !== undefined)!;
  const published = cells.find(({ held }) => held === undefined)!;
  const judged = async (window: CellRecord) => {
    const summary = await runDemonstration('mal.withhold', { over: leftover(window) });
    expect(summary.simulation!.openTasks).toEqual({ leader: 0, helper: 1 });
    return summary.expectations.find(({ id }) => id === 'live')!;
  };
  expect(await judged(withheld)).toMatchObject({ verdict: 'pass' });
  expect(await judged(published)).toMatchObject({ verdict: 'fail' });
});
