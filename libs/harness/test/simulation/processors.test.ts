/** Honest processors recover from dying anywhere, and their leases hold however long they work. */

import { describe, expect, test } from 'vitest';

import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { measuredBy, published, redOf, runDemonstration, runFaulty } from './fault-run.ts';

const tiny: ScenarioInput = {
  ...demonstrationOf('proc.crash')!,
  population: { reports: 12, days: 1, states: ['us-wa'], vendors: { apple: 1 } },
  services: { ingestion: { batchEvery: '1d' } },
};

type Params = Record<string, string | number | boolean>;

function crashing(role: string, params: Params, fires = 1): ScenarioInput {
  const nemesis = [{ id: 'proc.crash' as const, at: `processor/${role}`, dose: 1, fires, params }];
  return { ...tiny, nemesis };
}

describe('a processor that dies', () => {
  test.each(['leader', 'helper'])(
    '%s: any write, before or after it: the same totals',
    async (role) => {
      const clean = await runFaulty(crashing(role, { write: 1e6 }));
      const { writes } = measuredBy(clean, 'proc.crash');
      expect(writes).toBeGreaterThanOrEqual(10);
      for (const step of ['before', 'after']) {
        for (let write = 1; write <= writes!; write++) {
          const run = await runFaulty(crashing(role, { write, step }));
          const where = `${role} ${step} write ${write}`;
          expect([where, redOf(run)]).toEqual([where, []]);
          expect(run.simulation!.faults[0]!.fired).toBe(1);
          expect(run.simulation!.events['node.restarted']).toBe(1);
          expect(published(run)).toEqual(published(clean));
        }
      }
    },
  );

  test('dying is the same twice, event by event', async () => {
    const input = crashing('leader', { write: 3, step: 'after' });
    const run = await runFaulty({ ...input, expect: [...input.expect, 'det'] });
    expect(redOf(run)).toEqual([]);
    expect(run.expectations.find(({ id }) => id === 'det')?.verdict).toBe('pass');
  });

  test('one that never starts again is seen', async () => {
    const input = crashing('leader', { write: 3, restart: '60d' });
    expect(redOf(await runFaulty(input))).toContain('live');
  });
});

describe('leases', () => {
  test('a slow worker keeps its tasks', async () => {
    const run = await runDemonstration('proc.slow');
    expect(measuredBy(run, 'proc.slow')).toEqual({ 'leases run out': 0 });
  });

  test('one that does not extend its lease does everything twice', async () => {
    const run = await runDemonstration('proc.slow', {
      over: ({ hooks }) =>
        void hooks.desk.push((desk) => ({
          ...desk,
          settings: { ...desk.settings, leaseMs: 1e12 },
        })),
    });
    expect(measuredBy(run, 'proc.slow')['leases run out']).toBeGreaterThan(0);
    expect(redOf(run)).toEqual([]);
  });
});
