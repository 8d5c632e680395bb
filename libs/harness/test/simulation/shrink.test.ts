/** What a search has found, with the fewest faults that show it. The defect is planted. */

import { expect, test } from 'vitest';

import { shortOf } from '../../src/many/many-program.ts';
import type { ManyResult } from '../../src/many/many-program.ts';
import { shrink } from '../../src/many/shrink.ts';
import { decodeCapsule } from '../../src/capsule/capsule.ts';
import { resolveScenario } from '../../src/scenario/scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { faultCode } from '../../src/simulation/faults/registry.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { runScenario } from '../../src/run/run.ts';
import { environment } from '../run/fixture.ts';
import { forgetful } from './fault-run.ts';

/** Where queues give out tasks in another order the ingestor forgets whom it has seen. */
const forgetsToo: Inject = (context) => {
  faultCode.get('proc.order')!(context);
  forgetful(context);
};

const faults = new Map(faultCode).set('proc.order', forgetsToo);

const run = async (scenario: Scenario): Promise<ManyResult> =>
  shortOf(await runScenario({ scenario, workers: 0, environment, faults }));

/** Runs scenarios one after the other, and counts them. */
function runner(runOne: (scenario: Scenario) => Promise<ManyResult>) {
  const counts = { runs: 0, rounds: 0 };
  const runAll = async (scenarios: readonly Scenario[]): Promise<ManyResult[]> => {
    counts.rounds += 1;
    const results: ManyResult[] = [];
    for (const one of scenarios) results.push(await runOne(one));
    counts.runs += scenarios.length;
    return results;
  };
  return { counts, runAll };
}

/** It shows where a phone makes its report again after the batch with the first. */
const scenario = resolveScenario(
  {
    ...demonstrationOf('dev.retry_fresh')!,
    population: { reports: 40, days: 1, states: ['us-wa'] },
    services: { ingestion: { batchEvery: '3m' } },
    expect: ['sum.exact', 'once', 'reason'],
    nemesis: [
      { id: 'net.delay', p: 0.3 },
      { id: 'net.reorder', p: 0.3 },
      { id: 'dev.retry_fresh', p: 0.3 },
      { id: 'net.cap', params: { bytesPerSecond: 10_000 } },
      { id: 'proc.order', p: 0.3 },
    ],
  },
  'test',
);

test('two of five faults are needed, and their capsule repeats what was found', async () => {
  const { unexplained } = await run(scenario);
  expect(unexplained).toContain('once');
  const { counts, runAll } = runner(run);
  const found = await shrink({ scenario, unexplained, run: runAll, runsMax: 40 });
  expect(found!.nemesis.map(({ id }) => id)).toEqual(['dev.retry_fresh', 'proc.order']);
  // All, without one each, without three, without one each again.
  expect([found!.runs, counts.runs, counts.rounds]).toEqual([9, 9, 4]);
  expect(found!.isLeast).toBe(true);
  expect(found!.result.unexplained).toContain('once');
  const { scenario: shrunk } = decodeCapsule(found!.result.capsule!, 'capsule');
  expect(shrunk.nemesis.map(({ id }) => id)).toEqual(['dev.retry_fresh', 'proc.order']);
  expect((await run(shrunk)).digest).toBe(found!.result.digest);
});

/** Shows it where all of these faults are there. */
const showing = (ids: readonly string[]) =>
  runner(({ nemesis }) => {
    const shows = ids.every((id) => nemesis.some((one) => one.id === id));
    return Promise.resolve({
      unexplained: shows ? ['once', 'net.cap'] : [],
    } as unknown as ManyResult);
  });

test.each([
  // All, and without the first and the second each: one of them is left out.
  [3, ['net.reorder', 'dev.retry_fresh', 'net.cap', 'proc.order'], false],
  [7, ['net.cap'], false],
  [40, ['net.cap'], true],
])('of at most %d runs none more is made, and %j are left', async (runsMax, left, isLeast) => {
  const { counts, runAll } = showing(['net.cap']);
  const found = await shrink({ scenario, unexplained: ['once', 'x'], run: runAll, runsMax });
  expect(found).toBe(undefined);
  const again = await shrink({ scenario, unexplained: ['once'], run: runAll, runsMax });
  expect(again!.nemesis.map(({ id }) => id)).toEqual(left);
  expect(again!.isLeast).toBe(isLeast);
  expect(counts.runs - 1).toBeLessThanOrEqual(runsMax);
});

