/**
 * Every problem of a scenario at once: schema, contradictions and population together, and no
 * problem that only repeats another one.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UsageError, resolveScenario } from '../../src/index.ts';
import { smallInput } from '../run/fixture.ts';

function problemsOf(value: unknown): readonly { path: string; message: string }[] {
  try {
    resolveScenario(value, 'file.ts');
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).problems;
  }
  return [];
}

const pathsOf = (value: unknown): string[] => problemsOf(value).map(({ path }) => path);

/** A valid scenario that one mistake of each kind can be put into. */
const wide = {
  ...smallInput,
  population: {
    reports: 100,
    states: { 'us-wa': 1, 'us-ct': 2 } as Record<string, unknown>,
    optIn: 0.5,
    optInByState: { 'us-wa': 0.2 } as Record<string, unknown>,
    sampling: { 'DateExposure-v1': 0.5 } as Record<string, unknown>,
    enabled: { 'us-wa': true } as Record<string, unknown>,
    consent: { withdrawPerDay: 0.1 } as Record<string, unknown>,
    vendors: { apple: 1, google: 1 },
  } as Record<string, unknown>,
  system: {
    metrics: ['DateExposure-v1', 'CodeVerified-v1', { id: 'own', bins: 4 }] as unknown[],
  } as Record<string, unknown>,
  crypto: {} as Record<string, unknown>,
  adversaries: [{ id: 'cli.forge', share: 0.1 }] as unknown[],
};

type Wide = typeof wide;

/** Mistakes that touch different fields, so that any of them may stand together. */
const mistakes: readonly (readonly [path: string, make: (s: Wide) => void])[] = [
  ['seeed', (s) => Object.assign(s, { seeed: 1 })],
  ['about', (s) => Object.assign(s, { about: 7 })],
  ['population.reports', (s) => (s.population['reports'] = 0)],
  ['population.days', (s) => (s.population['days'] = 1.5)],
  ['population.startDay', (s) => (s.population['startDay'] = '2021-02-30')],
  ['population.optIn', (s) => (s.population['optIn'] = 1e-12)],
  ['population.optin', (s) => (s.population['optin'] = 0.3)],
  ['population.optInByState.us-ct', (s) => put(s, 'optInByState', 'us-ct', 7)],
  ['population.sampling.CodeVerified-v1', (s) => put(s, 'sampling', 'CodeVerified-v1', 2)],
  ['population.sampling.nothing', (s) => put(s, 'sampling', 'nothing', 0.1)],
  ['population.enabled.us-ct.fromDay', (s) => put(s, 'enabled', 'us-ct', { fromDay: -1 })],
  ['population.enabled.us-md', (s) => put(s, 'enabled', 'us-md', false)],
  ['population.consent.withdrawPerDay', (s) => put(s, 'consent', 'withdrawPerDay', 2)],
  ['population.vendors', (s) => (s.population['vendors'] = { apple: 0 })],
  ['system.windowHours', (s) => (s.system['windowHours'] = 7)],
  ['system.metrics[3]', (s) => (s.system['metrics'] as unknown[]).push('DateExposure-v1')],
  ['crypto.crossCheck.backend', (s) => (s.crypto['crossCheck'] = { backend: 'wasm' })],
  ['crypto.sampleShare', (s) => (s.crypto['sampleShare'] = 1)],
  ['adversaries', (s) => s.adversaries.push({ id: 'net.truncate', share: 0.95 })],
  ['expect[1]', (s) => Object.assign(s, { expect: ['conserve', 'sum.exakt'] })],
];

function put(scenario: Wide, field: string, key: string, value: unknown): void {
  (scenario.population[field] as Record<string, unknown>)[key] = value;
}

