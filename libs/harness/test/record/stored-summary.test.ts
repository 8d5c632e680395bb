/**
 * Stored records as they are read: by the schema that `priolab schema summary` prints closed, but
 * open to what older and newer versions leave out, add or say in other words.
 */

import { beforeAll, expect, test } from 'vitest';

import { UsageError, checkSummary, summaryJsonSchema } from '../../src/index.ts';
import type { RunSummary, ScenarioInput } from '../../src/index.ts';
import { runFaulty } from '../simulation/fault-run.ts';
import { shortWindows } from '../simulation/small-deployment.ts';

const FILE = 'summary.json';
const input: ScenarioInput = {
  ...shortWindows,
  population: { reports: 40, states: ['us-wa', 'us-md'] },
  nemesis: [{ id: 'net.drop', p: 0.2 }],
  expect: ['sum.exact', 'tenant', 'leak.scan'],
};

type Fields = Record<string, unknown>;

let text = '';
beforeAll(async () => {
  text = JSON.stringify(await runFaulty(input));
});

/** As it is in the file, with a change. */
function stored(change: (record: RunSummary & Fields) => void = () => {}): RunSummary {
  const record = JSON.parse(text) as RunSummary & Fields;
  change(record);
  return record;
}

/** Sets a field that the record's type does not let be set. */
const set = (where: object, name: string, value: unknown): void => {
  (where as Fields)[name] = value;
};

const problemsOf = (record: RunSummary): readonly string[] => {
  try {
    checkSummary(record, FILE);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
};

test('comes back as it is, in the order of the file, with what is not known', () => {
  const record = stored((one) => {
    set(one.cost, 'watts', [1, { of: 2 }]);
    set(one, 'later', { than: 'this' });
    // Another order than the schema's.
    const { verdict } = one;
    set(one.identity, 'zone', verdict);
    delete (one as Fields)['verdict'];
    set(one, 'verdict', verdict);
  });
  expect(JSON.stringify(checkSummary(record, FILE))).toBe(JSON.stringify(record));
});

test('null is no number where a number may not be finite, and a mistake elsewhere', () => {
  const record = stored((one) => {
    set(one.cost, 'reportsPerSecond', null);
    set(one.cost, 'peakRssBytes', null);
    set(one.cost.stagesMs, 'prove', null);
    set(one.simulation!.faults[0]!.measured, 'share', null);
  });
  const { cost, simulation } = checkSummary(record, FILE);
  expect(cost).toMatchObject({ reportsPerSecond: NaN, peakRssBytes: NaN });
  expect([cost.stagesMs.prove, simulation!.faults[0]!.measured['share']]).toEqual([NaN, NaN]);
  expect(problemsOf(stored((one) => set(one.tally, 'escapeBound', null)))).toEqual([
    'tally.escapeBound: got null; expected number',
  ]);
});

test('an older record lacks what newer ones have', () => {
  const lacking: [(record: RunSummary) => object, string[]][] = [
    [(record) => record, ['series', 'fatesByState', 'limits']],
    [(record) => record.simulation!.leaks, ['places']],
    [(record) => record.simulation!.tenant!, ['states', 'changedOf']],
    [(record) => record.cost.work, ['attest']],
    [(record) => record.expectations[0]!, ['window']],
  ];
  const record = stored((one) => {
    for (const [of, names] of lacking) {
      for (const name of names) {
        expect(of(one), name).toHaveProperty(name);
        delete (of(one) as Fields)[name];
      }
    }
  });
  expect(problemsOf(record)).toEqual([]);
});

test('stages that were not timed: older records say 0, newer ones leave them out', () => {
  const record = stored((one) => set(one.cost, 'stagesMs', { measure: 0, attest: 0 }));
  expect(checkSummary(record, FILE).cost.stagesMs).toEqual({ measure: 0, attest: 0 });
  expect(
    checkSummary(
      stored(() => {}),
      FILE,
    ).cost.stagesMs,
  ).toEqual({});
});

test('a newer record has words that this version does not know', () => {
  const record = stored((one) => {
    set(one.fates[0]!, 'reason', 'of-a-later-day');
    set(one.fates[0]!, 'hop', 'satellite');
    set(one.cost.stagesMs, 'ponder', 1);
    set(one.cost, 'peakRssSource', 'oracle');
  });
  expect(problemsOf(record)).toEqual([]);
});

test('what reporters go by must be one of the words that there are', () => {
  const record = stored((one) => {
    set(one, 'verdict', 'green');
    set(one.fates[0]!, 'outcome', 'won');
    set(one.fidelity, 'rung', 'half');
  });
  expect(problemsOf(record)).toEqual([
    expect.stringMatching(/^fidelity\.rung: got "half".*; allowed: full, sampled, shares-only$/),
    expect.stringMatching(/^fates\[0\]\.outcome: got "won".*; allowed: unaccounted, accepted, /),
    expect.stringMatching(/^verdict: got "green".*; allowed: pass, .*, interrupted$/),
  ]);
});

test.each<[string, (record: RunSummary) => void, string]>([
  [
    'bins',
    ({ cells }) => set(cells[0]!.truth, 'noisy', [1]),
    'cells[0].truth.noisy: got [1]; expected 5 bins, as truth.honestClean has',
  ],
  [
    'an estimate without its error',
    ({ cells }) => delete (cells[0] as unknown as Fields)['standardError'],
    'cells[0].standardError: got undefined; expected a number beside estimates',
  ],
  [
    'columns by the machine’s clock',
    ({ series }) => set(series!.wall, 'timesMs', []),
    'series.wall.columns[0].values: ',
  ],
  [
    'columns by simulated time',
    ({ series }) => set(series!.simulated!.columns[1]!, 'values', [1]),
    'series.simulated.columns[1].values: got [1]; expected ',
  ],
])('fields that do not fit each other: %s', (_name, change, problem) => {
  expect(problemsOf(stored(change))[0]).toContain(problem);
});

test('the JSON Schema closes what is read open: every object, list of words and number', () => {
  const schema = JSON.stringify(summaryJsonSchema());
  const objects = schema.match(/"type":"object","properties":/g)!;
  expect(objects.length).toBeGreaterThan(50);
  expect(schema.match(/"additionalProperties":false/g)!.length).toBeGreaterThanOrEqual(
    objects.length,
  );
  expect(schema).not.toContain('"additionalProperties":{}');
  const { simulation, cost } = propertiesOf(summaryJsonSchema());
  const { leaks, tenant } = propertiesOf(simulation!);
  expect(leaks!.required).toEqual(['secrets', 'bytes', 'unsearched', 'found', 'places']);
  expect(tenant!.required).toContain('changedOf');
  // In simulated time no stage is timed.
  expect(propertiesOf(cost!)['stagesMs']!.required ?? []).toEqual([]);
});

interface Printed {
  readonly properties?: Readonly<Record<string, Printed>>;
  readonly required?: readonly string[];
}

const propertiesOf = ({ properties }: Printed) => properties!;
