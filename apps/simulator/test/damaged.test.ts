/**
 * Stored records with one thing wrong: whatever it is, its place is told, or no report minds.
 * Tried with every kind of place of two real records, of either clock.
 */

import {
  UsageError,
  checkSummary,
  describeEnvironment,
  resolveScenario,
  runScenario,
} from '@priolab/harness';
import type { RunSummary } from '@priolab/harness';
import { outputs, renderAnnotations, renderSummary } from '@priolab/report';
import { beforeAll, describe, expect, test } from 'vitest';

const FILE = 'summary.json';
const REPLAY = 'npx priolab replay x';

const base = {
  about: 'for a test',
  population: { reports: 40, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'] },
  crypto: { crossCheck: false },
  expect: ['sum.exact', 'noise.dist', 'noforge'],
};
const scenarios = {
  wall: { ...base, id: 'wall', adversaries: [{ id: 'cli.multi_hot', share: 0.1 }] },
  simulated: {
    ...base,
    id: 'simulated',
    clock: 'simulated',
    nemesis: [
      { id: 'net.drop', p: 0.2 },
      { id: 'mal.tamper_sum', at: 'leader' },
    ],
  },
};

type Path = readonly (string | number)[];

/** Paths of a value, the first item standing for all of a list. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  const own = at.length === 0 ? [] : [at];
  if (Array.isArray(value))
    return value.length === 0 ? own : [...own, ...pathsOf(value[0], [...at, 0])];
  if (typeof value !== 'object' || value === null) return own;
  const inner = Object.entries(value).filter(([key]) => at.length > 0 || key !== 'scenario');
  return [...own, ...inner.flatMap(([key, item]) => pathsOf(item, [...at, key]))];
}

/** A copy with another value in one place; undefined: without it. */
function damaged(record: object, path: Path, value: unknown): object {
  const copy = structuredClone(record) as Record<string | number, unknown>;
  let inner = copy;
  for (const step of path.slice(0, -1)) inner = inner[step] as typeof copy;
  const last = path.at(-1)!;
  if (value === undefined) delete inner[last];
  else inner[last] = value;
  return copy;
}

async function renderAll(summary: RunSummary): Promise<void> {
  renderSummary(summary, { colour: false, replay: REPLAY });
  renderAnnotations(summary, { file: 'a.scenario.ts', replay: REPLAY });
  for (const { render } of outputs) await render(summary, { replay: REPLAY });
}

describe.each(Object.entries(scenarios))('a record by the %s clock', (clock, scenario) => {
  let stored: RunSummary;

  beforeAll(async () => {
    const summary = await runScenario({
      scenario: resolveScenario(scenario, 'a.scenario.ts'),
      workers: 0,
      environment: describeEnvironment(),
    });
    stored = JSON.parse(JSON.stringify(summary)) as RunSummary;
  });

  test('is taken as it is', async () => {
    const checked = checkSummary(stored, FILE);
    expect(JSON.parse(JSON.stringify(checked))).toEqual(stored);
    expect(checked.simulation !== undefined).toBe(clock === 'simulated');
    await renderAll(checked);
  });

  test.each([
    ['without it', undefined],
    ['null', null],
    ['a text', 'x'],
    ['a number below zero', -1.5],
    ['a huge number', 1e300],
    ['a list', [[]]],
    ['an object', { a: 1 }],
  ])('each place: %s', async (_name, value) => {
    const paths = pathsOf(stored);
    expect(paths.length).toBeGreaterThan(150);
    let refused = 0;
    for (const path of paths) {
      const record = damaged(stored, path, value);
      try {
        await renderAll(checkSummary(record, FILE));
      } catch (error) {
        const place = path.join('.');
        if (!(error instanceof UsageError)) throw new Error(`damage at ${place}`, { cause: error });
        refused += 1;
        // The place, or one within it or around it.
        const told = error.problems.map((problem) => problem.path.replace(/\[(\d+)\]/g, '.$1'));
        const isNear = told.some((one) => one.startsWith(path[0]!.toString()));
        expect(isNear, `${place}: ${error.message}`).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(paths.length / 10);
  });
});

test('a thousand problems are ten, and a number', () => {
  const cells = Array.from({ length: 1000 }, () => ({}));
  expect(() => checkSummary({ schema: 'priolab-run/1', cells }, FILE)).toThrow(
    /11 problems\n(?: {2}.*\n){10} {2}\.\.\. and \d{4,} more$/,
  );
});
