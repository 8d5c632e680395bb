/**
 * What is wrong with a scenario's population, all at once, by the scenario's own paths. Works on
 * whatever parts of it are known: a check whose input is undefined is left out.
 */

import { didYouMean } from '../scenario/problems.ts';
import type { Problem } from '../scenario/problems.ts';
import { consentProblems } from './consent-problems.ts';
import type { EnabledDays } from './enabled-days.ts';
import { jurisdiction, jurisdictionIds } from './jurisdictions.ts';
import type { PopulationSettings, RatesById, Vendor } from './population-settings.ts';
import { rateThreshold, weightUnits } from './whole-numbers.ts';

/** Settings with undefined in place of what is invalid; defaults must be filled in. */
export type PopulationParts = {
  readonly [
    Key in Exclude<keyof PopulationSettings, 'states' | 'vendors' | 'enabled' | 'consent'>
  ]?: PopulationSettings[Key] | undefined;
} & {
  readonly enabled?: Readonly<Record<string, EnabledDays | undefined>> | undefined;
  readonly consent?:
    | {
        readonly withdrawPerDay?: number | undefined;
        readonly returnPerDay?: number | undefined;
      }
    | undefined;
  readonly states?: readonly (string | undefined)[] | RatesById | undefined;
  readonly vendors?: Readonly<Partial<Record<Vendor, number | undefined>>> | undefined;
};

const WEIGHT_MAX = 2 ** 32;

/** @param metricIds the metrics' ids; undefined where a metric is invalid */
export function populationProblems(
  parts: PopulationParts,
  metricIds: readonly (string | undefined)[],
): Problem[] {
  return [
    ...stateProblems(parts.states),
    ...countProblems(parts),
    ...vendorProblems(parts.vendors),
    ...optInProblems(parts),
    ...consentProblems(parts, weighed(parts.states)),
    ...consentRateProblems(parts.consent),
    ...metricProblems(metricIds),
    ...samplingProblems(parts.sampling, metricIds),
  ];
}

function problem(path: string, message: string): Problem {
  return { path, message };
}

function stateProblems(states: PopulationParts['states']): Problem[] {
  if (states === undefined) return [];
  const path = 'population.states';
  if (isList(states)) {
    if (states.length === 0) return [problem(path, 'got none; expected at least one state')];
    return states.flatMap((id, i) => {
      if (id === undefined) return [];
      if (jurisdiction(id) === undefined) return [problem(`${path}[${i}]`, unknownState(id))];
      if (states.indexOf(id) === i) return [];
      return [problem(`${path}[${i}]`, `got "${id}", which is listed already; allowed: once`)];
    });
  }
  const entries = Object.entries(states);
  const problems = entries.flatMap(([id, weight]) => {
    if (weight === undefined) return [];
    if (jurisdiction(id) === undefined) return [problem(`${path}.${id}`, unknownState(id))];
    return isWeight(weight) ? [] : [problem(`${path}.${id}`, badWeight(weight))];
  });
  if (entries.length === 0) problems.push(problem(path, 'got none; expected at least one state'));
  else if (problems.length === 0) problems.push(...weightlessProblems(path, entries));
  return problems;
}

function isList(states: NonNullable<PopulationParts['states']>): states is readonly string[] {
  return Array.isArray(states);
}

function unknownState(id: string): string {
  return `got "${id}"${didYouMean(id, jurisdictionIds)}; allowed: ${jurisdictionIds.join(', ')}`;
}

function isWeight(weight: number): boolean {
  return weight >= 0 && weight <= WEIGHT_MAX;
}

function badWeight(weight: number): string {
  return `got ${weight}; allowed: a weight from 0 to 2^32`;
}

/** Weights that leave everybody out; nothing is said where one of them is unknown. */
function weightlessProblems(
  path: string,
  weights: readonly (readonly [string, number | undefined])[],
): Problem[] {
  const known = weights.every(([, weight]) => weight !== undefined && weightUnits(weight) === 0n);
  if (!known) return [];
  return [problem(path, 'got no weight above 0; expected at least one of 2^-20 or more')];
}

