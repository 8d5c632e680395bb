/** Capsules of large scenarios, and what a replay compares. */

import { beforeAll, describe, expect, test } from 'vitest';

import {
  capsuleOf,
  compareToCapsule,
  decodeCapsule,
  encodeCapsule,
  resolveScenario,
  runScenario,
} from '../src/index.ts';
import type { Capsule, RunSummary } from '../src/index.ts';
import { environment } from './run/fixture.ts';
import { smallDeployment } from './simulation/small-deployment.ts';

let summary: RunSummary;
beforeAll(async () => {
  const scenario = resolveScenario({ ...smallDeployment, expect: ['conserve'] }, 'test');
  summary = await runScenario({ scenario, workers: 0, environment });
});

/** A run of so many events and faults, with 100 phases and overrides. */
function large({ faults, count = 1000 }: { faults: number; count?: number }): RunSummary {
  const nemesis = Array.from({ length: faults }, (_, i) => ({
    id: 'net.drop' as const,
    at: '->ingestion/apple/0',
    phase: `phase-${i}`,
    p: 0.125,
    dose: 1000 + i,
  }));
  const phases = Array.from({ length: 100 }, (_, i) => ({
    name: `phase-${i}`,
    from: `${i}m`,
    until: `${i + 1}m`,
  }));
  const states = Array.from({ length: 30 }, (_, i) => ['us-wa', 'us-md'][i % 2]!);
  const overrides = phases.map((_, i) => ({ states, minBatch: 1 + i }));
  const input = { ...smallDeployment, nemesis, phases, overrides };
  const scenario = resolveScenario({ ...input, expect: ['conserve'] }, 'test');
  const every = Math.ceil(count / 1000);
  const marks = Array.from({ length: Math.floor(count / every) }, (_, i) => markOf(i));
  const journal = { count, digest: '0'.repeat(64), marks };
  return { ...summary, scenario, simulation: { ...summary.simulation!, journal } };
}

function markOf(number: number): string {
  return number.toString(16).padStart(8, '0');
}

/** With other events from a mark on. */
function partedAt(mark: number, { simulation, ...rest }: RunSummary): RunSummary {
  const { journal, ...inner } = simulation!;
  const marks = journal.marks.map((one, i) => (i < mark ? one : markOf(100_000 + i)));
  const other = { ...journal, digest: '1'.repeat(64), marks };
  return { ...rest, simulation: { ...inner, journal: other } };
}

describe('size', () => {
  test('100 faults, phases and overrides fit, with fewer marks', () => {
    const run = large({ faults: 100 });
    const text = encodeCapsule(capsuleOf(run))!;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(50_000);
    const capsule = decodeCapsule(text, 'capsule');
    expect(capsule.scenario).toEqual(run.scenario);
    expect(capsule.journal!.marks.length).toBeGreaterThan(50);
    expect(capsule.journal!.marks.length).toBeLessThan(1000);
    expect(compareToCapsule(run, capsule)).toMatchObject({ same: true, differences: [] });
  });

  test.each([0, 300, 749])('fewer marks still tell where two runs part, mark %i', (mark) => {
    const run = large({ faults: 100, count: 1501 });
    const capsule = decodeCapsule(encodeCapsule(capsuleOf(run))!, 'capsule');
    expect(capsule.journal!.marks.length).toBeLessThan(750);
    const [range] = partingOf(partedAt(mark, run), capsule);
    // Each mark of that run stands for two events.
    expect(range!.from).toBeLessThanOrEqual(2 * mark);
    expect(range!.to).toBeGreaterThanOrEqual(2 * mark + 1);
    expect(range!.to).toBeLessThan(1501);
  });

  test('with all marks the range is as narrow as they are', () => {
    const run = large({ faults: 1, count: 1501 });
    const capsule = capsuleOf(run);
    expect(partingOf(partedAt(300, run), capsule)).toEqual([{ from: 600, to: 601 }]);
    const bare = { ...capsule, journal: { ...capsule.journal!, marks: [] } };
    expect(partingOf(partedAt(300, run), bare)).toEqual([{ from: 0, to: 1500 }]);
  });

  test('none of a scenario that is larger than a capsule', () => {
    const { scenario } = summary;
    const core = Array.from({ length: 1000 }, (_, i) => `${'x'.repeat(90)}${i}`);
    const much = { ...summary, scenario: { ...scenario, heal: { at: '1h', core } } };
    expect(encodeCapsule(capsuleOf(much))).toBeUndefined();
  });
});

function partingOf(run: RunSummary, capsule: Capsule): { from: number; to: number }[] {
  return compareToCapsule(run, capsule).differences.flatMap((line) => {
    const found = /^the first difference is in events (\d+) to (\d+)$/.exec(line);
    return found === null ? [] : [{ from: Number(found[1]), to: Number(found[2]) }];
  });
}

describe('what depends on the machine is not compared', () => {
  /** The run with a verdict and what did not pass. */
  function ended(verdict: Capsule['result']['verdict'], ...failed: string[]): RunSummary {
    const expectations = failed.map((id) => {
      return { id, verdict: 'fail' as const, observed: '', limit: '', n: 1 };
    });
    return { ...summary, verdict: verdict as RunSummary['verdict'], expectations };
  }

  const passed = (): RunSummary => ended('pass');
  const limited = (): RunSummary => ended('fail', 'memory');
  const untimed = (): RunSummary => ended('invalid', 'throughput');
  test.each([
    { before: limited, now: passed },
    { before: passed, now: limited },
    { before: untimed, now: passed },
  ])('limits on it, case %#', ({ before, now }) => {
    const { same, differences, ofMachine } = compareToCapsule(now(), capsuleOf(before()));
    expect({ same, differences }).toEqual({ same: true, differences: [] });
    expect(ofMachine).toHaveLength(1);
  });

  test('all else is', () => {
    const beside = compareToCapsule(ended('fail', 'memory'), capsuleOf(ended('fail', 'live')));
    expect(beside.differences).toEqual(['failed: expected live, got ']);
    const verdict = compareToCapsule(ended('vacuous', 'live'), capsuleOf(ended('fail', 'live')));
    expect(verdict.differences).toEqual(['verdict: expected fail, got vacuous']);
    expect(verdict.ofMachine).toEqual([]);
  });
});
