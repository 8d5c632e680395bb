/** The language of simulated time: defaults, digests that stay, and every problem that can be. */

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { faultPlaces } from '../../src/faults/fault.ts';
import type { FaultPlace } from '../../src/faults/fault.ts';
import {
  UsageError,
  durationMs,
  faults,
  resolveScenario,
  scenarioDigest,
} from '../../src/index.ts';
import type { FaultId, Scenario, ScenarioInput } from '../../src/index.ts';
import { smallInput } from '../run/fixture.ts';

const timed = { ...smallInput, clock: 'simulated', expect: ['sum.exact'] } as const;

function resolve(change: object): Scenario {
  return resolveScenario({ ...timed, ...change }, 'file.ts');
}

function problems(change: object): string[] {
  try {
    resolve(change);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

test('the defaults are those of a small deployment', () => {
  const { clock, services, nemesis, phases, load, overrides } = resolveScenario(smallInput, 'a');
  expect({ clock, nemesis, phases, load, overrides }).toEqual({
    clock: 'wall',
    nemesis: [],
    phases: [],
    load: [],
    overrides: [],
  });
  expect(services).toEqual({
    ingestion: { replicas: 2, batchEvery: '1h', batchSize: 256 },
    processors: { workers: 2, lease: '10m', scanEvery: '10m', grace: '4h', keepFor: '7d' },
    network: {
      latency: '50ms',
      jitter: '20ms',
      timeout: '10s',
      retry: { first: '30s', factor: 2, atMost: '1h', attempts: 20 },
    },
    keys: { rotateEvery: false, overlap: '1d' },
    minBatch: 1,
    legacy: [],
  });
});

describe('digests', () => {
  test('those of before the language grew are kept', () => {
    const golden = JSON.parse(
      readFileSync(new URL('../golden/digests.json', import.meta.url), 'utf8'),
    ) as { name: string; scenario: ScenarioInput }[];
    const digests = golden.map(({ name, scenario }) => [
      name,
      scenarioDigest(resolveScenario(scenario, name)).slice(0, 16),
    ]);
    // As computed by the code that knew none of the later fields.
    expect(Object.fromEntries(digests)).toEqual(GOLDEN);
  });

  test('a later field counts where it says something, however it is written', () => {
    const digest = (change: object): string => scenarioDigest(resolve(change));
    const plain = digest({});
    expect(digest({ services: {}, nemesis: [], load: [] })).toBe(plain);
    expect(digest({ services: { processors: { lease: '10m' } } })).toBe(plain);
    expect(digest({ services: { processors: { lease: '600s' } } })).toBe(plain);
    const hour = digest({ services: { processors: { lease: '1h' } } });
    expect(hour).not.toBe(plain);
    expect(digest({ services: { processors: { lease: '60m' } } })).toBe(hour);
    expect(digest({ nemesis: [{ id: 'proc.crash' }] })).toBe(
      digest({ nemesis: [{ id: 'proc.crash', fires: 1, params: {} }] }),
    );
  });

  test('what is resolved can be resolved again, to the same', () => {
    const once = resolve({
      services: { keys: { rotateEvery: '36h' } },
      nemesis: [{ id: 'net.drop', from: '90m', p: 0.5 }],
      heal: { at: '1d' },
      liveness: { within: '60m' },
    });
    const again = resolveScenario(JSON.parse(JSON.stringify(once)), 'stored');
    expect(again).toEqual(once);
    expect(once.services.keys.rotateEvery).toBe('1d12h');
    expect(scenarioDigest(again)).toBe(scenarioDigest(once));
  });
});

describe('problems', () => {
  test.each<[string, object, RegExp]>([
    [
      'a fault',
      { nemesis: [{ id: 'proc.crsh' }] },
      /^nemesis\[0\]\.id: .*mean "proc\.crash".*proc/,
    ],
    [
      'a parameter without effect',
      { nemesis: [{ id: 'dev.bad_rng', params: { steer: 'minus-one' } }] },
      /^nemesis\[0\]\.params\.steer: has no effect: how is "repeated-seed", not "zero-blind";/,
    ],
    [
      'another one',
      { nemesis: [{ id: 'comb.debias', params: { how: 'clamp', epsilon: 2 } }] },
      /^nemesis\[0\]\.params\.epsilon: has no effect: how is "clamp", not "epsilon"; leave/,
    ],
    ['a place', { nemesis: [{ id: 'net.drop', at: '' }] }, /^nemesis\[0\]\.at: got ""/],
    [
      'a processor',
      { nemesis: [{ id: 'proc.crash', at: 'processor/helpr' }] },
      /^nemesis\[0\]\.at: got "processor\/helpr" \(did you mean "processor\/helper"\?\)/,
    ],
    [
      'a place of batches',
      { nemesis: [{ id: 'ing.drop_both', at: 'us-zz' }] },
      /^nemesis\[0\]\.at: got "us-zz".*; allowed: a vendor/,
    ],
    [
      'a place where there is none',
      { nemesis: [{ id: 'nem.swizzle', at: 'google' }] },
      /^nemesis\[0\]\.at: got "google"; nem\.swizzle strikes no place of its own/,
    ],
    [
      'a machine',
      { nemesis: [{ id: 'clk.skew', at: 'ingestion/appel' }] },
      /got "ingestion\/appel" \(did you mean "ingestion\/apple"\?\).*; there are ingestion/,
    ],
    [
      'a replica that is not there',
      { nemesis: [{ id: 'net.slowloris', at: 'apple/2' }] },
      /got "apple\/2".*upload servers.*ingestion\/apple\/1, ingestion\/google\/0/,
    ],
    [
      'a machine of others',
      { nemesis: [{ id: 'ing.crash', at: 'processor/leader' }] },
      /got "processor\/leader".*machines of ingestion servers/,
    ],
    [
      'a link',
      { nemesis: [{ id: 'net.drop', at: '->ingestion/appel' }] },
      /got "->ingestion\/appel" \(did you mean.*phone\/apple->ingestion\/apple\/0/,
    ],
    [
      'a store',
      { nemesis: [{ id: 'sto.slow', at: 'ingestio-' }] },
      /got "ingestio-" \(did you mean "ingestion-"\?\).*there are inbox-apple, /,
    ],
    [
      'a device of nobody',
      { nemesis: [{ id: 'dev.storm', at: 'us-ws' }] },
      /got "us-ws" \(did you mean "us-wa"\?\).*there are apple, google, us-wa, us-md/,
    ],
    [
      'a vendor that has no phones',
      {
        population: { ...smallInput.population, vendors: { apple: 1 } },
        nemesis: [{ id: 'key.revoked', at: 'google' }],
      },
      /got "google"; .*there are apple$/,
    ],
    [
      'an event that nothing is told of',
      { nemesis: [{ id: 'net.drop', when: { event: 'batch.cutt' } }] },
      /^nemesis\[0\]\.when\.event: got "batch\.cutt" \(did you mean "batch\.cut"\?\)/,
    ],
    [
      'a fault that is waited for and is not there',
      { nemesis: [{ id: 'net.drop', when: { event: 'net.dup' } }] },
      /^nemesis\[0\]\.when\.event: got "net\.dup", which nemesis does not name/,
    ],
    [
      'a fault that is healed before it begins',
      { nemesis: [{ id: 'net.drop', phase: 'a', heal: '1h' }], phases: [span('a', '1h', '2h')] },
      /^nemesis\[0\]\.heal: got "1h"; allowed: after its begin, "1h"/,
    ],
    [
      'a probability that is passed over',
      { nemesis: [{ id: 'clk.skew', p: 0.5 }] },
      /^nemesis\[0\]\.p: got 0\.5; clk\.skew strikes by its parameters and its time alone/,
    ],
    [
      'a dose that is passed over',
      { nemesis: [{ id: 'nem.swizzle', dose: 3 }] },
      /^nemesis\[0\]\.dose: got 3; nem\.swizzle strikes by/,
    ],
    [
      'a probability that one way of it passes over',
      { nemesis: [{ id: 'sto.expire', p: 0.5 }] },
      /^nemesis\[0\]\.p: got 0\.5; sto\.expire with how "deletes-early" strikes by/,
    ],
    ['a probability', { nemesis: [{ id: 'net.drop', p: 0 }] }, /^nemesis\[0\]\.p: .*above 0/],
    [
      'a parameter',
      { nemesis: [{ id: 'proc.crash', params: { restrt: '5m' } }] },
      /^nemesis\[0\]\.params\.restrt: unknown key \(did you mean "restart"\?\)/,
    ],
    [
      'a value of a parameter',
      { nemesis: [{ id: 'proc.crash', params: { restart: 5 } }] },
      /^nemesis\[0\]\.params\.restart: got 5; expected a duration/,
    ],
    [
      'a word of a parameter',
      { nemesis: [{ id: 'ing.drop_one', params: { side: 'helpr' } }] },
      /params\.side: got "helpr" \(did you mean "helper"\?\); allowed: helper, leader/,
    ],
    [
      'a phase',
      { nemesis: [{ id: 'net.drop', phase: 'storms' }], phases: [span('storm', '1h', '2h')] },
      /^nemesis\[0\]\.phase: got "storms" \(did you mean "storm"\?\); allowed: storm$/,
    ],
    [
      'a phase and a time',
      { nemesis: [{ id: 'net.drop', phase: 'a', from: '1h' }], phases: [span('a', '1h', '2h')] },
      /^nemesis\[0\]\.phase: .*one of the two/,
    ],
    ['a phase twice', { phases: [span('a', '0s', '1h'), span('a', '2h', '3h')] }, /phases\[1\]/],
    ['an empty phase', { phases: [span('a', '2h', '2h')] }, /^phases\[0\]\.until: .*after from/],
    ['a phase after the end', { phases: [span('a', '3d', '4d')] }, /^phases\[0\]\.from: .*1d/],
    ['fires above dose', { nemesis: [{ id: 'net.drop', dose: 1, fires: 2 }] }, /fires: got 2/],
    ['needs', { nemesis: [{ id: 'key.rotate_midflight' }] }, /needs services\.keys\.rotateEvery/],
    ['more days', { nemesis: [{ id: 'net.replay' }] }, /population\.days of at least 2; got 1/],
    ['liveness without heal', { liveness: { within: '1h' } }, /^liveness: needs heal/],
    [
      'a core of no nodes',
      { heal: { at: '1h', core: ['heper'] } },
      /^heal\.core\[0\]: got "heper"/,
    ],
    ['healing after the end', { heal: { at: '2d' } }, /^heal\.at: got "2d"/],
    [
      'a legacy switch',
      { services: { legacy: ['per-batch-dedupe'] } },
      /^services\.legacy\[0\]: got "per-batch-dedupe" \(did you mean "per-batch-dedup"\?\)/,
    ],
    ['a number for a time', { heal: { at: 5 } }, /^heal\.at: got 5; expected a duration .*unit$/],
    ['an odd time', { heal: { at: '5x' } }, /^heal\.at: got "5x"; expected a duration such as/],
    [
      'an odd time where it may be false',
      { services: { keys: { rotateEvery: '5 days' } } },
      /^services\.keys\.rotateEvery: got "5 days"; expected a duration such as/,
    ],
    ['too short a time', { services: { processors: { lease: '5ms' } } }, /at least 1s/],
    ['a peak without use', { load: [{ shape: 'ramp', peak: '20:00' }] }, /^load\[0\]\.peak/],
    ['a peak that is none', { load: [{ shape: 'storm', peak: '25:00' }] }, /^load\[0\]\.peak/],
    ['an override of nothing', { overrides: [{ states: ['us-wa'] }] }, /^overrides\[0\]: sets/],
    [
      'an override elsewhere',
      { overrides: [{ states: ['us-ca'], epsilon: 1 }] },
      /^overrides\[0\]\.states\[0\]: got "us-ca".*allowed: us-wa, us-md/,
    ],
    [
      'an expectation of the other clock',
      { expect: [{ id: 'throughput', atLeastPerUnit: 1 }] },
      /^expect\[0\]\.id: .*clock "wall" only/,
    ],
    [
      'the outcome of a fault that is not there',
      { nemesis: [{ id: 'net.drop' }], expect: [{ id: 'outcome', of: 'net.dup' }] },
      /^expect\[0\]\.of: got "net\.dup", which nemesis does not name/,
    ],
    [
      'a limit of what is not measured',
      {
        nemesis: [{ id: 'net.slowloris' }],
        expect: [{ id: 'outcome', of: 'net.slowloris', atMost: { 'longest wait': 1 } }],
      },
      /^expect\[0\]\.atMost: got "longest wait"; allowed: longest wait for a connection in ms$/,
    ],
    [
      'a kind that is none',
      { expect: [{ kind: 'oft', id: 'net.drop' }] },
      /^expect\[0\]\.kind: got "oft"; allowed: always, sometimes, reachable, never$/,
    ],
    [
      'an event as an oracle',
      { expect: [{ kind: 'always', id: 'report.refused' }] },
      /^expect\[0\]\.id: got "report\.refused".*allowed: sum\.exact/,
    ],
  ])('%s', (_, change, message) => {
    const found = problems(change).filter((text) => !/nothing counts yet/.test(text));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test.each<[FaultId, FaultPlace, string]>([
    ['proc.crash', 'processor', 'processor/leader'],
    ['key.revoked', 'vendor', 'google'],
    ['ing.drop_both', 'source', 'apple'],
    ['clk.skew', 'machine', 'ingestion/apple'],
    ['ing.crash', 'ingestor', 'google/batcher'],
    ['net.slowloris', 'front', 'ingestion/apple/0'],
    ['net.drop', 'link', '->ingestion/apple/0'],
    ['sto.slow', 'store', 'ingestion-'],
  ])('the example of what `at` names is understood: %s, a %s', (id, place, at) => {
    expect(faults[id].at).toBe(place);
    expect(faultPlaces[place]).toContain(at);
    expect(problems({ nemesis: [{ id, at }] })).toEqual([]);
  });

  test('the other way of it has a use for a probability', () => {
    const nemesis = [{ id: 'sto.expire', p: 0.5, dose: 9, params: { how: 'keeps-late' } }];
    expect(problems({ nemesis })).toEqual([]);
  });

  test('the wall clock has no use for what happens in simulated time', () => {
    const found = problems({
      clock: 'wall',
      nemesis: [{ id: 'net.drop' }],
      phases: [span('a', '0s', '1h')],
      heal: { at: '1h' },
      liveness: { within: '1h' },
      services: { minBatch: 5, legacy: ['per-batch-dedup'] },
      load: [{ shape: 'constant', model: 'closed' }],
      overrides: [{ minBatch: 3 }],
    });
    expect(found.map((text) => text.split(':')[0])).toEqual([
      'nemesis',
      'phases',
      'heal',
      'liveness',
      'services.minBatch',
      'services.legacy',
      'load[0].model',
      'overrides[0].minBatch',
    ]);
    for (const text of found) expect(text).toContain('needs clock "simulated"');
  });

  test('the same twice: expectations and adversaries', () => {
    const adversaries = ['cli.forge', 'cli.oversize', 'cli.forge'].map((id) => ({
      id,
      share: 0.1,
    }));
    const expect_ = ['once', 'sum.exact', { kind: 'always', id: 'once' }];
    const memory = [10, 20].map((atMostMiB) => ({ id: 'memory', atMostMiB }));
    expect(problems({ adversaries, expect: [...expect_, ...memory] })).toEqual([
      'expect[2]: got {"id":"once","kind":"always"}, which expect[0] says already; allowed: once',
      'expect[4]: got {"atMostMiB":20,"id":"memory"}, which expect[3] says already; allowed: once',
      'adversaries[2].id: got "cli.forge", as adversaries[0]; allowed: once, with the whole share',
    ]);
  });

  test('a fault may be noticed by several oracles, but by each once', () => {
    const by = (oracle: string) => ({ id: 'detected', of: 'net.drop', by: oracle });
    const timed = { clock: 'simulated', nemesis: [{ id: 'net.drop' }] };
    expect(problems({ ...timed, expect: [by('once'), by('blast')] })).toEqual([]);
    expect(problems({ ...timed, expect: [by('once'), by('once')] })).toEqual([
      'expect[1]: got {"by":"once","id":"detected","of":"net.drop"}, ' +
        'which expect[0] says already; allowed: once',
    ]);
  });
});

test('what can never hold: sometimes and never, fewer at most than at least', () => {
  const base = { clock: 'simulated', nemesis: [{ id: 'net.drop' }] };
  const found = (...expected: object[]) => problems({ ...base, expect: expected });
  const never = { kind: 'never', id: 'net.drop' };
  for (const kind of ['sometimes', 'reachable']) {
    const once = { kind, id: 'net.drop' };
    expect(found(once, never)).toEqual([
      `expect[1]: got never "net.drop", of which expect[0] says ${kind}; allowed: one of the two`,
    ]);
    expect(found(never, once)).toEqual([
      `expect[1]: got ${kind} "net.drop", of which expect[0] says never; allowed: one of the two`,
    ]);
    expect(found(once, { kind: 'never', id: 'batch.cut' })).toEqual([]);
  }
  const often = { kind: 'sometimes', id: 'net.drop', atLeast: 3 };
  expect(found({ ...often, atMost: 2 })).toEqual([
    'expect[0].atMost: got 2; allowed: at least atLeast, 3',
  ]);
  expect(found({ ...often, atMost: 3 })).toEqual([]);
});

test('a swarm of at least more than at most is refused, not enlarged', () => {
  const of = (params: object) => problems({ nemesis: [{ id: 'nem.swarm', params }] });
  expect(of({ atLeast: 5, atMost: 2 })).toEqual([
    'nemesis[0].params.atMost: got 2; allowed: at least atLeast, 5',
  ]);
  for (const params of [{ atLeast: 2, atMost: 2 }, { atLeast: 5 }, { atMost: 1 }]) {
    expect(of(params)).toEqual([]);
  }
});

function span(name: string, from: string, until: string) {
  return { name, from, until };
}

test.each([
  ['50ms', 50],
  ['90s', 90_000],
  ['1d12h', 129_600_000],
  ['1d2h3m4s5ms', 93_784_005],
  ['0s', 0],
])('%s', (text, ms) => expect(durationMs(text)).toBe(ms));

test.each(['', '5', 's', '1h1d', '-1s', '1.5h', ' 1h', '1h ', '1H', '9999999999s'])(
  'no duration: %j',
  (text) => expect(() => durationMs(text)).toThrow(RangeError),
);

/** Scenario digests of the golden scenarios, by name. */
const GOLDEN: Readonly<Record<string, string>> = {
  small: '68192779bf565382',
  'all metrics, a fortnight': '4011fe286f8a4d22',
  'wide histogram': '0140786619d039f6',
  cheats: '1160325c5b93b08d',
};