describe('all problems at once', () => {
  test('the base is right', () => {
    expect(problemsOf(wide)).toEqual([]);
  });

  test('any mistakes together are listed, each once, and nothing else is', () => {
    fc.assert(
      fc.property(fc.subarray([...mistakes]), (chosen) => {
        const scenario = structuredClone(wide);
        for (const [, make] of chosen) make(scenario);
        expect(pathsOf(scenario).toSorted()).toEqual(chosen.map(([path]) => path).toSorted());
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('unknown states, wherever they are named', () => {
    const listed = structuredClone(wide);
    listed.population['states'] = ['us-wa', 'us-xx', 'us-wa'];
    listed.population['optInByState'] = {};
    expect(problemsOf(listed)).toEqual([
      {
        path: 'population.states[1]',
        message: expect.stringMatching(/^got "us-xx"; allowed: .*us-wa/) as string,
      },
      { path: 'population.states[2]', message: expect.stringContaining('already') as string },
    ]);
    const weighed = structuredClone(wide);
    put(weighed, 'states', 'us-wx', 1);
    put(weighed, 'optInByState', 'us-wx', 1);
    for (const { path, message } of problemsOf(weighed)) {
      expect(path).toMatch(/^population\.(?:states|optInByState)\.us-wx$/);
      expect(message).toMatch(/did you mean "us-wa"\?\).*allowed: .*us-wa/);
    }
    expect(problemsOf(weighed)).toHaveLength(2);
  });

  test.each<[string, (s: Wide) => void, string[]]>([
    [
      'sampling of a metric that is misspelt in the list',
      (s) => {
        s.system['metrics'] = ['DateExposure-v2'];
      },
      ['system.metrics[0]'],
    ],
    [
      'opt-in of a state that is misspelt in the list',
      (s) => {
        s.population['states'] = ['us-wq', 'us-ct'];
      },
      ['population.states[0]'],
    ],
    [
      'shares of which one is unknown',
      (s) => s.adversaries.push({ id: 'cli.oversize', share: 0.95 }, { id: 'net.dup', share: 'x' }),
      ['adversaries[2].share'],
    ],
    [
      'no authority that has enabled ENPA',
      (s) => {
        s.population['enabled'] = { 'us-wa': false, 'us-ct': false };
      },
      ['population.enabled'],
    ],
    [
      'one of no weight that has',
      (s) => {
        s.population['states'] = { 'us-wa': 0, 'us-ct': 2 };
        s.population['enabled'] = { 'us-ct': false };
      },
      ['population.enabled'],
    ],
    [
      'days that are none of the run',
      (s) => {
        s.population['days'] = 3;
        s.population['enabled'] = {
          'us-wa': { fromDay: 3 },
          'us-ct': { fromDay: 1, untilDay: 4 },
        };
      },
      ['population.enabled.us-wa.fromDay', 'population.enabled.us-ct.untilDay'],
    ],
    [
      'days that end before they begin',
      (s) => {
        s.population['days'] = 3;
        s.population['enabled'] = { 'us-wa': { fromDay: 2, untilDay: 2 } };
      },
      ['population.enabled.us-wa.untilDay'],
    ],
    [
      'reports after all have withdrawn',
      (s) => {
        s.population['days'] = 2;
        s.population['consent'] = { withdrawPerDay: 1 };
      },
      ['population.consent.withdrawPerDay'],
    ],
    [
      'a backend that is none',
      (s) => {
        s.crypto = { backend: 'nodee', crossCheck: { backend: 'node' } };
      },
      ['crypto.backend'],
    ],
    [
      'vendors of which one is unknown',
      (s) => {
        s.population['vendors'] = { apple: 0, google: 'many' };
      },
      ['population.vendors.google'],
    ],
    [
      'no population at all',
      (s) => {
        s.population = null as never;
      },
      ['population'],
    ],
  ])('no follow-up noise: %s', (_, make, paths) => {
    const scenario = structuredClone(wide);
    make(scenario);
    expect(pathsOf(scenario)).toEqual(paths);
  });

  test('alternatives: the key that tells them apart, and what else is allowed', () => {
    const [speed] = problemsOf({ ...smallInput, expect: [{ id: 'speed' }] });
    expect(speed).toEqual({
      path: 'expect[0].id',
      message: 'got "speed"; allowed: throughput, memory, outcome, detected',
    });
    const [memory] = problemsOf({ ...smallInput, expect: ['memory'] });
    expect(memory!.message).toMatch(/allowed: sum\.exact, .*or an object with id, .*atMostMiB/);
  });

  test('values that JSON has no words for are shown all the same', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const odd of [10n, cycle, () => 1, Symbol('x'), Object.create(null)]) {
      expect(pathsOf({ ...smallInput, seed: odd })).toEqual(['seed']);
    }
  });
});
