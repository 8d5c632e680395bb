/**
 * The same run in memory, with uploads over intercepted requests, and over sockets: the same
 * events in the same order, whatever a fault of the network does to them. The digest of the results
 * holds all totals, all fates and the journal of events.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { expect, test, vi } from 'vitest';

import type { FaultId } from '../../../src/faults/catalogue.ts';
import type { RunSummary } from '../../../src/record/run-record.ts';
import { runScenario } from '../../../src/run/run.ts';
import type { RunOptions } from '../../../src/run/run.ts';
import { resolveScenario } from '../../../src/scenario/scenario.ts';
import type { ScenarioInput } from '../../../src/scenario/scenario.ts';
import { demonstrationOf } from '../../../src/simulation/faults/demonstrations.ts';
import { ciSlice } from '../../ci-slice.ts';
import { environment } from '../../run/fixture.ts';
import { smallDeployment } from '../small-deployment.ts';

const DEPLOYMENTS = ['memory', 'msw', 'http'] as const;
type Deployment = (typeof DEPLOYMENTS)[number];

/** `scenarios/smoke`, with the clock that it is run by here and without what judges the other. */
const smoke: ScenarioInput = {
  id: 'smoke',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 1000, states: ['us-wa', 'us-md'] },
  system: { metrics: ['PeriodicExposureNotification-v1', 'DateExposure-v1'], epsilon: 4 },
  crypto: { crossCheck: false },
  expect: ['sum.exact', 'count.exact', 'conserve', 'once', 'sets.equal', 'reason', 'live'],
};

function run(
  input: ScenarioInput,
  deployment: Deployment,
  options: Partial<RunOptions> = {},
): Promise<RunSummary> {
  const scenario = resolveScenario({ ...input, deployment }, input.id);
  return runScenario({ scenario, workers: 0, environment, ...options });
}

/** Requests that servers of this process begin to answer while `act` goes on. */
async function countRequests<T>(act: () => Promise<T>): Promise<{ count: number; value: T }> {
  let count = 0;
  const onRequest = (): void => void (count += 1);
  subscribe('http.server.request.start', onRequest);
  try {
    const value = await act();
    return { count, value };
  } finally {
    unsubscribe('http.server.request.start', onRequest);
  }
}

/** The three runs; those over HTTP must be as the one in memory. */
async function expectAlike(input: ScenarioInput): Promise<RunSummary> {
  const memory = await run(input, 'memory');
  for (const deployment of ['msw', 'http'] as const) {
    const other = await run(input, deployment);
    const { cells, fates, simulation, identity } = other;
    // In this order: what differs first says most.
    expect(cells, deployment).toEqual(memory.cells);
    expect(fates, deployment).toEqual(memory.fates);
    expect(simulation!.faults, deployment).toEqual(memory.simulation!.faults);
    expect(simulation!.journal.digest, deployment).toBe(memory.simulation!.journal.digest);
    expect(identity.resultDigest, deployment).toBe(memory.identity.resultDigest);
    expect(other.verdict, deployment).toBe('pass');
  }
  expect(memory.verdict).toBe('pass');
  return memory;
}

test('the smoke scenario', async () => {
  const memory = await expectAlike(smoke);
  expect(memory.cells.filter(({ held }) => held === undefined)).toHaveLength(8);
});

const FAULTS: readonly FaultId[] = [
  'net.drop',
  'net.delay',
  'net.reorder',
  'net.dup',
  'net.lose_request',
  'net.lose_response',
  'net.partition',
  'net.clog',
  'net.swizzle',
  'net.corrupt',
  'net.truncate',
  'net.replay',
];

test.each(ciSlice(FAULTS, 3))('%s', async (id) => {
  const { simulation } = await expectAlike(demonstrationOf(id)!);
  expect(simulation!.faults[0]!.fired).toBeGreaterThan(0);
});

test('several faults, healed before the end, with a front that dies', async () => {
  await expectAlike({
    ...smallDeployment,
    nemesis: [
      { id: 'net.drop', p: 0.1 },
      { id: 'net.delay', p: 0.2, params: { by: '2m', spread: '2m' } },
      { id: 'net.dup', p: 0.2 },
      { id: 'net.corrupt', p: 0.1 },
      { id: 'net.clog', from: '9h', params: { duration: '1h' } },
      { id: 'ing.crash', p: 0.2, dose: 3 },
    ],
    heal: { at: '20h' },
    liveness: { within: '24h' },
  });
});

test('over sockets each upload is a request, a lost one for each attempt', async () => {
  const { count, value } = await countRequests(() => run(smallDeployment, 'http'));
  expect(count).toBe(value.population.reports);
  const lossy: ScenarioInput = { ...smallDeployment, nemesis: [{ id: 'net.drop', p: 0.3 }] };
  const again = await countRequests(() => run(lossy, 'http'));
  expect(again.count).toBeGreaterThan(value.population.reports);
  const inMemory = await countRequests(() => run(smallDeployment, 'memory'));
  expect(inMemory.count).toBe(0);
});

test.each(['msw', 'http'] as const)('a run over %s is repeated by its seed', async (deployment) => {
  const input: ScenarioInput = {
    ...smallDeployment,
    nemesis: [
      { id: 'net.drop', p: 0.2 },
      { id: 'net.reorder', p: 0.5 },
    ],
    expect: ['det'],
  };
  const first = await run(input, deployment);
  expect(first.expectations[0]).toMatchObject({ id: 'det', verdict: 'pass' });
  const second = await run(input, deployment);
  expect(second.identity).toEqual(first.identity);
});

test('a fork of a run is the same over each', async () => {
  const input: ScenarioInput = { ...smallDeployment, nemesis: [{ id: 'net.drop', p: 0.2 }] };
  const fork = { atMs: 10 * 3_600_000, name: 'other' };
  const digests = new Set<string>();
  for (const deployment of DEPLOYMENTS) {
    digests.add((await run(input, deployment, { fork })).identity.resultDigest);
  }
  const whole = await run(input, 'http');
  expect(digests.size).toBe(1);
  expect(digests).not.toContain(whole.identity.resultDigest);
});

test('a run that is interrupted leaves no server behind', async () => {
  const controller = new AbortController();
  const summary = await run(smallDeployment, 'http', {
    signal: controller.signal,
    onProgress: ({ reportsDone }) => {
      if (reportsDone > 10) controller.abort();
    },
  });
  expect(summary.interrupted).toBe(true);
  await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap'));
});
