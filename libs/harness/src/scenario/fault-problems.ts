/** What a fault instance may not say: unknown or misplaced parameters, and needs not met. */

import { faults } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import { EVERYWHERE, faultPlaces } from '../faults/fault.ts';
import type { FaultNeeds, FaultParam, FaultPlace } from '../faults/fault.ts';
import { isNameAt, namesOf, stateNames } from '../faults/places.ts';
import { durationMs } from './durations.ts';
import { didYouMean } from './problems.ts';
import type { Problem } from './problems.ts';
import type { Scenario } from './scenario.ts';
import type { Parts } from './valid-parts.ts';

type Value = string | number | boolean;
type ScenarioParts = Parts<Scenario>;

/** Parameters of a fault with the catalogue's defaults filled in. */
export function faultParams(
  id: FaultId,
  given: Readonly<Record<string, Value>> = {},
): Readonly<Record<string, Value>> {
  const known = faults[id].params ?? {};
  const byDefault = Object.entries(known).map(([name, param]) => [name, param.default] as const);
  return { ...Object.fromEntries(byDefault), ...given };
}

export function faultParamProblems(
  id: FaultId,
  params: Readonly<Record<string, Value | undefined>>,
  path: string,
): Problem[] {
  const known = faults[id].params ?? {};
  const names = Object.keys(known);
  const problems = Object.entries(params).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const at = `${path}.${name}`;
    if (!Object.hasOwn(known, name)) {
      const allowed = names.length === 0 ? `none: ${id} has no parameters` : names.join(', ');
      return [{ path: at, message: `unknown key${didYouMean(name, names)}; allowed: ${allowed}` }];
    }
    const param = known[name]!;
    if (fits(param, value)) return withoutEffect(id, param, params, at);
    const hint =
      param.kind === 'word' && typeof value === 'string' ? didYouMean(value, param.range) : '';
    return [{ path: at, message: `got ${JSON.stringify(value)}${hint}; ${allowedOf(param)}` }];
  });
  return problems.length > 0 ? problems : emptyRange(params, path);
}

/** At most fewer than at least: one of the two would be passed over. */
function emptyRange(
  { atLeast, atMost }: Readonly<Record<string, Value | undefined>>,
  path: string,
): Problem[] {
  if (typeof atLeast !== 'number' || typeof atMost !== 'number' || atLeast <= atMost) return [];
  return [
    { path: `${path}.atMost`, message: `got ${atMost}; allowed: at least atLeast, ${atLeast}` },
  ];
}

/** A parameter that its fault would pass over, because of another's value. */
function withoutEffect(
  id: FaultId,
  { when = {} }: FaultParam,
  params: Readonly<Record<string, Value | undefined>>,
  path: string,
): Problem[] {
  const values: Readonly<Record<string, Value | undefined>> = { ...faultParams(id), ...params };
  const unmet = Object.entries(when).find(([name, value]) => values[name] !== value);
  if (unmet === undefined) return [];
  const [name, value] = unmet;
  const message = `has no effect: ${name} is "${values[name]}", not "${value}"; leave it out`;
  return [{ path, message }];
}

function fits(param: FaultParam, value: Value): boolean {
  switch (param.kind) {
    case 'rate':
      return typeof value === 'number' && value >= 0 && value <= 1;
    case 'number':
      return typeof value === 'number' && value >= param.range[0] && value <= param.range[1];
    case 'count':
      return (
        Number.isSafeInteger(value) &&
        (value as number) >= param.range[0] &&
        (value as number) <= param.range[1]
      );
    case 'duration':
      return typeof value === 'string' && isDuration(value);
    case 'word':
      return typeof value === 'string' && param.range.includes(value);
    case 'flag':
      return typeof value === 'boolean';
  }
}

function isDuration(text: string): boolean {
  try {
    durationMs(text);
    return true;
  } catch {
    return false;
  }
}

/** What a parameter may be, in words. */
export function allowedOf(param: FaultParam): string {
  switch (param.kind) {
    case 'rate':
      return 'allowed: a rate from 0 to 1';
    case 'number':
      return `allowed: a number from ${param.range[0]} to ${param.range[1]}`;
    case 'count':
      return `allowed: a whole number from ${param.range[0]} to ${param.range[1]}`;
    case 'duration':
      return 'expected a duration such as "90s" or "6h"';
    case 'word':
      return `allowed: ${param.range.join(', ')}`;
    case 'flag':
      return 'allowed: true, false';
  }
}

