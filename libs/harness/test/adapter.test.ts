/** Scenarios as tests of a suite: green, red with the reason, invalid at once. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import {
  ScenarioTestError,
  UsageError,
  decodeCapsule,
  describeEnvironment,
  encodeCapsule,
  scenarioTest,
} from '../src/index.ts';
import type { Capsule, ScenarioTestOptions } from '../src/index.ts';

const scenario = {
  id: 'adapter',
  about: 'for a test',
  clock: 'simulated',
  population: { reports: 40, states: ['us-wa'] },
  system: { metrics: ['PeriodicExposureNotification-v1'] },
  crypto: { crossCheck: false },
  services: { ingestion: { batchEvery: '6h' } },
  nemesis: [{ id: 'net.drop', p: 0.2 }],
  expect: ['sum.exact', 'live'],
};

// As a team would have it in its own suite.
scenarioTest(test, scenario, {
  seed: '7',
  check: ({ simulation }) => expect(simulation?.windows.published).toBeGreaterThan(0),
});
scenarioTest(
  test,
  { ...scenario, id: 'idle', expect: ['blast'], nemesis: [] },
  {
    verdict: 'vacuous',
  },
);

const red = { ...scenario, expect: [{ kind: 'never', id: 'net.drop' }] };

/** The error of a scenario's test. */
async function errorOf(value: unknown, options: ScenarioTestOptions): Promise<ScenarioTestError> {
  const runs: (() => Promise<void>)[] = [];
  scenarioTest((_name, run) => runs.push(run), value, options);
  const error = await runs[0]!().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ScenarioTestError);
  return error as ScenarioTestError;
}

describe('scenarioTest', () => {
  const capsules = mkdtempSync(join(tmpdir(), 'priolab-adapter-'));
  afterAll(() => rmSync(capsules, { recursive: true }));

  /** The file that the second line of the message tells to repeat. */
  function capsuleNamedIn(message: string): Capsule {
    const [, path] = /^.*\n {2}repeat this run: npx priolab replay (\S+)$/m.exec(message)!;
    return decodeCapsule(readFileSync(path!, 'utf8'), path!);
  }

  test('a red scenario fails its test: first how to repeat it, then the reason', async () => {
    const { message, capsule } = await errorOf(red, { capsules: join(capsules, 'new') });
    expect(message).toMatch(
      /^scenario adapter, seed 1: expected pass, got fail\n {2}repeat this run: .*\n {2}fail never/,
    );
    const written = capsuleNamedIn(message);
    expect(written.result.failed).toContain('never net.drop');
    expect(encodeCapsule(written)).toBe(capsule);
    expect(written.commit).toBe(describeEnvironment().commit);
    expect(written.node).toBe(process.version);
  });

  test('a check that throws loses neither what it says nor the capsule', async () => {
    const cause = new Error('too few windows');
    const check = (): never => {
      throw cause;
    };
    const green = await errorOf(scenario, { capsules, check });
    expect(green.message).toMatch(/expected pass, got it, but its check failed\n/);
    expect(green.message).toMatch(/\n {2}check: too few windows$/);
    expect(green.cause).toBe(cause);
    expect(capsuleNamedIn(green.message).result.verdict).toBe('pass');
    const both = await errorOf(red, { capsules, check });
    expect(both.message).toMatch(/got fail\n[^]*\n {2}fail never[^]*\n {2}check: too few windows$/);
  });

  test('without a folder the capsule is among the temporary files', async () => {
    const { message } = await errorOf(red, {});
    const [, path] = /replay (\S+)$/m.exec(message)!;
    expect(dirname(dirname(path!))).toBe(tmpdir());
    rmSync(dirname(path!), { recursive: true });
  });

  test('a folder that can not be made hides nothing', async () => {
    const file = join(capsules, 'file');
    writeFileSync(file, '');
    const { message, capsule } = await errorOf(red, { capsules: file });
    expect(message).toMatch(/in this error only, since .*EEXIST[^]*\n {2}fail never/);
    expect(decodeCapsule(capsule!, 'capsule').result.verdict).toBe('fail');
  });

  test('a scenario too large for a capsule fails as any other', async () => {
    const overrides = Array.from({ length: 100 }, (_, i) => ({
      states: Array.from({ length: 100 }, () => 'us-wa'),
      minBatch: 1 + i,
    }));
    const { message, capsule } = await errorOf({ ...red, overrides }, { capsules });
    expect(message).toMatch(
      /got fail\n {2}no capsule: the scenario is too large[^]*\n {2}fail never/,
    );
    expect(capsule).toBeUndefined();
  });

  test('an invalid scenario is refused before any test runs', () => {
    expect(() => scenarioTest(test, { ...scenario, clock: 'sundial' })).toThrow(UsageError);
  });
});
