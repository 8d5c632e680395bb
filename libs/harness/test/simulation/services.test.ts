/** What a scenario sets for simulated time takes effect, by state and vendor where it says so. */

import { toHex } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import type { RunSummary } from '../../src/index.ts';
import { runScenario } from '../../src/run/run.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../src/scenario/scenario.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import { environment } from '../run/fixture.ts';
import { smallDeployment } from './small-deployment.ts';

function run(change: Partial<ScenarioInput>, watch?: Inject): Promise<RunSummary> {
  const input: ScenarioInput = { ...smallDeployment, ...change };
  const code =
    (inject: Inject): Inject =>
    (context) => {
      watch?.(context);
      inject(context);
    };
  const faults = new Map([...faultCode].map(([id, inject]) => [id, code(inject)] as const));
  return runScenario({ scenario: resolveScenario(input, 'test'), workers: 0, environment, faults });
}

const verdicts = ({ expectations }: RunSummary) =>
  Object.fromEntries(expectations.map(({ id, verdict }) => [id, verdict]));

describe('minBatch', () => {
  const expected: ScenarioInput['expect'] = ['conserve', 'reason', 'live', 'minbatch.on_accepted'];

  test('a window too small is held back, and that is as it should be', async () => {
    const summary = await run({ services: { minBatch: 1000 }, expect: expected });
    expect(summary.cells.every(({ held }) => held?.reason === 'below-minimum')).toBe(true);
    const { 'minbatch.on_accepted': minbatch, ...others } = verdicts(summary);
    expect(others).toEqual({ conserve: 'pass', reason: 'pass', live: 'pass' });
    // Nothing was published that could have been too small.
    expect(minbatch).toBe('vacuous');
  });

  test('in one state more than in the other', async () => {
    const overrides = [{ states: ['us-md'], minBatch: 1000 }];
    const services = { minBatch: 2, ingestion: { batchEvery: '6h' } };
    const summary = await run({ services, overrides, expect: expected });
    const held = new Set(summary.cells.filter((one) => one.held).map(({ state }) => state));
    expect(held).toEqual(new Set(['us-md']));
    expect(summary.verdict).toBe('pass');
  });
});

test('a processor that holds back what is large enough is found out', async () => {
  const summary = await run({ nemesis: [{ id: 'net.dup', p: 0.1 }] }, ({ hooks }) => {
    hooks.desk.push((desk, { role }) =>
      role === 'helper' ? { ...desk, settings: { ...desk.settings, minBatch: () => 1e9 } } : desk,
    );
  });
  expect(verdicts(summary)['reason']).toBe('fail');
});

test('batchEvery: one state’s batches are cut more often', async () => {
  const overrides = [{ states: ['us-md'], batchEvery: '1h' }];
  const { cells, verdict } = await run({
    overrides,
    services: { ingestion: { batchEvery: '1d' } },
  });
  const batches = (state: string): number =>
    cells.filter((one) => one.state === state).reduce((sum, one) => sum + one.batchCount, 0);
  const windows = cells.filter(({ state }) => state === 'us-wa').length;
  expect(batches('us-wa')).toBeLessThanOrEqual(2 * windows);
  expect(batches('us-md')).toBeGreaterThan(2 * windows);
  expect(verdict).toBe('pass');
});

describe('load.model', () => {
  /** Uploads that a phone began while an earlier one of its own had no answer. */
  async function overlapping(model: 'open' | 'closed'): Promise<number> {
    const underWay = new Map<string, Set<string>>();
    let count = 0;
    const summary = await run(
      {
        population: { reports: 60, states: ['us-wa'] },
        system: { metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'] },
        load: [{ shape: 'storm', peak: '10:00', width: '1m', model }],
        nemesis: [{ id: 'net.lose_response', p: 0.5, fires: 10 }],
      },
      ({ network, book }) => {
        network.addPolicy((transmission, deliver) => {
          const { from, key, leg } = transmission;
          const number = /report-(\d+)\//.exec(key)?.[1];
          if (from.startsWith('phone/') && number !== undefined) {
            const name = toHex(book.reports[Number(number)]!.deviceKey!);
            const own = underWay.get(name) ?? new Set();
            underWay.set(name, own);
            if (leg === 'response') own.delete(number);
            else {
              if (own.size > 0 && !own.has(number)) count += 1;
              own.add(number);
            }
          }
          deliver(transmission);
        });
      },
    );
    expect(summary.verdict).toBe('pass');
    expect(underWay.size).toBeGreaterThan(20);
    return count;
  }

  test('closed: a phone waits for its answer; open: it does not', async () => {
    expect(await overlapping('closed')).toBe(0);
    expect(await overlapping('open')).toBeGreaterThan(5);
  });
});

test('adversaries cheat in simulated time as well, and only they are refused', async () => {
  const summary = await run({ adversaries: [{ id: 'cli.out_of_range', share: 0.2 }] });
  expect(summary.fates.some(({ reason }) => reason === 'proof-invalid')).toBe(true);
  expect(summary.verdict).toBe('pass');
});

test('noise is judged by each epsilon of its own', async () => {
  const summary = await run({
    population: { reports: 400, states: ['us-wa', 'us-md'] },
    system: { metrics: ['PeriodicExposureNotification-v1'], epsilon: 4 },
    overrides: [{ states: ['us-md'], epsilon: 1 }],
    expect: ['conserve', 'noise.dist'],
  });
  expect(summary.tally.noiseByEpsilon?.map(({ epsilon }) => epsilon)).toEqual([1, 4]);
  expect(verdicts(summary)).toEqual({ conserve: 'pass', 'noise.dist': 'pass' });
});

test('events: keys replaced, leases that ran out, tasks given out again', async () => {
  const summary = await run({
    services: {
      ingestion: { batchEvery: '6h' },
      processors: { lease: '2m' },
      keys: { rotateEvery: '12h' },
    },
    nemesis: [{ id: 'proc.pause', p: 0.5, params: { duration: '10m' } }],
    expect: [
      'conserve',
      { kind: 'sometimes', id: 'key.rotated', atLeast: 2 },
      { kind: 'reachable', id: 'lease.expired' },
      { kind: 'reachable', id: 'task.redelivered' },
    ],
  });
  expect(verdicts(summary)).toMatchObject({
    'sometimes key.rotated': 'pass',
    'reachable lease.expired': 'pass',
    'reachable task.redelivered': 'pass',
  });
});