/** A place that this deployment does not have: it would strike nowhere, or elsewhere. */
export function faultPlaceProblems(
  id: FaultId,
  at: string | undefined,
  path: string,
  scenario: ScenarioParts,
): Problem[] {
  if (at === undefined) return [];
  const place = faults[id].at;
  if (place === undefined) {
    return [{ path, message: `got "${at}"; ${id} strikes no place of its own: leave it out` }];
  }
  const names = namesOf(place, scenario);
  if (names === undefined || isPlaceOf(place, at, names)) return [];
  const hint = didYouMean(at, shorterNames(names));
  const message = `got "${at}"${hint}; allowed: ${faultPlaces[place]}; there are ${few(names)}`;
  return [{ path, message }];
}

/** One who, or some what: "everywhere" names no processor, vendor or state. */
const ONE: ReadonlySet<FaultPlace> = new Set(['processor', 'vendor', 'source']);

function isPlaceOf(place: FaultPlace, at: string, names: readonly string[]): boolean {
  if (at === EVERYWHERE) return !ONE.has(place);
  return names.some((name) => isNameAt(place, at, name));
}

/** Names and their parts, for a guess at what was meant. */
function shorterNames(names: readonly string[]): string[] {
  const parts = names.flatMap((name) => {
    const ends = name.split('->');
    const words = ends.flatMap((end) => [
      ...end.split('/').map((_, i, all) => all.slice(0, i + 1).join('/')),
      ...end.split('/').map((_, i, all) => all.slice(i).join('/')),
      end.slice(0, end.indexOf('-') + 1),
    ]);
    return [name, ...ends.slice(1).map((end) => `->${end}`), ...words];
  });
  return [...new Set(parts)].filter((part) => part !== '');
}

const NAMES_MAX = 12;

function few(names: readonly string[]): string {
  const rest = names.length > NAMES_MAX ? `, ... (${names.length} in all)` : '';
  return names.slice(0, NAMES_MAX).join(', ') + rest;
}

/** A coin or a dose that the fault would pass over. */
export function faultChanceProblems(
  id: FaultId,
  { p, dose, params = {} }: Parts<Scenario['nemesis'][number]>,
  path: string,
): Problem[] {
  const { unconditional } = faults[id];
  if (unconditional === undefined) return [];
  const values = { ...faultParams(id), ...params };
  const when = unconditional === true ? {} : unconditional;
  if (Object.entries(when).some(([name, value]) => values[name] !== value)) return [];
  const those = Object.entries(when).map(([name, value]) => ` with ${name} "${value}"`);
  const why = `${id}${those.join()} strikes by its parameters and its time alone: leave it out`;
  return Object.entries({ p, dose }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ path: `${path}.${name}`, message: `got ${value}; ${why}` }],
  );
}

/** What the fault needs and the scenario does not have. */
export function faultNeedProblems(id: FaultId, path: string, scenario: ScenarioParts): Problem[] {
  const needs: FaultNeeds = faults[id].needs ?? {};
  const { services, population } = scenario;
  const stateCount = stateNames(population)?.length;
  const atLeast = (need: number | undefined, has: number | undefined, field: string): Problem[] =>
    need === undefined || has === undefined || has >= need
      ? []
      : [{ path, message: `got "${id}", which needs ${field} of at least ${need}; got ${has}` }];
  const rotation = services?.keys?.rotateEvery;
  return [
    ...atLeast(needs.replicas, services?.ingestion?.replicas, 'services.ingestion.replicas'),
    ...atLeast(needs.workers, services?.processors?.workers, 'services.processors.workers'),
    ...atLeast(needs.days, population?.days, 'population.days'),
    ...atLeast(needs.states, stateCount, 'population.states'),
    ...(needs.rotation === true && rotation === false
      ? [{ path, message: `got "${id}", which needs services.keys.rotateEvery` }]
      : []),
    ...(needs.withoutEnpa === true && population !== undefined && !hasStateWithout(population)
      ? [{ path, message: `got "${id}", which needs a state without ENPA in population.enabled` }]
      : []),
  ];
}

function hasStateWithout({ enabled = {} }: NonNullable<ScenarioParts['population']>): boolean {
  return Object.values(enabled).some((one) => one !== undefined && one !== true);
}
