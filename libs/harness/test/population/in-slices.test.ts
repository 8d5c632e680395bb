/** Planning beside the event loop: the same plan, room for others, and an end when asked. */

import { expect, test } from 'vitest';

import { createSeedTree } from '@priolab/crypto';
import { metricCatalogue } from '@priolab/roles';
import { monotonicMs } from '@priolab/runtime';

import { inSlices } from '../../src/population/in-slices.ts';
import { planInSteps, planPopulation } from '../../src/population/plan.ts';
import { national, onehot, seedTree } from './fixtures.ts';

/** Two phones in 1000 take part: a second or so of planning. */
const sparse = { ...national, days: 1, reports: 40_000, optIn: 0.002 };

test('steps count up to the whole and give the same plan', () => {
  const seen: number[] = [];
  const steps = planInSteps(national, metricCatalogue, seedTree);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) seen.push(step.value);
  expect(seen.at(-1)).toBe(national.reports);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(step.value.transfer).toEqual(planPopulation(national, metricCatalogue, seedTree).transfer);
});

test('others have their turn at least each 100 ms or so', async () => {
  const gapsMs: number[] = [];
  let lastMs = monotonicMs();
  let going = true;
  const others = (): void => {
    const nowMs = monotonicMs();
    gapsMs.push(nowMs - lastMs);
    lastMs = nowMs;
    if (going) setImmediate(others);
  };
  setImmediate(others);
  const slices: number[] = [];
  const plan = await inSlices(planInSteps(sparse, [onehot], createSeedTree('slices')), {
    onSlice: (planned) => slices.push(planned),
  });
  going = false;
  expect(plan!.reportCount).toBe(sparse.reports);
  expect(slices.length).toBeGreaterThan(3);
  expect(gapsMs.length).toBeGreaterThanOrEqual(slices.length);
  // Far below the two seconds that a person waits for Ctrl-C, far above a busy machine's hiccups.
  expect(Math.max(...gapsMs)).toBeLessThan(1000);
});

test('a signal ends it with nothing', async () => {
  const controller = new AbortController();
  const steps = planInSteps(sparse, [onehot], seedTree);
  const plan = await inSlices(steps, {
    signal: controller.signal,
    onSlice: () => controller.abort(),
  });
  expect(plan).toBeUndefined();
});

test('what the steps throw comes through', async () => {
  const steps = planInSteps({ ...national, days: 0 }, [onehot], seedTree);
  await expect(inSlices(steps)).rejects.toMatchObject({ code: 'population-settings' });
});
