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
    if (error instanceof PopulationError) return error.problems;
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
    ['reports: ', { reports: 0 }],
    ['reports: ', { reports: 2 ** 32 }],
    ['days: ', { days: 29 }],
    ['shardParticipants: ', { shardParticipants: 0 }],
    ['states: expected at least one', { states: [] }],
    ['states: unknown state us-xx; known are ta-ta, us-ct', { states: ['us-ct', 'us-xx'] }],
    ['states: us-ct is listed twice', { states: ['us-ct', 'us-ct'] }],
    ['states.us-ct: ', { states: { 'us-ct': -1 } }],
    ['states: expected at least one weight', { states: { 'us-ct': 0 } }],
    ['states.us-ct: ', { states: { 'us-ct': Number.NaN } }],
    ['vendors.google: ', { vendors: { apple: 1, google: -1 } }],
    ['vendors: expected at least one', { vendors: { apple: 0, google: 0 } }],
    ['optIn: ', { optIn: 0 }],
    ['optIn: ', { optIn: 1.1 }],
    ['optInByState.us-ct: ', { optInByState: { 'us-ct': -1 } }],
    ['optInByState.us-ca: no such state', { optInByState: { 'us-ca': 1 } }],
    ['sampling.onehot: ', { sampling: { onehot: 2 } }],
    ['sampling.other: no such metric', { sampling: { other: 1 } }],
  ] as const)('complains with %s', (start, change) => {
    const problems = problemsOf({ ...minimal, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]!.startsWith(start), problems[0]).toBe(true);
  });

  it('names all problems at once', () => {
    const problems = problemsOf({ reports: 1.5, days: 0, states: ['nowhere'] }, [onehot, onehot]);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'states',
      'reports',
      'days',
      'metrics',
    ]);
    expect(problemsOf(minimal, [])).toEqual(['metrics: expected at least one metric, got none']);
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
