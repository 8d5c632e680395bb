/**
 * What no single field of a scenario can know: fields that contradict each other. Works on the
 * valid parts of a scenario; where a field that a check needs is invalid, the check is left out,
 * for its answer would only repeat the first problem in other words.
 */

import { adversaries as catalogue } from '../adversary/catalogue.ts';
import { metricIds } from './metric-ids.ts';
import { deploymentProblems } from './deployment-schema.ts';
import type { Problem } from './problems.ts';
import type { Scenario } from './scenario.ts';
import type { Parts } from './valid-parts.ts';
import { populationProblems } from '../population/population-problems.ts';
import { canonicalJson } from './canonical-json.ts';
import { timedContradictionsOf } from './timed-contradictions.ts';

type ScenarioParts = Parts<Scenario>;

export function contradictionsOf(scenario: ScenarioParts): Problem[] {
  const { population, system, adversaries, crypto } = scenario;
  const metrics = system?.metrics;
  const ids = metrics?.map((metric) => (typeof metric === 'string' ? metric : metric?.id));
  return [
    ...populationProblems(population ?? {}, ids ?? [undefined]),
    ...shadowedMetrics(metrics ?? []),
    ...cheatingShares(adversaries ?? []),
    ...selfCheck(crypto ?? {}),
    ...sampleShareProblems(crypto ?? {}),
    ...transportless(adversaries ?? [], crypto?.fidelity),
    ...repeatedAdversaries(adversaries ?? []),
    ...repeatedExpectations(scenario.expect ?? []),
    ...impossibleExpectations(scenario.expect ?? []),
    ...timedContradictionsOf(scenario),
    ...deploymentProblems(scenario),
  ];
}

function repeatedAdversaries(adversaries: Parts<Scenario['adversaries']>): Problem[] {
  const ids = adversaries.map((adversary) => adversary?.id);
  return ids.flatMap((id, i) => {
    const first = ids.indexOf(id);
    if (id === undefined || first === i) return [];
    const message = `got "${id}", as adversaries[${first}]; allowed: once, with the whole share`;
    return [{ path: `adversaries[${i}].id`, message }];
  });
}

/** The same expectation twice, or two limits on one thing. */
function repeatedExpectations(expect: Parts<Scenario['expect']>): Problem[] {
  const keys = expect.map((expectation) => {
    if (typeof expectation !== 'object') return expectation;
    const { id } = expectation;
    if (id === undefined) return undefined;
    if ('kind' in expectation) return expectation.kind === 'always' ? id : keyOf(expectation);
    return id === 'outcome' || id === 'detected' ? keyOf(expectation) : id;
  });
  return keys.flatMap((key, i) => {
    const first = keys.indexOf(key);
    if (key === undefined || first === i) return [];
    const name = typeof expect[i] === 'string' ? `"${expect[i]}"` : canonicalJson(expect[i]);
    const message = `got ${name}, which expect[${first}] says already; allowed: once`;
    return [{ path: `expect[${i}]`, message }];
  });
}

/** What must happen and must never happen, or so often at least and fewer times at most. */
function impossibleExpectations(expect: Parts<Scenario['expect']>): Problem[] {
  const properties = expect.map((one) => {
    if (typeof one !== 'object' || !('kind' in one) || one.kind === 'always') return undefined;
    return { id: one.id, isNever: one.kind === 'never', one };
  });
  return properties.flatMap((property, i) => {
    if (property?.id === undefined) return [];
    const { id, isNever, one } = property;
    const { atLeast, atMost } = 'atLeast' in one ? one : { atLeast: undefined, atMost: undefined };
    if (atLeast !== undefined && atMost !== undefined && atMost < atLeast) {
      const message = `got ${atMost}; allowed: at least atLeast, ${atLeast}`;
      return [{ path: `expect[${i}].atMost`, message }];
    }
    const other = properties.findIndex((two) => two?.id === id && two.isNever !== isNever);
    if (other === -1 || other > i) return [];
    const kinds = [one, properties[other]!.one].map(({ kind }) => kind);
    const message = `got ${kinds[0]} "${id}", of which expect[${other}] says ${kinds[1]}`;
    return [{ path: `expect[${i}]`, message: `${message}; allowed: one of the two` }];
  });
}

const keyOf = (expectation: object): string => canonicalJson(expectation);

/** Metrics of the scenario's own that bear a catalogue metric's name. */
function shadowedMetrics(metrics: NonNullable<Parts<Scenario['system']['metrics']>>): Problem[] {
  return metrics.flatMap((metric, i) => {
    if (typeof metric !== 'object' || metric.id === undefined) return [];
    if (!(metricIds as readonly string[]).includes(metric.id)) return [];
    const message = `got "${metric.id}"; a metric of the catalogue is named as a plain string`;
    return [{ path: `system.metrics[${i}].id`, message }];
  });
}

function cheatingShares(adversaries: Parts<Scenario['adversaries']>): Problem[] {
  let sum = 0;
  for (const adversary of adversaries) {
    if (adversary?.share === undefined) return [];
    sum += adversary.share;
  }
  // Sums of decimal shares, such as 0.7 + 0.2 + 0.1, miss 1 by less than this.
  if (sum <= 1 + 1e-9) return [];
  const message = `shares add up to ${Number(sum.toFixed(9))}; allowed: at most 1`;
  return [{ path: 'adversaries', message }];
}

function selfCheck({ backend, crossCheck }: Parts<Scenario['crypto']>): Problem[] {
  if (typeof crossCheck !== 'object' || backend === undefined) return [];
  if (crossCheck.backend !== backend) return [];
  const message = `got "${backend}", as crypto.backend; a backend can't check itself`;
  return [{ path: 'crypto.crossCheck.backend', message }];
}

/** A share that nothing would use, or none where one is needed. */
function sampleShareProblems({ fidelity, sampleShare }: Parts<Scenario['crypto']>): Problem[] {
  const path = 'crypto.sampleShare';
  if (fidelity === undefined || (fidelity === 'sampled') === (sampleShare !== undefined)) return [];
  if (fidelity === 'sampled') {
    return [{ path, message: 'is missing; expected with crypto.fidelity "sampled"' }];
  }
  const message = `got ${sampleShare}; allowed: with crypto.fidelity "sampled" only`;
  return [{ path, message }];
}

/** Adversaries that tamper with uploads, in a run that has none. */
function transportless(
  adversaries: Parts<Scenario['adversaries']>,
  fidelity: Parts<Scenario['crypto']>['fidelity'],
): Problem[] {
  if (fidelity !== 'shares-only') return [];
  return adversaries.flatMap((adversary, i) => {
    const id = adversary?.id;
    if (id === undefined || !catalogue[id].needsTransport) return [];
    const message = `got "${id}", which needs uploads; crypto.fidelity "shares-only" has none`;
    return [{ path: `adversaries[${i}].id`, message }];
  });
}