function countProblems({ reports, days, shardParticipants }: PopulationParts): Problem[] {
  const whole = (name: string, value: number | undefined, most: number): Problem[] => {
    if (value === undefined) return [];
    if (Number.isInteger(value) && value >= 1 && value <= most) return [];
    const message = `got ${value}; allowed: a whole number from 1 to ${most}`;
    return [problem(`population.${name}`, message)];
  };
  return [
    ...whole('reports', reports, 2 ** 32 - 1),
    ...whole('days', days, 28),
    ...whole('shardParticipants', shardParticipants, 65_536),
  ];
}

function vendorProblems(vendors: PopulationParts['vendors']): Problem[] {
  if (vendors === undefined) return [];
  const weights = [
    ['apple', vendors.apple],
    ['google', vendors.google],
  ] as const;
  const problems = weights.flatMap(([vendor, weight]) =>
    weight === undefined || isWeight(weight)
      ? []
      : [problem(`population.vendors.${vendor}`, badWeight(weight))],
  );
  return problems.length > 0 ? problems : weightlessProblems('population.vendors', weights);
}

function optInProblems({ optIn, optInByState, states }: PopulationParts): Problem[] {
  const rate = (path: string, value: number | undefined): Problem[] => {
    if (value === undefined) return [];
    if (value > 0 && value <= 1 && rateThreshold(value) > 0) return [];
    const message = `got ${value}; allowed: a rate from 2^-32 to 1`;
    return [problem(path, message)];
  };
  const ids = states === undefined ? [] : isList(states) ? states : Object.keys(states);
  // With a state unknown, a rate that fits none of the others may be meant for it.
  const complete = states !== undefined && ids.every((id) => jurisdiction(id) !== undefined);
  return [
    ...rate('population.optIn', optIn),
    ...Object.entries(optInByState ?? {}).flatMap(([id, value]) => {
      const path = `population.optInByState.${id}`;
      if (value === undefined) return [];
      if (!complete || ids.includes(id)) return rate(path, value);
      const allowed = `${didYouMean(id, ids)}; allowed: ${ids.join(', ')}`;
      return [problem(path, `no such state in population.states${allowed}`), ...rate(path, value)];
    }),
  ];
}

function weighed(
  states: PopulationParts['states'],
): (readonly [string | undefined, number | undefined])[] | undefined {
  if (states === undefined) return undefined;
  return isList(states) ? states.map((id) => [id, undefined] as const) : Object.entries(states);
}

function consentRateProblems(consent: PopulationParts['consent'] = {}): Problem[] {
  return Object.entries(consent).flatMap(([name, value]) => {
    if (value === undefined || (value <= 1 && rateThreshold(value) > 0)) return [];
    const message = `got ${value}; allowed: a rate from 2^-32 to 1`;
    return [problem(`population.consent.${name}`, message)];
  });
}

function metricProblems(ids: readonly (string | undefined)[]): Problem[] {
  if (ids.length === 0) return [problem('system.metrics', 'got none; expected at least one')];
  return ids.flatMap((id, i) => {
    if (id === undefined || ids.indexOf(id) === i) return [];
    const message = `got "${id}", which is listed twice; allowed: once`;
    return [problem(`system.metrics[${i}]`, message)];
  });
}

function samplingProblems(
  sampling: RatesById | undefined,
  ids: readonly (string | undefined)[],
): Problem[] {
  if (sampling === undefined) return [];
  const known = ids.filter((id) => id !== undefined);
  const complete = known.length === ids.length;
  const problems = Object.entries(sampling).flatMap(([id, rate]) => {
    const path = `population.sampling.${id}`;
    const found: Problem[] = [];
    if (complete && !known.includes(id)) {
      const allowed = `${didYouMean(id, known)}; allowed: ${known.join(', ')}`;
      found.push(problem(path, `no such metric in system.metrics${allowed}`));
    }
    if (rate !== undefined && !(rate >= 0 && rate <= 1)) {
      found.push(problem(path, `got ${rate}; allowed: a rate from 0 to 1`));
    }
    return found;
  });
  const silent = complete && known.every((id) => sampling[id] === 0);
  if (silent && known.length > 0) {
    const message = 'got 0 for every metric: nobody sends a report; allowed: one above 0';
    problems.push(problem('population.sampling', message));
  }
  return problems;
}
