/**
 * Same scenario and seed, same results: in this thread and on 1, 2 and 3 workers, on all backends,
 * and as recorded when this code had passed the published vectors.
 */

import { readFileSync } from 'node:fs';

import { backendNames } from '@priolab/crypto';
import type { BackendName } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import { resolveScenario } from '../../src/index.ts';
import type { ScenarioInput } from '../../src/index.ts';
import { runSmall, small, smallInput } from './fixture.ts';

const mixed: Partial<ScenarioInput> = {
  population: { reports: 1200, states: ['us-wa', 'us-md', 'us-ca'], days: 2 },
  adversaries: [
    { id: 'cli.forge', share: 0.05 },
    { id: 'net.corrupt', share: 0.05 },
    { id: 'dev.retry_same', share: 0.05 },
    { id: 'net.dup', share: 0.05 },
    { id: 'net.replay', share: 0.05 },
  ],
  crypto: { crossCheck: false },
  expect: ['sum.exact', 'reason'],
};

test('inline and with 1, 2 and 3 workers: one digest', async () => {
  const scenario = small(mixed);
  const inline = await runSmall(scenario, 0);
  expect(inline.verdict).toBe('pass');
  for (const workers of [1, 2, 3]) {
    const { identity, verdict } = await runSmall(scenario, workers);
    expect({ workers, identity, verdict }).toEqual({
      workers,
      identity: inline.identity,
      verdict: 'pass',
    });
  }
});

test('another seed, another digest; the same scenario digest', async () => {
  const digests = await Promise.all(
    ['1', '2'].map(async (seed) => (await runSmall(small({ ...mixed, seed }))).identity),
  );
  expect(digests[0]!.resultDigest).not.toBe(digests[1]!.resultDigest);
  expect(digests[0]!.scenarioDigest).toBe(digests[1]!.scenarioDigest);
});

test('all backends give the same results', async () => {
  const tiny = { population: { reports: 24, states: ['us-wa'] }, expect: ['sum.exact'] };
  const run = (backend: BackendName) =>
    runSmall(small({ ...tiny, crypto: { backend, crossCheck: false } } as Partial<ScenarioInput>));
  const { identity } = await run('noble');
  expect(backendNames).toContain('wasm');
  for (const backend of backendNames) {
    expect((await run(backend)).identity.resultDigest, backend).toBe(identity.resultDigest);
  }
});

describe('golden digests', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../golden/digests.json', import.meta.url), 'utf8'),
  ) as { name: string; scenario: ScenarioInput; resultDigest: string }[];

  test('there are some', () => expect(golden.length).toBeGreaterThanOrEqual(3));

  test.each(golden)('$name', async ({ scenario, resultDigest }) => {
    const summary = await runSmall(resolveScenario(scenario, 'golden'));
    expect(summary.identity.resultDigest).toBe(resultDigest);
  });

  test('they are no accident of the fixture', () => {
    expect(smallInput.seed).toBe('fixture');
    expect(new Set(golden.map(({ resultDigest }) => resultDigest)).size).toBe(golden.length);
  });
});

test('the evidence page prints the digest that the smoke scenario has', async () => {
  const root = new URL('../../../../', import.meta.url);
  const page = readFileSync(new URL('docs/EVIDENCE.md', root), 'utf8');
  const module = (await import(new URL('scenarios/smoke.scenario.ts', root).href)) as {
    default: ScenarioInput;
  };
  const { identity } = await runSmall(resolveScenario(module.default, 'smoke'));
  expect(page.match(/\b[0-9a-f]{64}\b/g)).toEqual([identity.resultDigest]);
});
