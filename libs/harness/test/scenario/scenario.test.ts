/** Scenarios from outside: defaults, every problem at once, digests. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UsageError, resolveScenario, scenarioDigest } from '../../src/index.ts';
import { canonicalJson } from '../../src/scenario/canonical-json.ts';
import { smallInput } from '../run/fixture.ts';

function problems(value: unknown): string[] {
  try {
    resolveScenario(value, 'file.ts');
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

test('defaults are filled in', () => {
  const scenario = resolveScenario(
    {
      id: 'a',
      about: 'b',
      population: { reports: 1, states: ['us-wa'] },
      system: { metrics: ['DateExposure-v1'] },
      expect: ['conserve'],
    },
    'file.ts',
  );
  expect(scenario).toMatchObject({
    seed: '1',
    population: { days: 1, optIn: 0.4, vendors: { apple: 55, google: 45 }, epidemic: 'wave' },
    system: { epsilon: 8, windowHours: 24 },
    crypto: { fidelity: 'full', backend: 'wasm', crossCheck: { backend: 'noble', every: 2000 } },
    adversaries: [],
  });
});

describe('problems', () => {
  test('five mistakes, five problems, each with path, value and what is allowed', () => {
    const wrong = {
      ...smallInput,
      seeed: 7,
      population: { reports: 0, states: ['us-wa', 'us-zz'], optin: 0.5 },
      system: { ...smallInput.system, windowHours: 7 },
    };
    const found = problems(wrong);
    expect(found).toHaveLength(5);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^seeed: unknown key \(did you mean "seed"\?\); allowed: .*about/),
        expect.stringMatching(/^population\.reports: got 0; allowed: at least 1/),
        expect.stringMatching(/^population\.states\[1\]: got "us-zz".*allowed: .*us-wa/),
        expect.stringMatching(/^population\.optin: unknown key \(did you mean "optIn"\?\)/),
        expect.stringMatching(/^system\.windowHours: got 7.*24/),
      ]),
    );
    expect(() => resolveScenario(wrong, 'file.ts')).toThrow(/^file\.ts: 5 problems\n/);
  });

  test.each([
    ['a metric', { system: { metrics: ['DateExposure-v2'] } }, /DateExposure-v1/],
    ['an expectation', { expect: ['sum.exakt'] }, /did you mean "sum\.exact"/],
    ['a missing limit', { expect: [{ id: 'memory' }] }, /atMostMiB/],
    ['an adversary', { adversaries: [{ id: 'cli.forged', share: 0.1 }] }, /"cli\.forge"/],
    [
      'shares above 1',
      {
        adversaries: [
          { id: 'cli.forge', share: 0.9 },
          { id: 'cli.oversize', share: 0.2 },
        ],
      },
      /at most 1/,
    ],
    [
      'a metric twice',
      { system: { metrics: ['DateExposure-v1', 'DateExposure-v1'] } },
      /listed twice/,
    ],
    [
      'a catalogue id as custom',
      { system: { metrics: [{ id: 'DateExposure-v1', bins: 3 }] } },
      /catalogue/,
    ],
    ['too many bins', { system: { metrics: [{ id: 'x', bins: 5000 }] } }, /at most 4096/],
    ['no noise scale', { system: { metrics: ['DateExposure-v1'], epsilon: 0 } }, /epsilon/],
    [
      'a backend that checks itself',
      { crypto: { crossCheck: { backend: 'wasm' } } },
      /check itself/,
    ],
    ['an empty expect', { expect: [] }, /at least 1/],
    [
      'sampling of nothing',
      { population: { reports: 5, states: ['us-wa'], sampling: { x: 1 } } },
      /no such metric/,
    ],
    [
      'a date',
      { population: { reports: 5, states: ['us-wa'], startDay: '2021-02-30' } },
      /startDay/,
    ],
  ])('%s', (_, change, message) => {
    const found = problems({ ...smallInput, ...change });
    expect(found.join('\n')).toMatch(message);
    expect(found).toHaveLength(1);
  });

  test('any value at all gives problems, never another error', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(problems(value).length).toBeGreaterThan(0);
      }),
      { seed: 1, numRuns: 300 },
    );
    const keys = Object.keys(smallInput);
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        expect(Array.isArray(problems({ ...smallInput, [key]: value }))).toBe(true);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('digest', () => {
  test('ignores the order of keys, defaults left out and the seed; sees everything else', () => {
    const base = resolveScenario(smallInput, 'a');
    const reordered = Object.fromEntries(Object.entries(smallInput).reverse());
    const explicit = { ...smallInput, adversaries: [], seed: 'other' };
    expect(scenarioDigest(resolveScenario(reordered, 'a'))).toBe(scenarioDigest(base));
    expect(scenarioDigest(resolveScenario(explicit, 'a'))).toBe(scenarioDigest(base));
    const changed = { ...smallInput, about: 'for test' };
    expect(scenarioDigest(resolveScenario(changed, 'a'))).not.toBe(scenarioDigest(base));
  });

  test('canonical JSON parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 3 },
    );
  });
});

describe('fidelity', () => {
  const adversaries = [
    { id: 'cli.forge', share: 0.1 },
    { id: 'net.replay', share: 0.1 },
    { id: 'cli.undecryptable', share: 0.1 },
  ];
  const problemsWith = (crypto: object, more: object = {}): string[] =>
    problems({ ...smallInput, crypto: { crossCheck: false, ...crypto }, ...more });

  test.each([
    {},
    { fidelity: 'full' },
    { fidelity: 'shares-only' },
    { fidelity: 'sampled', sampleShare: 0.01 },
  ])('%o is right', (crypto) => expect(problemsWith(crypto)).toEqual([]));

  test.each([
    [{ fidelity: 'sampled' }, /^crypto.sampleShare: is missing; expected with .*"sampled"$/],
    [{ sampleShare: 0.5 }, /^crypto.sampleShare: got 0.5; allowed: with .*"sampled" only$/],
    [{ fidelity: 'shares-only', sampleShare: 0.5 }, /^crypto.sampleShare: got 0.5; allowed: with/],
    [{ fidelity: 'sampled', sampleShare: 0 }, /^crypto.sampleShare: got 0; allowed: above 0$/],
    [{ fidelity: 'sampled', sampleShare: 1 }, /^crypto.sampleShare: got 1; allowed: /],
    [{ fidelity: 'sampled', sampleShare: NaN }, /^crypto.sampleShare: got null; expected number$/],
    [{ fidelity: 'shares_only' }, /^crypto.fidelity: .*did you mean "shares-only"/],
  ])('%o is one problem', (crypto, message) => {
    const found = problemsWith(crypto);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test('shares-only refuses every adversary that needs uploads, sampled none', () => {
    expect(problemsWith({ fidelity: 'sampled', sampleShare: 0.5 }, { adversaries })).toEqual([]);
    expect(problemsWith({ fidelity: 'shares-only' }, { adversaries })).toEqual([
      expect.stringMatching(/^adversaries\[1\].id: got "net.replay", which needs uploads;/),
      expect.stringMatching(/^adversaries\[2\].id: got "cli.undecryptable", which needs uploads;/),
    ]);
  });

  test('a full scenario has the digest that it had before there were rungs', () => {
    const { crypto } = resolveScenario({ ...smallInput, crypto: {} }, 'f');
    expect(Object.keys(crypto).toSorted()).toEqual(['backend', 'crossCheck', 'fidelity']);
  });
});