/** Shows `once` where `net.cap` is there, and `outcome net.cap` where that is asked. */
const named = resolveScenario(
  {
    ...scenario,
    nemesis: [
      { id: 'net.delay', p: 0.3 },
      { id: 'net.drop', p: 0.1, when: { event: 'net.delay' } },
      { id: 'net.cap', when: { event: 'net.drop' }, params: { bytesPerSecond: 10_000 } },
    ],
    expect: [
      'once',
      { kind: 'sometimes', id: 'net.delay' },
      { id: 'detected', of: 'net.drop', by: 'once' },
      { id: 'outcome', of: 'net.cap' },
      { kind: 'reachable', id: 'batch.cut' },
    ],
  },
  'test',
);

test('with a fault go the expectations and the whens that name it', async () => {
  const { runAll } = showing(['net.cap']);
  const all: Scenario[] = [];
  const found = await shrink({
    scenario: named,
    unexplained: ['once'],
    run: (scenarios) => (all.push(...scenarios), runAll(scenarios)),
    runsMax: 40,
  });
  expect(found!.nemesis).toMatchObject([{ id: 'net.cap' }]);
  expect(found!.nemesis[0]).not.toHaveProperty('when');
  expect([found!.isLeast, found!.untried]).toEqual([true, []]);
  // All, without one each, without the first two, and without the last.
  expect(all.map(({ nemesis }) => nemesis.map(({ id }) => id))).toEqual([
    ['net.delay', 'net.drop', 'net.cap'],
    ['net.drop', 'net.cap'],
    ['net.delay', 'net.cap'],
    ['net.delay', 'net.drop'],
    ['net.cap'],
    [],
  ]);
  const [, withoutDelay, , withoutCap, , none] = all;
  expect(withoutDelay!.nemesis.map(({ when }) => when?.event)).toEqual([undefined, 'net.drop']);
  const idsOf = ({ expect: some }: Scenario) =>
    some.map((one) => (typeof one === 'string' ? one : 'of' in one ? one.of : one.id));
  expect(idsOf(withoutCap!)).toEqual(['once', 'net.delay', 'net.drop', 'batch.cut']);
  expect(idsOf(none!)).toEqual(['once', 'batch.cut']);
});

test('a fault without which nothing is expected is not tried, and that is said', async () => {
  const { runAll } = showing(['net.cap']);
  const found = await shrink({
    scenario: { ...named, expect: [{ id: 'outcome', of: 'net.drop' }] },
    unexplained: ['once'],
    run: runAll,
    runsMax: 40,
  });
  expect(found!.nemesis.map(({ id }) => id)).toEqual(['net.drop', 'net.cap']);
  expect(found!.untried.map(({ id }) => id)).toEqual(['net.drop']);
  expect(found!.isLeast).toBe(false);
});

test('lines of faults that were left out are no part of a finding', async () => {
  const { runAll } = showing(['net.cap']);
  const unexplained = ['once', 'net.delay'];
  const found = await shrink({ scenario, unexplained, run: runAll, runsMax: 40 });
  expect(found!.nemesis.map(({ id }) => id)).toEqual(['net.cap']);
});

test('a swarm is written out in its parts, which do what they did in it', async () => {
  const nemesis = [{ id: 'nem.swarm' as const, params: { atLeast: 2, of: 'all' } }];
  const input = { ...demonstrationOf('nem.swarm')!, nemesis, expect: ['reason' as const] };
  const swarm = resolveScenario(input, 'test');
  const lists: Scenario[] = [];
  const run1 = (all: readonly Scenario[]): Promise<ManyResult[]> => {
    lists.push(...all);
    return Promise.resolve([]);
  };
  await shrink({ scenario: swarm, unexplained: ['reason'], run: run1, runsMax: 1 });
  const [whole, alone] = await Promise.all([swarm, lists[0]!].map(run));
  expect(whole!.faults.slice(1).map(({ id, fired }) => [id, fired])).toEqual(
    alone!.faults.map(({ id, fired }) => [id, fired]),
  );
  expect(alone!.faults.some(({ fired }) => fired > 0)).toBe(true);
});
