/**
 * A stored `summary.json`, checked: files can be damaged or be of another version, and reporters
 * believe every field that they are given. The scenario in it is left to `resolveScenario`, which
 * knows more about it. Fields that are not known stay as they are.
 */

import { z } from 'zod';

import type { Scenario } from '../scenario/scenario.ts';
import { UsageError, problemsOf } from '../scenario/problems.ts';
import type { Problem } from '../scenario/problems.ts';
import { summarySchema } from './record-schema.ts';
import type { RunSummary } from './run-record.ts';

/** A damaged record may have thousands of problems; so many say it. */
const PROBLEMS_MAX = 10;

const stored = summarySchema(z.looseObject({}) as unknown as z.ZodType<Scenario>);

/**
 * The summary that a parsed file holds.
 * @throws UsageError with the first problems of a value that is none: where, got and expected
 */
export function checkSummary(value: unknown, file: string): RunSummary {
  const parsed = stored.safeParse(value);
  if (parsed.success) return ordered(parsed.data, value) as RunSummary;
  const problems = problemsOf(parsed.error, value, stored);
  const more = problems.length - PROBLEMS_MAX;
  const rest: Problem[] = more > 0 ? [{ path: '', message: `... and ${more} more` }] : [];
  throw new UsageError(file, [...problems.slice(0, PROBLEMS_MAX), ...rest]);
}

/** The checked value with its fields in the order of the file: reports show records as they are. */
function ordered(checked: unknown, original: unknown): unknown {
  if (typeof original !== 'object' || original === null) return checked;
  if (Array.isArray(original)) {
    return original.map((item, k) => ordered((checked as readonly unknown[])[k], item));
  }
  const fields = checked as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(original).map(([key, inner]) => [key, ordered(fields[key], inner)]),
  );
}
