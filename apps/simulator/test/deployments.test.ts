/**
 * Runs whose uploads travel over HTTP to ingestors in this process, and whose totals come from a
 * portal: equal to those in memory, or told apart by the name of what is wrong.
 */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { DeployedServices, IngestorRequest, RunSummary } from '@priolab/harness';
import type { HttpClient } from '@priolab/runtime/http';
import { TransportError } from '@priolab/runtime/stores';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createDeployedServices } from '../src/deployed-services.ts';
import { loadScenario } from '../src/load.ts';
import {
  NO_DEVIATIONS,
  cheating,
  createRuns,
  outcomeOf,
  redIn,
  small,
  spoiling,
} from './deployed-run.ts';
import { scenarios } from './fixture.ts';

const LIMIT = { timeout: 180_000 };
const { run, folder } = createRuns();
afterAll(() => rmSync(folder, { recursive: true }));

const smokeIn = (deployment: string) =>
  loadScenario(join(scenarios, 'smoke.scenario.ts'), { reports: 120, deployment });

describe('the smoke scenario', () => {
  let memory: RunSummary;
  beforeAll(async () => {
    memory = (await run(await smokeIn('memory'))).summary;
  });

  test.each(['msw', 'http'])('has the same totals and digest in %s', LIMIT, async (kind) => {
    const { summary, at } = await run(await smokeIn(kind));
    expect(summary.deployment).toMatchObject({
      kind,
      googleForm: 'document',
      instances: 4,
      uploads: { sent: 120, stored: 120, storedBefore: 0, unanswered: 0, refused: {} },
      reports: 120,
      refused: 0,
      windows: 8,
      combined: 8,
      missing: [],
    });
    expect(summary.deployment!.deviations).toEqual(NO_DEVIATIONS);
    expect(summary.cells).toEqual(memory.cells);
    expect(summary.identity.resultDigest).toBe(memory.identity.resultDigest);
    expect(summary.verdict).toBe('pass');
    expect(outcomeOf(summary, 'deployed')).toMatchObject({ verdict: 'pass', n: 120 });
    expect(outcomeOf(summary, 'live')).toMatchObject({ verdict: 'pass', n: 8 });
    // What passed leaves nothing behind.
    expect(existsSync(at)).toBe(false);
  });
});

describe('with cheating devices, over several days and windows', () => {
  test.each([
    ['msw', cheating, 'document'],
    ['http', cheating, 'document'],
    ['msw', spoiling, 'plain'],
    ['http', spoiling, 'plain'],
  ] as const)('%s: every answer is as in memory', LIMIT, async (deployment, scenario, form) => {
    const memory = await run(scenario);
    const { summary } = await run({ ...scenario, deployment });
    const { uploads, deviations, googleForm, refused } = summary.deployment!;
    expect(googleForm).toBe(form);
    expect(deviations).toEqual(NO_DEVIATIONS);
    expect(summary.identity.resultDigest).toBe(memory.summary.identity.resultDigest);
    expect(summary.verdict).toBe('pass');
    const { tally } = summary;
    expect(uploads.sent).toBe(tally.uploads);
    const refusals = Object.values(uploads.refused).reduce((a, b) => a + b, 0);
    expect(uploads.stored + uploads.storedBefore + refusals).toBe(uploads.sent);
    if (scenario === cheating) {
      // No copy is stored; those of the next day are too old.
      expect(uploads.stored).toBe(160);
      expect(uploads.storedBefore).toBeGreaterThan(3);
      expect(uploads.refused.stale).toBeGreaterThan(3);
      expect(refused).toBeGreaterThan(20);
    } else {
      for (const reason of ['oversized', 'truncated', 'wrong-share-size'] as const) {
        expect(uploads.refused[reason]).toBeGreaterThan(3);
      }
      expect(uploads.stored + refusals).toBe(160);
    }
  });
});

