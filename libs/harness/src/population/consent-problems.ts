/** What is wrong with a scenario's words about who may send: `population.enabled`, `consent`. */

import { didYouMean } from '../scenario/problems.ts';
import type { Problem } from '../scenario/problems.ts';
import { enabledSpan, withinRun } from './enabled-days.ts';
import type { EnabledDays } from './enabled-days.ts';
import { jurisdiction } from './jurisdictions.ts';
import type { PopulationParts } from './population-problems.ts';
import { weightUnits } from './whole-numbers.ts';

/** @param weights state id -> weight, where the scenario gives any */
export function consentProblems(
  { enabled, consent, days }: PopulationParts,
  states: readonly (readonly [string | undefined, number | undefined])[] | undefined,
): Problem[] {
  const named = Object.entries(enabled ?? {});
  const spans = named.flatMap(([id, one]) => spanProblems(`population.enabled.${id}`, one, days));
  const problems = [...unknownStates(named, states), ...spans];
  // What is wrong in a part says nothing of the whole.
  if (problems.length > 0 || states === undefined || days === undefined) return problems;
  if (states.some(([id]) => id === undefined || jurisdiction(id) === undefined)) return problems;
  const isWeighty = (weight: number): boolean =>
    // A weight that is out of range is another problem.
    !(weight >= 0 && weight <= 2 ** 32) || weightUnits(weight) > 0n;
  const senders = states.filter(([, weight]) => weight === undefined || isWeighty(weight));
  const enabledUntil = senders.map(([id]) => {
    const { fromDay, untilDay } = withinRun(enabledSpan(enabled?.[id!]), days);
    return fromDay < untilDay ? untilDay : 0;
  });
  const lastDay = Math.max(0, ...enabledUntil);
  if (senders.length > 0 && lastDay === 0) {
    const message = 'got no state that enables ENPA: nobody sends a report; allowed: one or more';
    return [{ path: 'population.enabled', message }];
  }
  if (lastDay > 1 && consent?.withdrawPerDay === 1 && consent.returnPerDay === undefined) {
    const message =
      'got 1, by which all have withdrawn by the end of day 0, with reports on days after it; ' +
      'allowed: below 1, or with returnPerDay';
    return [{ path: 'population.consent.withdrawPerDay', message }];
  }
  return problems;
}

function unknownStates(
  named: readonly (readonly [string, unknown])[],
  states: readonly (readonly [string | undefined, unknown])[] | undefined,
): Problem[] {
  const ids = (states ?? []).flatMap(([id]) => (id === undefined ? [] : [id]));
  // With a state unknown, what fits none of the others may be meant for it.
  const isComplete = states !== undefined && ids.length === states.length;
  if (!isComplete || !ids.every((id) => jurisdiction(id) !== undefined)) return [];
  return named.flatMap(([id]) => {
    if (ids.includes(id)) return [];
    const allowed = `${didYouMean(id, ids)}; allowed: ${ids.join(', ')}`;
    const message = `no such state in population.states${allowed}`;
    return [{ path: `population.enabled.${id}`, message }];
  });
}

function spanProblems(
  path: string,
  one: EnabledDays | undefined,
  // Where they are not known, no day is too late.
  days = Infinity,
): Problem[] {
  if (typeof one !== 'object') return [];
  const { fromDay = 0, untilDay = days } = one;
  const problems: Problem[] = [];
  if (fromDay >= days) {
    const message = `got ${fromDay}; allowed: a day of the run, 0 to ${days - 1}; or false: never`;
    problems.push({ path: `${path}.fromDay`, message });
  }
  if (untilDay > days) {
    const message = `got ${untilDay}; allowed: up to population.days, ${days}; or left out`;
    problems.push({ path: `${path}.untilDay`, message });
  }
  if (problems.length === 0 && fromDay >= untilDay) {
    const message = `got ${untilDay}; allowed: after fromDay, ${fromDay}`;
    problems.push({ path: `${path}.untilDay`, message });
  }
  return problems;
}
