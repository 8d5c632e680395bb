/**
 * Contradictions of the fields for simulated time: faults, phases, healing, services, and
 * expectations that nothing in the chosen clock would judge.
 */

import type { EventId } from '../expectations/events.ts';
import { oracleClocks, oracleIds } from '../expectations/oracles.ts';
import type { Clock, OracleId } from '../expectations/oracles.ts';
import { faults } from '../faults/catalogue.ts';
import type { FaultId } from '../faults/catalogue.ts';
import { processesOf } from './deployment-schema.ts';
import { durationMs } from './durations.ts';
import {
  faultChanceProblems,
  faultNeedProblems,
  faultParamProblems,
  faultPlaceProblems,
} from './fault-problems.ts';
import { withoutDefaults } from './without-defaults.ts';
import { didYouMean } from './problems.ts';
import type { Problem } from './problems.ts';
import type { Scenario } from './scenario.ts';
import { servicesSchema } from './services-schema.ts';
import type { Parts } from './valid-parts.ts';

type ScenarioParts = Parts<Scenario>;

const DAY_MS = 86_400_000;

export function timedContradictionsOf(scenario: ScenarioParts): Problem[] {
  const { nemesis = [] } = scenario;
  return [
    ...wrongClock(scenario),
    ...phaseProblems(scenario),
    ...nemesis.flatMap((fault, i) =>
      fault === undefined ? [] : faultProblems(fault, `nemesis[${i}]`, scenario),
    ),
    ...healProblems(scenario),
    ...loadProblems(scenario),
    ...overrideProblems(scenario),
    ...expectationProblems(scenario),
  ];
}

/** Settings that only simulated time has a use for. */
function wrongClock({ clock, services, deployment, ...rest }: ScenarioParts): Problem[] {
  if (clock !== 'wall') return [];
  const needs = (path: string): Problem => ({
    path,
    message: 'needs clock "simulated": nothing in the wall clock would use it',
  });
  const isSet = (value: unknown): boolean =>
    Array.isArray(value) ? value.length > 0 : value !== undefined;
  const { nemesis, phases, heal, liveness } = rest;
  const fields = Object.entries({ nemesis, phases, heal, liveness });
  const changed = withoutDefaults(servicesSchema, services ?? {}) as object | undefined;
  return [
    ...fields.filter(([, value]) => isSet(value)).map(([path]) => needs(path)),
    ...Object.keys(changed ?? {})
      // Processes of the real wire have some of the behaviours of 2021 as well.
      .filter((key) => key !== 'legacy' || processesOf(deployment) === undefined)
      .map((key) => needs(`services.${key}`)),
    ...(rest.load ?? []).flatMap((load, i) =>
      load?.model === 'closed' ? [needs(`load[${i}].model`)] : [],
    ),
    ...(rest.overrides ?? []).flatMap((override, i) =>
      (['minBatch', 'batchEvery'] as const)
        .filter((key) => override?.[key] !== undefined)
        .map((key) => needs(`overrides[${i}].${key}`)),
    ),
  ];
}

function phaseProblems({ phases = [], population }: ScenarioParts): Problem[] {
  return phases.flatMap((phase, i) => {
    if (phase === undefined) return [];
    const path = `phases[${i}]`;
    const first = phases.findIndex((other) => other?.name === phase.name);
    return [
      ...(phase.name !== undefined && first < i
        ? [{ path: `${path}.name`, message: `got "${phase.name}" twice; allowed: once` }]
        : []),
      ...spanProblems(phase, path, endOf(population)),
    ];
  });
}

