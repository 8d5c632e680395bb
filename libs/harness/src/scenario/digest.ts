/**
 * The identity of a scenario: SHA-256 over its canonical JSON (keys sorted, no white space), with
 * every default filled in and without the seed, which is named beside it.
 */

import { sha256, toHex } from '@priolab/crypto';

import type { Scenario } from './scenario.ts';

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    const pair = ([key, inner]: [string, unknown]): string =>
      `${JSON.stringify(key)}:${canonicalJson(inner)}`;
    return `{${sorted.map(pair).join(',')}}`;
  }
  return JSON.stringify(value);
}

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
  return digestOf(rest);
}