test('two workers send what one thread does', LIMIT, async () => {
  const { describeEnvironment, resolveScenario, runScenario } = await import('@priolab/harness');
  const { deploymentOptions } = await import('../src/deployment-options.ts');
  const scenario = resolveScenario({ ...small, deployment: 'msw' }, 'scenario');
  const environment = describeEnvironment();
  const deployment = deploymentOptions({ folder: join(folder, 'threads') });
  const threads = await runScenario({ scenario, workers: 2, environment, deployment });
  const { summary } = await run({ ...small, deployment: 'msw' });
  expect(threads.verdict).toBe('pass');
  expect(threads.identity.resultDigest).toBe(summary.identity.resultDigest);
});

const isUpload = (url: string): boolean => !url.includes('/api/');

/** Does something else to the first upload than to send it. */
function spoilFirst(
  spoil: (send: () => ReturnType<HttpClient['send']>) => ReturnType<HttpClient['send']>,
) {
  return (client: HttpClient): HttpClient => {
    let isDone = false;
    return {
      close: () => client.close(),
      async send(request) {
        const send = () => client.send(request);
        if (isDone || !isUpload(request.url)) return send();
        isDone = true;
        return spoil(send);
      },
    };
  };
}

describe('networks that lose requests and answers: the same bytes once more', () => {
  const lost = new TransportError('unavailable', 'lost', { retryable: true, definite: false });

  test.each(['msw', 'http'])('%s', LIMIT, async (deployment) => {
    let requests = 0;
    const wrapClient = (client: HttpClient): HttpClient => ({
      close: () => client.close(),
      async send(request) {
        const number = (requests += 1);
        if (number % 3 === 0) throw lost;
        const answer = await client.send(request);
        if (number % 5 === 0) throw lost;
        return answer;
      },
    });
    const { summary } = await run({ ...small, deployment }, { wrapClient });
    const { uploads, deviations } = summary.deployment!;
    expect(summary.verdict).toBe('pass');
    expect(deviations).toEqual(NO_DEVIATIONS);
    expect(uploads).toMatchObject({ sent: 60, stored: 60, unanswered: 0 });
    expect(uploads.retries).toBeGreaterThan(20);
  });
});