interface Span {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** A stretch of time that is empty, or that begins when all is over. */
function spanProblems({ from, until }: Span, path: string, endMs: number | undefined): Problem[] {
  const fromMs = from === undefined ? 0 : durationMs(from);
  if (until !== undefined && durationMs(until) <= fromMs) {
    const message = `got "${until}"; allowed: after from, "${from ?? '0s'}"`;
    return [{ path: `${path}.until`, message }];
  }
  if (from === undefined || endMs === undefined || fromMs < endMs) return [];
  const message = `got "${from}"; allowed: before the last day ends, after ${endMs / DAY_MS}d`;
  return [{ path: `${path}.from`, message }];
}

function endOf(population: ScenarioParts['population']): number | undefined {
  return population?.days === undefined ? undefined : population.days * DAY_MS;
}

function faultProblems(
  fault: Parts<Scenario['nemesis'][number]>,
  path: string,
  scenario: ScenarioParts,
): Problem[] {
  const { id, phase, from, until, when, dose, fires } = fault;
  const { nemesis = [] } = scenario;
  const problems = spanProblems({ from, until }, path, endOf(scenario.population));
  const names = scenario.phases?.map((one) => one?.name);
  if (phase !== undefined && names?.every((name) => name !== undefined) === true) {
    if (!names.includes(phase)) {
      const allowed = names.length === 0 ? 'none: phases is empty' : names.join(', ');
      const hint = didYouMean(phase, names);
      const message = `got "${phase}"${hint}; allowed: ${allowed}`;
      problems.push({ path: `${path}.phase`, message });
    }
  }
  if (phase !== undefined && (from !== undefined || until !== undefined)) {
    const message = `got "${phase}" and from or until as well; allowed: one of the two`;
    problems.push({ path: `${path}.phase`, message });
  }
  problems.push(...healsTooSoon(fault, path, scenario));
  if (when?.event !== undefined && Object.hasOwn(faults, when.event)) {
    const ofFault = eventProblems(when.event, 'simulated', `${path}.when.event`, nemesis);
    problems.push(...ofFault);
  }
  if (dose !== undefined && fires !== undefined && fires > dose) {
    const message = `got ${fires}; allowed: at most dose, ${dose}`;
    problems.push({ path: `${path}.fires`, message });
  }
  if (id === undefined) return problems;
  return [
    ...problems,
    ...faultParamProblems(id, fault.params ?? {}, `${path}.params`),
    ...faultPlaceProblems(id, fault.at, `${path}.at`, scenario),
    ...faultChanceProblems(id, fault, path),
    ...faultNeedProblems(id, `${path}.id`, scenario),
  ];
}

/** A fault that is healed before it begins. */
function healsTooSoon(
  { from, phase, heal }: Parts<Scenario['nemesis'][number]>,
  path: string,
  { phases = [] }: ScenarioParts,
): Problem[] {
  const begin = from ?? phases.find((one) => one !== undefined && one.name === phase)?.from ?? '0s';
  if (heal === undefined || durationMs(heal) > durationMs(begin)) return [];
  return [{ path: `${path}.heal`, message: `got "${heal}"; allowed: after its begin, "${begin}"` }];
}

const NODES = ['ingestion/apple/0', 'ingestion/google/batcher', 'processor/leader', 'portal'];
const NODE_PART = /^(?:ingestion|apple|google|batcher|processor|leader|helper|portal|\d)$/;

function healProblems({ clock, heal, liveness, population }: ScenarioParts): Problem[] {
  const endMs = endOf(population);
  const problems: Problem[] = [];
  if (heal?.at !== undefined && endMs !== undefined && durationMs(heal.at) > endMs) {
    const message = `got "${heal.at}"; allowed: up to the end of the last day, ${endMs / DAY_MS}d`;
    problems.push({ path: 'heal.at', message });
  }
  heal?.core?.forEach((name, i) => {
    if (name === undefined || name.split('/').every((part) => NODE_PART.test(part))) return;
    const message = `got "${name}"; allowed: parts of names such as ${NODES.join(', ')}`;
    problems.push({ path: `heal.core[${i}]`, message });
  });
  if (clock === 'simulated' && liveness !== undefined && heal === undefined) {
    problems.push({ path: 'liveness', message: 'needs heal: the moment from which time counts' });
  }
  return problems;
}

const peaked: ReadonlySet<unknown> = new Set(['diurnal', 'outbreak', 'storm']);
const spanned: ReadonlySet<unknown> = new Set(['constant', 'ramp', 'outbreak']);
const wide: ReadonlySet<unknown> = new Set(['outbreak', 'storm']);

function loadProblems({ load = [] }: ScenarioParts): Problem[] {
  const useless = (path: string, shape: string, shapes: ReadonlySet<unknown>): Problem => ({
    path,
    message: `has no use with shape "${shape}"; allowed: with ${[...shapes].join(', ')}`,
  });
  return load.flatMap((one, i) => {
    if (one === undefined) return [];
    const path = `load[${i}]`;
    const { shape, peak, width, model } = one;
    const problems = spanProblems(one, path, DAY_MS);
    const first = load[0]?.model;
    if (model !== undefined && first !== undefined && model !== first) {
      const message = `got "${model}"; allowed: "${first}", as in load[0]: a phone has one model`;
      problems.push({ path: `${path}.model`, message });
    }
    if (shape === undefined) return problems;
    for (const key of ['from', 'until'] as const) {
      if (one[key] !== undefined && !spanned.has(shape)) {
        problems.push(useless(`${path}.${key}`, shape, spanned));
      }
    }
    if (peak !== undefined && !peaked.has(shape)) {
      problems.push(useless(`${path}.peak`, shape, peaked));
    }
    if (width !== undefined && !wide.has(shape)) {
      problems.push(useless(`${path}.width`, shape, wide));
    }
    return problems;
  });
}

/** Settings for states and vendors that take no part. */
function overrideProblems({ overrides = [], population }: ScenarioParts): Problem[] {
  const states = population?.states;
  const ids = Array.isArray(states) ? (states as string[]) : Object.keys(states ?? {});
  const isKnown = states !== undefined && ids.every((id) => id !== undefined);
  return overrides.flatMap((override, i) => {
    if (override === undefined) return [];
    const path = `overrides[${i}]`;
    const { states: some, vendors, ...settings } = override;
    const problems: Problem[] = [];
    if (Object.values(settings).every((value) => value === undefined)) {
      problems.push({ path, message: 'sets nothing; expected epsilon, optIn or another setting' });
    }
    some?.forEach((id, k) => {
      if (id === undefined || !isKnown || ids.includes(id)) return;
      const message = `got "${id}"${didYouMean(id, ids)}; allowed: ${ids.join(', ')}`;
      problems.push({ path: `${path}.states[${k}]`, message });
    });
    vendors?.forEach((vendor, k) => {
      if (vendor === undefined || population?.vendors?.[vendor] !== 0) return;
      const message = `got "${vendor}", which has weight 0 in population.vendors`;
      problems.push({ path: `${path}.vendors[${k}]`, message });
    });
    return problems;
  });
}

function expectationProblems({ clock, expect = [], nemesis }: ScenarioParts): Problem[] {
  if (clock === undefined) return [];
  return expect.flatMap((expectation, i) => {
    if (expectation === undefined) return [];
    const path = `expect[${i}]`;
    if (typeof expectation === 'string') return unjudged(expectation, clock, path);
    const { id } = expectation;
    if (id === undefined) return [];
    if ('kind' in expectation && expectation.kind !== 'always') {
      return eventProblems(id as EventId | FaultId, clock, `${path}.id`, nemesis ?? []);
    }
    const problems = unjudged(id as OracleId, clock, `${path}.id`);
    if (id === 'outcome') problems.push(...measureProblems(expectation, path));
    const of = 'of' in expectation ? expectation.of : undefined;
    if (of !== undefined && nemesis?.every((fault) => fault?.id !== undefined) === true) {
      if (!nemesis.some((fault) => fault?.id === of)) {
        problems.push({ path: `${path}.of`, message: `got "${of}", which nemesis does not name` });
      }
    }
    return problems;
  });
}

/** Limits of what is not measured of the fault. */
function measureProblems(
  { of, atMost = {} }: { readonly of?: FaultId | undefined; readonly atMost?: object | undefined },
  path: string,
): Problem[] {
  if (of === undefined) return [];
  const { measures = [] } = faults[of];
  const names = Object.keys(atMost).filter((name) => !measures.includes(name));
  const allowed =
    measures.length === 0 ? `none: nothing is measured of ${of}` : measures.join(', ');
  return names.map((name) => ({
    path: `${path}.atMost`,
    message: `got "${name}"${didYouMean(name, measures)}; allowed: ${allowed}`,
  }));
}

function unjudged(id: OracleId, clock: Clock, path: string): Problem[] {
  const judgedIn = oracleClocks[id];
  if (judgedIn.includes(clock)) return [];
  if (judgedIn.length > 0) {
    return [{ path, message: `got "${id}", which is judged with clock "${judgedIn[0]}" only` }];
  }
  const judged = oracleIds.filter((other) => oracleClocks[other].includes(clock));
  const message = `got "${id}", which nothing judges yet; allowed: ${judged.join(', ')}`;
  return [{ path, message }];
}

function eventProblems(
  id: EventId | FaultId,
  clock: Clock,
  path: string,
  nemesis: NonNullable<ScenarioParts['nemesis']>,
): Problem[] {
  if (clock === 'wall') {
    return [{ path, message: `got "${id}"; events are counted with clock "simulated" only` }];
  }
  if (!Object.hasOwn(faults, id)) return [];
  if (nemesis.some((fault) => fault === undefined || fault.id === undefined)) return [];
  if (nemesis.some((fault) => fault?.id === id)) return [];
  return [{ path, message: `got "${id}", which nemesis does not name` }];
}
