/** The field `deployment`: its forms, its digest, and what it contradicts. */

import { describe, expect, test } from 'vitest';

import { googleFormOf, processesOf, resolveScenario, scenarioDigest } from '../../src/index.ts';

const base = {
  id: 'base',
  about: 'for a test',
  population: { reports: 100, states: ['us-wa'] },
  system: { metrics: ['DateExposure-v1'] },
  expect: ['once'],
};

const setupOf = (deployment?: unknown) =>
  processesOf(resolveScenario({ ...base, deployment }, 'base').deployment);

describe('deployment', () => {
  test('is memory by default, which leaves the digest as it was', () => {
    expect(setupOf()).toBeUndefined();
    const digests = [base, { ...base, deployment: 'memory' }, { ...base, deployment: 'processes' }]
      .map((one) => resolveScenario(one, 'base'))
      .map(scenarioDigest);
    expect(digests[0]).toBe(digests[1]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  test('has a short form and a long one', () => {
    expect(setupOf('processes')).toEqual({ buckets: 'files', state: 'sqlite' });
    expect(setupOf({ kind: 'processes', state: 'postgres' })).toMatchObject({
      buckets: 'files',
      state: 'postgres',
    });
  });

  const problemsOf = (change: object): string => {
    try {
      resolveScenario({ ...base, deployment: 'processes', ...change }, 'base');
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  test.each<[string, object]>([
    ['deployment: got "cloud"; allowed: memory, msw, http, processes', { deployment: 'cloud' }],
    ['deployment.buckets: got "tape"', { deployment: { kind: 'processes', buckets: 'tape' } }],
    ['deployment: got "processes"; allowed: with clock "wall"', { clock: 'simulated' }],
    [
      'deployment: got "processes"; allowed: with crypto.fidelity "full", not "shares-only"',
      { crypto: { fidelity: 'shares-only' } },
    ],
    [
      'services.legacy[1]: got "unequal-empty-batches", which no process can do',
      { services: { legacy: ['per-batch-dedup', 'unequal-empty-batches'] } },
    ],
    ['services.minBatch: needs clock "simulated"', { services: { minBatch: 7 } }],
    [
      'system.metrics[0].id: got "task-markers"',
      { system: { metrics: [{ id: 'task-markers', bins: 3 }] } },
    ],
  ])('%s', (message, change) => {
    expect(problemsOf(change)).toContain(message);
  });

  test.each(['msw', 'http'])('%s carries uploads in simulated time, in the plain form', (kind) => {
    const simulated = { clock: 'simulated', services: { legacy: ['poison-drops-batch'] } };
    expect(problemsOf({ deployment: kind, ...simulated })).toBe('');
    expect(problemsOf({ deployment: { kind, googleForm: 'plain' }, ...simulated })).toBe('');
    expect(problemsOf({ deployment: { kind, googleForm: 'document' }, ...simulated })).toContain(
      'deployment.googleForm: got "document"; allowed: with clock "wall"',
    );
  });

  test.each(['msw', 'http'])('%s is of full fidelity as well', (deployment) => {
    expect(problemsOf({ deployment, crypto: { fidelity: 'sampled', sampleShare: 0.1 } })).toContain(
      `deployment: got "${deployment}"; allowed: with crypto.fidelity "full"`,
    );
    expect(problemsOf({ deployment, services: { legacy: ['per-batch-dedup'] } })).toContain(
      'services.legacy: needs clock "simulated"',
    );
  });

  test('documents where they can be made, what Apple sends where not', () => {
    const formOf = (change: object) =>
      googleFormOf(resolveScenario({ ...base, deployment: 'msw', ...change }, 'base'));
    const of = (id: string) => ({ adversaries: [{ id, share: 0.1 }] });
    expect(formOf({})).toBe('document');
    expect(formOf(of('net.replay'))).toBe('document');
    expect(formOf(of('net.truncate'))).toBe('plain');
    expect(formOf({ deployment: { kind: 'http', googleForm: 'plain' } })).toBe('plain');
    // Google's rules want an epsilon above 1, and certificates have two digits for a year.
    expect(formOf({ system: { ...base.system, epsilon: 1 } })).toBe('plain');
    expect(formOf({ population: { ...base.population, startDay: '2050-01-01' } })).toBe('plain');
    const deployment = { kind: 'msw', googleForm: 'document' };
    expect(problemsOf({ deployment, ...of('net.truncate') })).toContain(
      'adversaries[0].id: got "net.truncate", which changes the bytes of uploads; allowed: with',
    );
    expect(problemsOf({ deployment, system: { ...base.system, epsilon: 0.5 } })).toContain(
      'system.epsilon: got 0.5; allowed: above 1',
    );
  });

  test('takes the behaviours of 2021 that its service has, and cheating devices', () => {
    const legacy = ['count-invalid-proofs', 'per-batch-dedup', 'poison-drops-batch'];
    const adversaries = [{ id: 'net.replay', share: 0.1 }];
    expect(problemsOf({ services: { legacy }, adversaries })).toBe('');
    // In memory nothing would have them.
    expect(problemsOf({ services: { legacy }, deployment: 'memory' })).toContain('services.legacy');
  });
});
