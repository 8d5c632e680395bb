/** What phones plan ahead strikes, as the log and the series tell it, when it is sent. */

import { describe, expect, test } from 'vitest';

import type { RunSummary, ScenarioInput } from '../../src/index.ts';
import { createStrikes } from '../../src/simulation/strikes.ts';
import { runFaulty } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

const HOUR_MS = 3_600_000;

const run = (nemesis: ScenarioInput['nemesis'], more: Partial<ScenarioInput> = {}) =>
  runFaulty({ ...smallDeployment, nemesis: nemesis!, ...more });

/** Hours since the start, of one fault. */
function hoursOf({ simulation }: RunSummary, id: string): number[] {
  const own = simulation!.faultLog.filter((one) => one.id === id);
  return own.map(({ timeMs }) => (timeMs - simulation!.startMs) / HOUR_MS);
}

test('strikes are spread over the day as uploads are, in the log and the series', async () => {
  const ids = ['cli.forge', 'dev.retry_same', 'clk.boundary'] as const;
  const summary = await run(ids.map((id) => ({ id, p: 0.4 })));
  const { startMs, stepMs, columns } = summary.series!.simulated!;
  for (const id of ids) {
    const hours = hoursOf(summary, id);
    const { fired } = summary.simulation!.faults.find((one) => one.id === id)!;
    expect(fired, id).toBeGreaterThan(5);
    expect(hours, id).toHaveLength(fired);
    expect(new Set(hours).size, id).toBeGreaterThan(id === 'clk.boundary' ? 1 : 5);
    const { values } = columns.find(({ name }) => name === `strikes.${id}`)!;
    const logged = values.map(() => 0);
    for (const { timeMs } of summary.simulation!.faultLog.filter((one) => one.id === id)) {
      logged[Math.floor((timeMs - startMs) / stepMs)]! += 1;
    }
    expect(values, id).toEqual(logged);
  }
  const times = summary.simulation!.faultLog.map(({ timeMs }) => timeMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('a phone that is away: when it is back', async () => {
  const fault = { id: 'dev.offline', p: 0.3, params: { duration: '12h' } } as const;
  const hours = hoursOf(await run([fault]), 'dev.offline');
  expect(hours.length).toBeGreaterThan(5);
  for (const hour of hours) expect(hour).toBeGreaterThanOrEqual(12);
});

describe('the log', () => {
  const item = { id: 'dev.retry_same' } as Parameters<typeof createStrikes>[0][number];
  const open = () => {
    const shown: string[] = [];
    const strikes = createStrikes([item], {
      onStrike: (id, count) => shown.push(`${id} strikes ${count}`),
      onShown: (id) => shown.push(`${id} shows`),
    });
    return { strikes, shown };
  };

  test('planned ahead: counted at once, shown once, with the first of its reports', () => {
    const { strikes, shown } = open();
    strikes.ahead(() => strikes.add(1, 0, { what: 'two', reports: [4, 5] }));
    expect([strikes.fired, strikes.log, shown]).toEqual([[1], [], ['dev.retry_same strikes 1']]);
    strikes.sent(7, 3);
    strikes.sent(8, 5);
    strikes.sent(9, 4);
    expect(strikes.log).toEqual([{ timeMs: 8, item: 0, what: 'two', reportCount: 2 }]);
    expect(shown.slice(1)).toEqual(['dev.retry_same shows']);
  });

  test('else at once', () => {
    const { strikes } = open();
    strikes.ahead(() => strikes.add(1, 0, { what: 'nobody' }));
    strikes.add(2, 0, { what: 'late', reports: [4] });
    expect(strikes.log.map(({ timeMs }) => timeMs)).toEqual([1, 2]);
  });
});
