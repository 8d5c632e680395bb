/** Settings: defaults, order of cells, thresholds, and every complaint. */

import { metricCatalogue } from '@priolab/roles';
import { describe, expect, it } from 'vitest';
import {
  internationalJurisdictions,
  jurisdiction,
  jurisdictionIds,
  usJurisdictions,
} from '../../src/population/jurisdictions.ts';
import {
  PopulationError,
  type PopulationSettings,
  resolvePopulation,
} from '../../src/population/population-settings.ts';
import { onehot } from './fixtures.ts';

const minimal: PopulationSettings = { reports: 10, days: 1, states: ['us-wa', 'us-ct'] };

function problemsOf(settings: PopulationSettings, metrics = [onehot]): readonly string[] {
  try {
    resolvePopulation(settings, metrics);
  } catch (error) {
    if (error instanceof PopulationError) {
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    }
    throw error;
  }
  return [];
}

describe('resolvePopulation', () => {
  it('orders cells by state id and vendor, whatever the scenario lists first', () => {
    const { cells } = resolvePopulation(minimal, [onehot]);
    expect(cells.map(({ index, state, vendor }) => `${index} ${state.id} ${vendor}`)).toEqual([
      '0 us-ct apple',
      '1 us-ct google',
      '2 us-wa apple',
      '3 us-wa google',
    ]);
  });

  it('weighs by census and by 55 to 45 unless told', () => {
    const { cellWeights } = resolvePopulation(minimal, [onehot]);
    expect(cellWeights).toEqual(
      [3_605_944n * 55n, 3_605_944n * 45n, 7_705_281n * 55n, 7_705_281n * 45n].map(
        (weight) => weight << 40n,
      ),
    );
    const told = {
      ...minimal,
      states: { 'us-wa': 0.25, 'us-ct': 1 },
      vendors: { apple: 0, google: 2 },
    };
    const resolved = resolvePopulation(told, [onehot]);
    expect(resolved.cellWeights).toEqual([1n << 41n, 1n << 39n]);
    expect(resolved.cells.map(({ vendor }) => vendor)).toEqual(['google', 'google']);
    expect(resolved.heaviestState).toBe('us-ct');
  });

  it('leaves out what weighs nothing or is undefined', () => {
    const states = { 'us-wa': 1, 'us-ct': 0, 'us-ca': undefined };
    const { cells } = resolvePopulation({ ...minimal, states }, [onehot]);
    expect(cells.map(({ state }) => state.id)).toEqual(['us-wa', 'us-wa']);
  });

  it('turns rates into thresholds', () => {
    const resolved = resolvePopulation(
      { ...minimal, optInByState: { 'us-wa': 1 }, sampling: { 'CodeVerified-v1': 0.5 } },
      metricCatalogue,
    );
    expect([...resolved.optInThresholds]).toEqual([1717986918, 1717986918, 2 ** 32, 2 ** 32]);
    expect([...resolved.samplingThresholds.subarray(2, 5)]).toEqual([2 ** 32, 2 ** 31, 2 ** 32]);
  });

  it.each([
    ['reports: got 0', { reports: 0 }],
    ['reports: ', { reports: 2 ** 32 }],
    ['days: ', { days: 29 }],
    ['shardParticipants: ', { shardParticipants: 0 }],
    ['states: got none', { states: [] }],
    ['states: got none', { states: {} }],
    ['states[1]: got "us-xx"; allowed: ta-ta, us-ct', { states: ['us-ct', 'us-xx'] }],
    ['states.us-xx: got "us-xx"', { states: { 'us-ct': 1, 'us-xx': 1 } }],
    ['states[1]: got "us-ct", which is listed already', { states: ['us-ct', 'us-ct'] }],
    ['states.us-ct: got -1', { states: { 'us-ct': -1 } }],
    ['states: got no weight above 0', { states: { 'us-ct': 0 } }],
    ['states.us-ct: got NaN', { states: { 'us-ct': Number.NaN } }],
    ['vendors.google: got -1', { vendors: { apple: 1, google: -1 } }],
    ['vendors: got no weight above 0', { vendors: { apple: 0, google: 0 } }],
    ['optIn: got 0', { optIn: 0 }],
    ['optIn: got 1.1', { optIn: 1.1 }],
    ['optIn: got 1e-12', { optIn: 1e-12 }],
    ['optInByState.us-ct: got -1', { optInByState: { 'us-ct': -1 } }],
    [
      'optInByState.us-ca: no such state in population.states (did you mean',
      { optInByState: { 'us-ca': 1 } },
    ],
    ['sampling.onehot: got 2', { sampling: { onehot: 2 } }],
    ['sampling.onehit: no such metric in system.metrics', { sampling: { onehit: 1 } }],
    ['sampling: got 0 for every metric', { sampling: { onehot: 0 } }],
  ] as const)('complains with %s', (start, change) => {
    const problems = problemsOf({ ...minimal, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]!.startsWith(`population.${start}`), problems[0]).toBe(true);
  });

  it('names all problems at once', () => {
    const problems = problemsOf({ reports: 1.5, days: 0, states: ['nowhere'] }, [onehot, onehot]);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'population.states[0]',
      'population.reports',
      'population.days',
      'system.metrics[1]',
    ]);
    expect(problemsOf(minimal, [])).toEqual(['system.metrics: got none; expected at least one']);
    expect(problemsOf(minimal)).toEqual([]);
  });
});

describe('jurisdictions', () => {
  it('are the deployed localities, each once', () => {
    expect(usJurisdictions).toHaveLength(17);
    expect(internationalJurisdictions.map(({ id }) => id)).toEqual([
      'mn',
      'mx-coa',
      'mx-jal',
      'mx-pue',
      'mx-yuc',
      'rw',
    ]);
    expect(new Set(jurisdictionIds).size).toBe(23);
    expect(jurisdiction('us-ca')).toMatchObject({ countryCode: 'US', stateCode: 'CA' });
    expect(jurisdiction('rw')).toMatchObject({ countryCode: 'RW', stateCode: 'RW' });
    expect(jurisdiction('us-ny')).toBeUndefined();
  });
});
