/** Scenarios built on others: what wins, what is joined, and what can't be. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  UsageError,
  builtInMixins,
  compose,
  resolveScenario,
  scenarioDigest,
} from '../../src/index.ts';
import type { Source } from '../../src/index.ts';
import { lay, laySiblings } from '../../src/composition/layers.ts';
import { smallInput } from '../run/fixture.ts';

/** A source over files, each of them a value or a source. */
function source(value: unknown, files: Record<string, unknown> = {}, name = 'main.ts'): Source {
  const entries = Object.entries(files).map(
    ([key, file]) => [key, file instanceof Inner ? file.source : source(file, {}, key)] as const,
  );
  return { name, value, files: new Map(entries) };
}

class Inner {
  readonly source: Source;
  constructor(inner: Source) {
    this.source = inner;
  }
}

function problems(of: Source): string[] {
  try {
    compose(of);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

const base = {
  id: 'base',
  about: 'the base',
  population: { reports: 100, states: ['us-wa'], days: 2 },
  system: { metrics: ['DateExposure-v1'] },
  expect: ['sum.exact', 'once'],
};

test('extends, mixins, own fields and paths, in this order', () => {
  const value = {
    id: 'own',
    about: 'mine',
    extends: './base.ts',
    mixins: ['./fast.yaml', 'expect/all'],
    population: { days: 4 },
    expect: ['conserve', { id: 'memory', atMostMiB: 9 }],
    with: { 'population.reports': 7, 'system.metrics[0]': 'CodeVerified-v1' },
  };
  const fast = { population: { days: 3, epidemic: 'calm' }, crypto: { fidelity: 'shares-only' } };
  expect(compose(source(value, { './base.ts': base, './fast.yaml': fast }))).toEqual({
    id: 'own',
    about: 'mine',
    population: { reports: 7, states: ['us-wa'], days: 4, epidemic: 'calm' },
    system: { metrics: ['CodeVerified-v1'] },
    crypto: { fidelity: 'shares-only' },
    expect: [
      'sum.exact',
      'once',
      ...builtInMixins['expect/all']!.value.expect.filter(
        (id) => id !== 'sum.exact' && id !== 'once',
      ),
      { id: 'memory', atMostMiB: 9 },
    ],
  });
});

test('a composed scenario has the digest of the one that is written in full', () => {
  const { expect: _expect, population, ...rest } = smallInput;
  const full = { ...smallInput, expect: ['sum.exact', 'conserve', 'once'] };
  const composed = {
    ...rest,
    mixins: ['./expect.ts'],
    population: { ...population, reports: 5 },
    expect: ['once'],
    with: { 'population.reports': population.reports },
  };
  const value = compose(source(composed, { './expect.ts': { expect: ['sum.exact', 'conserve'] } }));
  expect(value).toEqual(full);
  expect(scenarioDigest(resolveScenario(value, 'a'))).toBe(
    scenarioDigest(resolveScenario(full, 'b')),
  );
});

test('built-in mixins need no files', () => {
  const { expect: _expect, ...rest } = smallInput;
  const scenario = resolveScenario({ ...rest, mixins: ['expect/exact'] }, 'a');
  expect(scenario.expect).toEqual(builtInMixins['expect/exact']!.value.expect);
});

describe('built-in mixins fit the clock, whoever sets it', () => {
  const { expect: _expect, ...rest } = { ...smallInput, crypto: {} };
  const exact = builtInMixins['expect/exact']!.value.expect;
  const inSimulatedTime = exact.filter((id) => id !== 'crosscheck');
  const base = { mixins: ['expect/exact'] };

  test.each<[string, object, Record<string, unknown>]>([
    ['the scenario', { ...base, clock: 'simulated' }, {}],
    ['a path', { ...base, with: { clock: 'simulated' } }, {}],
    ['who is built on it', { extends: './a.yaml', clock: 'simulated' }, { './a.yaml': base }],
    ['a mixin', { mixins: ['expect/exact', './c'] }, { './c': { clock: 'simulated' } }],
  ])('%s', (_, own, files) => {
    const value = compose(source({ ...rest, ...own }, files)) as { expect: unknown };
    expect(value.expect).toEqual(inSimulatedTime);
    expect(resolveScenario(value, 'a').expect).toEqual(inSimulatedTime);
  });

  test('what is named by the scenario itself is refused as ever', () => {
    const value = { ...rest, ...base, clock: 'simulated', expect: ['crosscheck'] };
    expect(() => resolveScenario(value, 'a')).toThrow(/"crosscheck".*clock "wall" only/);
  });

  test.each(Object.keys(builtInMixins))('%s, in both clocks', (name) => {
    for (const clock of ['wall', 'simulated']) {
      const { expect: some } = resolveScenario({ ...rest, mixins: [name], clock }, 'a');
      expect(some.length).toBeGreaterThan(4);
    }
  });
});

test('what is built on what is built on others', () => {
  const middle = new Inner(
    source(
      { extends: './base.ts', population: { days: 5 } },
      {
        './base.ts': base,
      },
      './middle.ts',
    ),
  );
  const value = compose(
    source(
      { id: 'x', about: 'y', extends: ['./middle.ts'] },
      {
        './middle.ts': middle,
      },
    ),
  );
  expect(value).toMatchObject({ id: 'x', population: { reports: 100, days: 5 } });
});

test('id and about are nobody else’s', () => {
  const value = compose(source({ extends: './base.ts' }, { './base.ts': base }));
  expect(() => resolveScenario(value, 'main.ts')).toThrow(/id: is missing[^]*about: is missing/);
});

describe('with', () => {
  const withPaths = (paths: unknown): Source => source({ ...base, with: paths });

  test('null takes a field or an item out, anything else goes in', () => {
    const paths = { 'population.days': null, 'expect.0': null, 'crypto.crossCheck': false };
    expect(compose(withPaths(paths))).toEqual({
      ...base,
      population: { reports: 100, states: ['us-wa'] },
      crypto: { crossCheck: false },
      expect: ['once'],
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['no path', { 'a b': 1 }, /^with\["a b"\]: is no path/],
    ['no path at all', { '': 1 }, /is no path/],
    ['a place that is not there', { 'expect[2]': 'once' }, /expect has 2 items/],
    ['a field of a number', { 'population.reports.x': 1 }, /population\.reports is 100/],
    ['no object', [1], /^with: got \[1\]; expected an object/],
  ])('%s', (_, paths, message) => {
    expect(problems(withPaths(paths))).toEqual([expect.stringMatching(message)]);
  });
});

describe('conflicts', () => {
  const a = { population: { optIn: 0.5, days: 2 } };
  const b = { population: { optIn: 0.6, days: 2 }, crypto: false };
  const c = { crypto: { fidelity: 'full' } };
  const files = { './a.yaml': a, './b.yaml': b, './c.yaml': c };
  const mixins = Object.keys(files);

  test('name the path and both sides; all of them', () => {
    expect(problems(source({ ...base, mixins }, files))).toEqual([
      'population.optIn: is 0.5 in "./a.yaml" and 0.6 in "./b.yaml", both of which main.ts takes ' +
        'in; set it in the scenario itself or leave one of them out',
      expect.stringMatching(/^crypto\.fidelity: is false in "\.\/b\.yaml" and "full" in/),
    ]);
  });

  test('are settled by the scenario’s own word', () => {
    const settled = { crypto: { fidelity: 'sampled' }, with: { 'population.optIn': 0.7 } };
    expect(problems(source({ ...base, mixins, ...settled }, files))).toEqual([]);
  });

  test('are none between a base and a mixin: the mixin is on top', () => {
    const value = { extends: './a.yaml', mixins: ['./b.yaml'] };
    expect(compose(source(value, files))).toMatchObject({ population: { optIn: 0.6 } });
  });

  test('siblings that agree, or disagree nowhere, are laid in any order', () => {
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(fields, fields, (x, y) => {
        const layers = [x, y].map((value, i) => ({ name: String(i), value: { inner: value } }));
        const { value, conflicts } = laySiblings(layers);
        const differ = Object.keys(x).filter((key) => key in y && x[key] !== y[key]);
        expect(new Set(conflicts.map(({ path }) => path[1]))).toEqual(new Set(differ));
        if (differ.length === 0) expect(laySiblings(layers.toReversed()).value).toEqual(value);
      }),
      { seed: 1 },
    );
  });
});

test('values of one shape: laying is associative, and a value laid again changes nothing', () => {
  const optional = { requiredKeys: [] };
  const list = fc.uniqueArray(fc.nat(3));
  const inner = fc.record({ n: fc.nat(3), list }, optional);
  const value = fc.record({ n: fc.nat(3), list, inner }, optional);
  fc.assert(
    fc.property(value, value, value, (x, y, z) => {
      expect(lay(lay(x, y), z)).toEqual(lay(x, lay(y, z)));
      expect(lay(x, x)).toEqual(x);
    }),
    { seed: 2 },
  );
});

test.each<[string, object, RegExp]>([
  [
    'an unknown mixin',
    { mixins: ['expect/exakt'] },
    /mixins: got "expect\/exakt".*"expect\/exact"/,
  ],
  ['a mixin twice', { mixins: ['expect/all', 'expect/all'] }, /mixins: .*twice/],
  ['mixins that are no list', { mixins: 'expect/all' }, /mixins: .*expected a list/],
  ['a number to build on', { extends: [5] }, /extends: got \[5\]; expected a file/],
  ['a file without anybody to read it', { extends: './a.ts' }, /extends: got "\.\/a\.ts"; files/],
])('%s', (_, change, message) => {
  expect(problems(source({ ...base, ...change }))).toEqual([expect.stringMatching(message)]);
});

test('keys that mean something to JavaScript mean nothing here', () => {
  const evil = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"x": 1}}') as object;
  compose(source({ ...base, mixins: ['./evil.json'] }, { './evil.json': evil }));
  compose(source({ ...base, with: { '__proto__.polluted': 1, 'constructor.prototype.x': 1 } }));
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
});
