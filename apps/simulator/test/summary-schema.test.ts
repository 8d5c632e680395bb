/** `priolab schema summary`: records of all kinds are as it says, and nothing else is. */

import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { RECORD_SCHEMA, describeEnvironment, resolveScenario, runScenario } from '@priolab/harness';
import type { RunOptions, RunSummary } from '@priolab/harness';
import { afterAll, describe, expect, test } from 'vitest';

import { cheating, createRuns, small } from './deployed-run.ts';
import { createCli, smoke } from './fixture.ts';
import { schemaProblems } from './json-schema.ts';

const cli = createCli();
const deployed = createRuns();
afterAll(() => {
  for (const { folder } of [cli, deployed]) rmSync(folder, { recursive: true });
});

const printed = cli.priolab('schema', 'summary');
const schema = JSON.parse(printed.out) as Record<string, unknown>;

/** As it is in the file. */
const plain = (summary: RunSummary): unknown => JSON.parse(JSON.stringify(summary));
const problemsOf = (summary: RunSummary) => schemaProblems(schema, plain(summary));

const run = (input: unknown, options: Partial<RunOptions> = {}): Promise<RunSummary> => {
  const scenario = resolveScenario(input, 'test');
  return runScenario({ scenario, workers: 0, environment: describeEnvironment(), ...options });
};

const timed = {
  ...small,
  clock: 'simulated',
  population: { reports: 40, states: ['us-wa', 'us-md'] },
  services: { ingestion: { batchEvery: '6h' } },
};

/** With everything that a record may have, of either clock. */
const everything = {
  wall: {
    ...cheating,
    crypto: { fidelity: 'sampled', sampleShare: 0.5, crossCheck: { every: 20 } },
    population: {
      reports: 240,
      states: ['us-wa', 'us-md'],
      days: 2,
      consent: { withdrawPerDay: 0.2 },
    },
    overrides: [{ states: ['us-wa'], epsilon: 3 }],
    expect: ['sum.exact', 'noise.dist', 'unbiased', 'det', 'consent.kept'],
  },
  timed: {
    ...timed,
    population: { ...timed.population, consent: { withdrawPerDay: 0.2 } },
    nemesis: [
      { id: 'ing.rpit_unsafe', p: 0.5 },
      { id: 'cli.forge', p: 0.2 },
      { id: 'cli.poison_valid', p: 0.3 },
    ],
    expect: [
      'conserve',
      'det',
      'tenant',
      { id: 'detected', of: 'ing.rpit_unsafe', by: 'rand.safe' },
    ],
  },
};

/** Run once, for several tests. */
const made = new Map<string, Promise<RunSummary>>();
function recordOf(which: keyof typeof everything): Promise<RunSummary> {
  const record = made.get(which) ?? run(everything[which]);
  made.set(which, record);
  return record;
}

test('the command prints it, and names what there is', () => {
  expect(printed.code).toBe(0);
  expect(schema['title']).toContain(RECORD_SCHEMA);
  expect(cli.priolab('schema', 'summery').err).toContain(
    'allowed: scenario, summary, scale, comparison',
  );
  expect(cli.priolab('schema', 'toString').code).toBe(2);
});

test('comparisons are as `priolab schema comparison` says, and changed ones are not', () => {
  const ofComparisons = JSON.parse(cli.priolab('schema', 'comparison').out) as typeof schema;
  const sides = [smoke, '--b', 'system.epsilon=2', '--reports', '400', '--out', 'compared'];
  const compare = (...more: string[]): Record<string, unknown> =>
    JSON.parse(cli.priolab('ab', ...sides, '--json', ...more).out) as Record<string, unknown>;
  for (const comparison of [compare(), compare('--seeds', '2')]) {
    expect(schemaProblems(ofComparisons, comparison)).toEqual([]);
    const [row] = comparison['rows'] as Record<string, unknown>[];
    for (const place of [comparison, comparison['a'] as typeof comparison, row!]) {
      for (const [name, before] of [...Object.entries(place), ['unknown', undefined] as const]) {
        place[name] = [[]];
        expect(schemaProblems(ofComparisons, comparison), name).not.toEqual([]);
        if (before === undefined) delete place[name];
        else place[name] = before;
      }
    }
  }
});

