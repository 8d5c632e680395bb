/** `det` sees what is in a run beside its scenario and seed: then the second run is another. */

import { randomBytes } from 'node:crypto';

import { expect, test } from 'vitest';

import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';
import { runDemonstration } from './fault-run.ts';
import { smallDeployment } from './small-deployment.ts';

async function detOf(over?: Inject) {
  const summary = await runDemonstration('net.drop', {
    ...(over === undefined ? {} : { over }),
    scenario: { expect: ['det'] },
  });
  const { exitCode, expectations, simulation } = summary;
  return { exitCode, rerun: simulation!.rerun!, ...expectations.find(({ id }) => id === 'det')! };
}

test('green where there is nothing else', async () => {
  const { verdict, exitCode, rerun } = await detOf();
  expect({ verdict, exitCode }).toEqual({ verdict: 'pass', exitCode: 0 });
  expect(rerun.firstDifference).toBeUndefined();
});

test('red where a counter lives over runs', async () => {
  let runs = 0;
  const { verdict, observed, exitCode, rerun } = await detOf(({ hooks }) => {
    const laterMs = 1000 * runs++;
    hooks.phones.uploads.push((report) => [{ ...report, sendAtMs: report.sendAtMs + laterMs }]);
  });
  expect({ verdict, exitCode }).toEqual({ verdict: 'fail', exitCode: 8 });
  expect(observed).toBe(`first different event: ${rerun.firstDifference}`);
});

test('red where something is drawn from elsewhere than the seed', async () => {
  const { verdict, exitCode } = await detOf(({ hooks }) => {
    hooks.phones.measured.push(({ bits }) => {
      const drawn = randomBytes(bits.length);
      bits.forEach((_, i) => (bits[i] = drawn[i]! & 1));
    });
  });
  expect({ verdict, exitCode }).toEqual({ verdict: 'fail', exitCode: 8 });
});

test.each(['det', 'tenant'] as const)(
  'a second run that is cut short says nothing, %s neither',
  async (id) => {
    const controller = new AbortController();
    let runs = 0;
    const stop: Inject = ({ timeline, startMs }) => {
      const isSecond = ++runs === 2;
      if (isSecond) timeline.at(startMs + 12 * 3_600_000, () => controller.abort());
    };
    const faults = new Map(faultCode).set('net.drop', stop);
    const nemesis = [{ id: 'net.drop' as const }];
    const input = { ...smallDeployment, nemesis, expect: [id] };
    const scenario = resolveScenario(input, 'test');
    const { signal } = controller;
    const summary = await runScenario({ scenario, workers: 0, environment, faults, signal });
    // Of two states the first is looked at, and then no other.
    expect(runs).toBe(2);
    expect(summary).toMatchObject({ interrupted: true, exitCode: 130 });
    expect(summary.expectations.find((one) => one.id === id)!.verdict).toBe('vacuous');
  },
);

test.each([
  { id: 'conserve' as const, interrupted: false },
  // Here the second run is still to come.
  { id: 'det' as const, interrupted: true },
])('a signal that comes when the run has ended, with $id', async ({ id, interrupted }) => {
  const controller = new AbortController();
  const late: Inject = ({ atEnd }) => atEnd(() => controller.abort());
  const faults = new Map(faultCode).set('net.drop', late);
  const nemesis = [{ id: 'net.drop' as const }];
  const scenario = resolveScenario({ ...smallDeployment, nemesis, expect: [id] }, 'test');
  const { signal } = controller;
  const summary = await runScenario({ scenario, workers: 0, environment, faults, signal });
  expect(summary.interrupted).toBe(interrupted);
});