describe('what is wrong turns red by its name', () => {
  test('a report that the client drops, and says is stored', LIMIT, async () => {
    const wrapClient = spoilFirst(async () => ({
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: new TextEncoder().encode('{"answer":"stored"}'),
    }));
    const scenario = { ...small, deployment: { kind: 'msw', googleForm: 'plain' } };
    const { summary, at } = await run(scenario, { wrapClient });
    expect(redIn(summary)).toEqual(['sum.exact', 'count.exact', 'conserve', 'deployed']);
    expect(summary.deployment!.deviations).toMatchObject({ clients: 1, reports: 1, answers: 0 });
    expect(outcomeOf(summary, 'deployed')!.observed).toContain('60 reports stored, 59 in batches');
    expect(summary.exitCode).toBe(1);
    // What failed is kept, to be looked at.
    expect(readdirSync(at)).toContain('apple-ingestor.log');
  });

  test('an ingestor that does not answer', LIMIT, async () => {
    const wrapClient = (client: HttpClient): HttpClient => ({
      close: () => client.close(),
      async send(request) {
        if (!request.url.startsWith('http://google')) return client.send(request);
        throw new TransportError('timeout', 'no answer', { retryable: true, definite: false });
      },
    });
    const pause = () => Promise.resolve();
    const { summary } = await run({ ...small, deployment: 'msw' }, { wrapClient, pause });
    expect(redIn(summary)).toContain('deployed');
    const { uploads, deviations } = summary.deployment!;
    expect(uploads.unanswered).toBeGreaterThan(10);
    expect(deviations.answers).toBe(uploads.unanswered);
    expect(deviations.examples).toContainEqual(
      'google: an upload: got unanswered (no answer); in memory stored',
    );
  });

  /** Services of which one is not what it should be. */
  const services = (change: {
    sink?: (sink: IngestorRequest['sink']) => IngestorRequest['sink'];
    portal?: DeployedServices['portal'];
  }): DeployedServices => {
    const real = createDeployedServices();
    return {
      ingestor: (request) =>
        real.ingestor({ ...request, sink: change.sink?.(request.sink) ?? request.sink }),
      portal: change.portal ?? real.portal,
    };
  };

  test('a batch that is handed over twice, under two names', LIMIT, async () => {
    let isDone = false;
    const sink = (to: IngestorRequest['sink']): IngestorRequest['sink'] => ({
      async write(pair) {
        await to.write(pair);
        if (isDone) return;
        isDone = true;
        const batchId = new Uint8Array(16).fill(7);
        await to.write({
          ...pair,
          leader: { ...pair.leader, batchId },
          helper: { ...pair.helper, batchId },
        });
      },
    });
    const scenario = { ...small, deployment: 'msw' };
    const { summary } = await run(scenario, { services: services({ sink }) });
    expect(redIn(summary)).toEqual(['sum.exact', 'count.exact', 'conserve', 'deployed']);
    const { deviations } = summary.deployment!;
    expect(deviations.reports).toBeGreaterThan(0);
    expect(deviations.examples[0]).toMatch(/^60 reports stored, 6\d|[78]\d in batches$/);
  });

  test('a batch that is not handed over', LIMIT, async () => {
    let isDone = false;
    const sink = (to: IngestorRequest['sink']): IngestorRequest['sink'] => ({
      async write(pair) {
        if (isDone) return to.write(pair);
        isDone = true;
      },
    });
    const scenario = { ...small, deployment: 'http' };
    const { summary } = await run(scenario, { services: services({ sink }) });
    expect(redIn(summary)).toContain('deployed');
    expect(summary.deployment!.deviations.reports).toBeGreaterThan(0);
  });

  test('a sum part that was changed: the portal does not believe it', LIMIT, async () => {
    const real = createDeployedServices();
    const portal: DeployedServices['portal'] = async (request) => {
      const { leader } = request.sources;
      const get = async (key: string) => {
        const found = await leader.store.get(key);
        if (found === undefined || !key.endsWith('.sum_0')) return found;
        const changed = new Uint8Array(found);
        changed[changed.length - 20]! ^= 1;
        return changed;
      };
      // A proxy: stores keep their state in private members.
      const store = new Proxy(leader.store, {
        get: (target, name) => {
          if (name === 'get') return get;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      return real.portal({
        ...request,
        sources: { ...request.sources, leader: { ...leader, store } },
      });
    };
    const scenario = { ...small, deployment: 'msw' };
    const { summary } = await run(scenario, { services: services({ portal }) });
    expect(redIn(summary)).toContain('live');
    expect(summary.exitCode).toBe(5);
    const { deployment } = summary;
    expect(deployment!.combined).toBe(0);
    expect(deployment!.missing).toHaveLength(deployment!.windows);
  });

  test('a portal that shows another total', LIMIT, async () => {
    const real = createDeployedServices();
    const portal: DeployedServices['portal'] = async (request) => {
      const running = await real.portal(request);
      const { http } = running;
      return {
        ...running,
        http: {
          bodySizeMax: (head) => http.bodySizeMax(head),
          async respond(asked) {
            const answer = await http.respond(asked);
            // No stream: those are for events.
            const body = (answer.body as string).replace(/"sum":\[(\d+),/, (_, first: string) => {
              return `"sum":[${Number(first) + 1},`;
            });
            return { ...answer, body };
          },
        },
      };
    };
    const scenario = { ...small, deployment: 'msw' };
    const { summary } = await run(scenario, { services: services({ portal }) });
    expect(redIn(summary)).toEqual(['sum.exact', 'deployed']);
    expect(outcomeOf(summary, 'deployed')!.observed).toMatch(/bin 0: portal \d+, memory \d+/);
  });
});

test('whoever has no services is told', async () => {
  const { describeEnvironment, resolveScenario, runScenario } = await import('@priolab/harness');
  const scenario = resolveScenario({ ...small, deployment: 'http' }, 'scenario');
  const failed = runScenario({ scenario, workers: 0, environment: describeEnvironment() });
  await expect(failed).rejects.toThrow(/deployment: got "http"; allowed: with `priolab run`/);
});
