/**
 * The identity of a scenario: SHA-256 over its canonical JSON (keys sorted, no white space) without
 * the seed, which is named beside it. The fields of the first language are in it with every default
 * filled in; those that came later, only where they differ from their defaults, so that a scenario
 * keeps its digest when the language grows (decision 9).
 */

import { sha256, toHex } from '@priolab/crypto';

import { canonicalJson } from './canonical-json.ts';
import { scenarioSchema } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { withoutDefaults } from './without-defaults.ts';

/** The fields that the language began with. Never to be extended. */
const firstFields: ReadonlySet<string> = new Set([
  'id',
  'about',
  'population',
  'system',
  'crypto',
  'adversaries',
  'expect',
]);

/** Hex SHA-256 of any JSON value's canonical form. */
export function digestOf(value: unknown): string {
  return toHex(sha256(new TextEncoder().encode(canonicalJson(value))));
}

/** Hex SHA-256 that names a run's inputs: the scenario and its seed, whatever its characters. */
export function runDigest(scenario: Scenario): string {
  return digestOf({ scenario: scenarioDigest(scenario), seed: String(scenario.seed) });
}

export function scenarioDigest(scenario: Scenario): string {
  const { seed: _seed, ...rest } = scenario;
  const entries = Object.entries(rest).map(([key, value]) => {
    if (firstFields.has(key)) return [key, value] as const;
    return [key, withoutDefaults(scenarioSchema.shape[key as keyof Scenario], value)] as const;
  });
  return digestOf(Object.fromEntries(entries));
}