describe('records that are as it says', () => {
  test('what the command line writes', () => {
    expect(cli.priolab('run', smoke, '--reports', '400').code).toBe(0);
    const [name] = readdirSync(join(cli.folder, 'runs'));
    const text = readFileSync(join(cli.folder, 'runs', name!, 'summary.json'), 'utf8');
    expect(schemaProblems(schema, JSON.parse(text))).toEqual([]);
  });

  test('on the wall clock, with all that it may have', async () => {
    const summary = await recordOf('wall');
    expect(problemsOf(summary)).toEqual([]);
    const { consent, recheck, series, fatesByState, tally, fidelity } = summary;
    for (const part of [consent, recheck, series, fatesByState, tally.noiseByEpsilon]) {
      expect(part).toBeDefined();
    }
    expect(fidelity.notDone).toBeDefined();
    const { value, interval, window } = summary.expectations.find(({ id }) => id === 'noise.dist')!;
    for (const part of [value, interval, window]) expect(part).toBeDefined();
  });

  test('in simulated time, with all that it may have', async () => {
    const summary = await recordOf('timed');
    expect(problemsOf(summary)).toEqual([]);
    const { consent, simulation, series, limits } = summary;
    const { rerun, tenant, without } = simulation!;
    for (const [name, part] of Object.entries({ consent, rerun, tenant, without, ...series })) {
      expect(part, name).toBeDefined();
    }
    expect(limits).toHaveLength(1);
  });

  test('deployed', async () => {
    const { summary } = await deployed.run({ ...cheating, deployment: 'msw' });
    expect(Object.keys(summary.deployment!.uploads.refused).length).toBeGreaterThan(0);
    expect(problemsOf(summary)).toEqual([]);
  });

  test.each(['wall', 'simulated'])('cut short, clock: %s', async (clock) => {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = ({ reportsDone }: { reportsDone: number }): void => {
      if (reportsDone > 0) controller.abort();
    };
    const summary = await run(clock === 'wall' ? small : timed, { signal, onProgress });
    expect(summary).toMatchObject({ interrupted: true, verdict: 'interrupted' });
    expect(problemsOf(summary)).toEqual([]);
  });

  test('of a version that had no series', async () => {
    const { series: _series, fatesByState: _fates, ...older } = await run(small);
    expect(problemsOf(older)).toEqual([]);
  });

  test('of a version whose expectations had neither intervals nor windows', async () => {
    const summary = await recordOf('wall');
    const expectations = summary.expectations.map((one) => {
      const { value: _value, interval: _interval, window: _window, ...older } = one;
      return older;
    });
    expect(problemsOf({ ...summary, expectations })).toEqual([]);
  });
});

/** With a few items of each list: of long ones all are alike. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 3).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one)]));
}

/** Each object and each list of a value, of lists only the first item's. */
function* placesIn(value: unknown, path = ''): Iterable<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  yield [path, value as Record<string, unknown>];
  const entries = Object.entries(value).slice(0, Array.isArray(value) ? 1 : undefined);
  for (const [name, one] of entries) yield* placesIn(one, `${path}/${name}`);
}

describe('a record that is otherwise is refused', () => {
  test.each(['wall', 'timed'] as const)('each field of %s, and one more', async (which) => {
    const value = shortened(plain(await recordOf(which)));
    let tried = 0;
    for (const [path, place] of placesIn(value)) {
      for (const name of [...Object.keys(place), 'unknown']) {
        if (Array.isArray(place) && name !== '0') continue;
        const before = place[name];
        // Nothing in a record is a list of empty lists.
        place[name] = [[]];
        expect(schemaProblems(schema, value).length, `${path}/${name}`).toBeGreaterThan(0);
        if (before === undefined) delete place[name];
        else place[name] = before;
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(200);
    expect(schemaProblems(schema, value)).toEqual([]);
  });

  test.each<[string, (summary: RunSummary) => object]>([
    ['another version', (summary) => ({ ...summary, schema: 'priolab-run/2' })],
    ['another name', ({ fates, ...rest }) => ({ ...rest, fate: fates })],
    ['no verdict', ({ verdict: _verdict, ...rest }) => rest],
    [
      'an odd outcome',
      ({ fates, ...rest }) => ({ ...rest, fates: [{ ...fates[0], outcome: 'won' }] }),
    ],
    ['half a report', ({ fates, ...rest }) => ({ ...rest, fates: [{ ...fates[0], count: 0.5 }] })],
    [
      'a digest cut short',
      ({ identity, ...rest }) => ({
        ...rest,
        identity: { ...identity, resultDigest: identity.resultDigest.slice(1) },
      }),
    ],
    [
      'too many rows',
      ({ series, ...rest }) => ({
        ...rest,
        series: { wall: { ...series!.wall, timesMs: Array.from({ length: 513 }, (_, i) => i) } },
      }),
    ],
  ])('%s', async (_, change) => {
    expect(problemsOf(change(await run(small)) as RunSummary)).not.toEqual([]);
  });
});

describe('the checker itself', () => {
  test('stops at a keyword that it does not know', () => {
    expect(() => schemaProblems({ not: {} }, 1)).toThrow('not');
  });

  test.each<[object, unknown]>([
    [{ type: 'integer' }, 1.5],
    [{ enum: ['a'] }, 'b'],
    [{ required: ['a'] }, {}],
    [{ properties: { a: { type: 'string' } }, additionalProperties: false }, { b: 1 }],
    [{ prefixItems: [{ type: 'number' }], items: false }, [1, 2]],
    [{ anyOf: [{ const: 1 }, { const: 2 }] }, 3],
    [{ $ref: '#/$defs/a', $defs: { a: { type: 'boolean' } } }, 1],
    [{ items: { maximum: 3 }, maxItems: 2 }, [4]],
    [{ maxItems: 2 }, [1, 2, 3]],
    [{ propertyNames: { pattern: '^a' } }, { b: 1 }],
  ])('%j is not kept by %j', (one, value) => {
    expect(schemaProblems(one as Record<string, unknown>, value)).toHaveLength(1);
  });
});
