/** Every word that a run can show has an explanation. */

import { REASONS, metricCatalogue } from '@priolab/roles';
import type { HoldReason, MetricCadence, MetricLayout } from '@priolab/roles';
import { describe, expect, test } from 'vitest';

import {
  EXIT,
  HOPS,
  OUTCOMES,
  STAGES,
  adversaryIds,
  eventIds,
  explainTerm,
  explainableTerms,
  faultIds,
  legacyIds,
  faults,
  oracleIds,
  scenarioJsonSchema,
} from '../src/index.ts';
import type { Fault, RunSummary } from '../src/index.ts';
import { incidents, papers } from '../src/faults/incidents.ts';
import { demonstrations } from '../src/simulation/faults/demonstrations.ts';
import { jurisdictionIds } from '../src/population/jurisdictions.ts';

/** The words of a type, all of them: one too few or too many does not compile. */
const wordsOf = <Word extends string>(words: Record<Word, true>): string[] => Object.keys(words);

const holdReasons = wordsOf<HoldReason>({
  'no-leader-share': true,
  'no-helper-share': true,
  'parameters-differ': true,
  'batches-differ': true,
  'batch-repeated': true,
  'counts-differ': true,
  'included-differ': true,
  'sums-differ': true,
  'wrong-window': true,
  'total-out-of-range': true,
  'not-shown': true,
});
const verdicts = wordsOf<RunSummary['verdict']>({
  pass: true,
  fail: true,
  vacuous: true,
  invalid: true,
  interrupted: true,
});
const metricWords = wordsOf<MetricLayout | MetricCadence>({
  'one-hot': true,
  'one-hot-or-none': true,
  'k-hot': true,
  cumulative: true,
  daily: true,
  biweekly: true,
});

/** Names of fields in a JSON Schema, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const below = Object.values(schema).flatMap(fieldsOf);
  if (!('properties' in schema) || Array.isArray(schema)) return below;
  return [...Object.keys(schema.properties as object), ...below];
}

const fields = [...new Set(fieldsOf(scenarioJsonSchema()))];
const allFaults = Object.entries<Fault>(faults);
const params = new Set(allFaults.flatMap(([, { params: own = {} }]) => Object.keys(own)));

describe.each<[string, readonly string[]]>([
  ['field', fields],
  ['parameter', [...params]],
  ['expectation', oracleIds],
  ['fault', faultIds],
  ['legacy switch', legacyIds],
  ['event', eventIds],
  ['adversary', adversaryIds],
  ['reason', REASONS],
  ['hold reason', holdReasons],
  ['outcome', OUTCOMES],
  ['hop', HOPS],
  ['stage', STAGES],
  ['metric', metricCatalogue.map(({ id }) => id)],
  ['metric word', [...metricWords, 'metric', 'bin', 'window', 'held', 'truth', 'estimate']],
  ['state', jurisdictionIds],
  ['verdict', verdicts],
  ['exit code', Object.values(EXIT).map(String)],
])('%s', (_, terms) => {
  test.each(terms)('%s', (term) => {
    expect(explainTerm(term)).toMatch(/^.{10,}\.$/);
  });
});

test('no term has two explanations, and none is listed in vain', () => {
  const terms = explainableTerms().flatMap(({ terms: some }) => some);
  expect(new Set(terms).size).toBe(terms.length);
  for (const term of terms) expect(explainTerm(term)).toBeDefined();
  for (const term of ['toString', '', 'noforg']) expect(explainTerm(term)).toBeUndefined();
});

test.each([
  ['system.windowHours', 'windowHours'],
  ['population.reports', 'reports'],
  ['services.network.retry.first', 'first'],
  ['adversaries[0].share', 'share'],
  ['nemesis.0.p', 'p'],
  ['population.optInByState.us-wa', 'us-wa'],
  ['population.sampling.my-own-metric', 'sampling'],
])('a field is explained by its whole path too: %s', (path, word) => {
  expect(explainTerm(word)).toBeDefined();
  expect(explainTerm(path)).toBe(explainTerm(word));
});

test.each([
  'sistem.windowHours',
  'windowHours.system',
  'system.reports',
  'system.toString',
  'a..b',
])('no path of a scenario is explained: %s', (path) => expect(explainTerm(path)).toBeUndefined());

test('there are fields and parameters; each parameter names the faults that have it', () => {
  expect(fields).toEqual(expect.arrayContaining(['expect', 'lease', 'peak', 'atMost', 'mixins']));
  expect(params.size).toBeGreaterThan(20);
  for (const [id, { params: own = {} }] of allFaults) {
    for (const name of Object.keys(own)) {
      const text = explainTerm(name)!;
      expect(text, name).toMatch(/A parameter of faults: /);
      expect(text.split('A parameter of faults: ')[1], name).toMatch(
        new RegExp(`\\b${id.replace('.', '\\.')}\\b`),
      );
    }
  }
});

test.each(faultIds)('of %s it says what the card does of why, where and how', (id) => {
  const text = explainTerm(id)!;
  const { outcomeBecause: because }: Fault = faults[id];
  if (because !== undefined) expect(text).toContain(` Why so: ${because}`);
  expect(text).toContain(` Seen where: ${incidents[id] ?? 'no incident is known to us.'}`);
  const { [id]: paper } = papers;
  if (paper !== undefined) expect(text).toContain(` Described in: ${paper}.`);
  const [, example] = / In a scenario: (\{.*\}); priolab faults \S+ runs it\.$/.exec(text)!;
  expect(JSON.parse(example!)).toEqual({ nemesis: demonstrations[id]!.nemesis });
});

test.each(['hop', 'elsewhere', 'copies', 'capsule', 'restart', 'duration', 'reports', 'states'])(
  'a word of the output: %s',
  (word) => expect(explainTerm(word)).toBeDefined(),
);
