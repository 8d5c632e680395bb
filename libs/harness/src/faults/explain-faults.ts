/** Explanations of the words of faults: each fault, what must come of it, switches and events. */

import { events } from '../expectations/events.ts';
import { allowedOf } from '../scenario/fault-problems.ts';
import { legacySwitches } from '../legacy/catalogue.ts';
import { exampleOf, sourcesOf } from './card.ts';
import { faultIds, faults, outOfReach } from './catalogue.ts';
import type { FaultId } from './catalogue.ts';
import { chanceOf, placeTextOf } from './fault.ts';
import type { Fault, FaultParam, RequiredOutcome } from './fault.ts';

type Explanations = Readonly<Record<string, string>>;

const outcomeWords: Readonly<Record<RequiredOutcome, string>> = {
  detect: 'Required outcome of a fault: it is noticed and named by its reason.',
  recover: 'Required outcome of a fault: results are as if it had not been.',
  accept: 'Required outcome of a fault: a loss that is bounded and labelled.',
  prevent: 'Required outcome of a fault: it can’t do what it is for.',
  limit: 'Required outcome of a fault: a known limit; its effect is measured and disclosed.',
};

/** One fault in a few sentences: what its card says. */
function explainFault(id: FaultId): string {
  const fault: Fault = faults[id];
  const { about, outcome, checkers, reasons = [], measures = [], params = {} } = fault;
  const { outcomeBecause: because } = fault;
  const chance = chanceOf(fault);
  const place = placeTextOf(fault);
  const refused = reasons.length === 0 ? '' : ` Refused as: ${reasons.join(' or ')}.`;
  const measured = measures.length === 0 ? '' : ` Measured: ${measures.join(', ')}.`;
  const names = Object.entries(params).map(([name, param]) => explainParam(name, param));
  const parameters = names.length === 0 ? '' : ` Parameters: ${names.join('; ')}.`;
  const sources = sourcesOf(id).map(([title, text]) => ` ${title}: ${text}`);
  const example = exampleOf(id);
  return (
    `${about} Required outcome: ${outcome.join(' or ')}; its oracles: ${checkers.join(', ')}.` +
    (because === undefined ? '' : ` Why so: ${because}`) +
    refused +
    measured +
    (place === undefined ? '' : ` at names ${place}.`) +
    (chance === undefined ? '' : ` It strikes ${chance}: p and dose are refused.`) +
    parameters +
    sources.join('') +
    (example === undefined ? '' : ` In a scenario: ${example}; priolab faults ${id} runs it.`)
  );
}

function explainParam(name: string, param: FaultParam): string {
  const when = Object.entries(param.when ?? {}).map(([other, value]) => `; with ${other} ${value}`);
  return `${name} (${allowedOf(param)}; default ${param.default}${when.join('')})`;
}

function explainedAs<Value>(
  of: Readonly<Record<string, Value>>,
  explain: (value: Value) => string,
): Explanations {
  return Object.fromEntries(Object.entries(of).map(([id, value]) => [id, explain(value)]));
}

/** What each parameter is, with the faults that have it. */
function explainParams(): Explanations {
  const texts = new Map<string, Map<string, string[]>>();
  for (const [id, { params = {} }] of Object.entries<Fault>(faults)) {
    for (const [name, { about }] of Object.entries(params)) {
      const ids = texts.get(name) ?? new Map<string, string[]>();
      texts.set(name, ids.set(about, [...(ids.get(about) ?? []), id]));
    }
  }
  const textOf = (ids: Map<string, string[]>): string =>
    [...ids].map(([about, some]) => `of ${some.join(', ')}: ${about}`).join(' ');
  const entries = [...texts].map(([name, ids]) => [name, `A parameter of faults: ${textOf(ids)}`]);
  return Object.fromEntries(entries) as Explanations;
}

/** Parameters of faults; some are words of other kinds as well. */
export const paramWords = explainParams();

/** Groups of words, for `priolab explain`. */
export const faultWords: readonly (readonly [group: string, explanations: Explanations])[] = [
  ['Adversaries and faults', Object.fromEntries(faultIds.map((id) => [id, explainFault(id)]))],
  ['Faults out of reach', explainedAs(outOfReach, (reason) => `A fault out of reach: ${reason}.`)],
  ['Required outcomes', outcomeWords],
  [
    'Legacy switches',
    explainedAs(legacySwitches, ({ about, source, reddens }) => {
      return `A legacy switch. ${about} Reddens ${reddens}. Source: ${source}.`;
    }),
  ],
  ['Events', explainedAs(events, (about) => `An event that is counted. ${about}`)],
];
