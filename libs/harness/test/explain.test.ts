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
  oracleIds,
} from '../src/index.ts';
import type { RunSummary } from '../src/index.ts';
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

describe.each<[string, readonly string[]]>([
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
