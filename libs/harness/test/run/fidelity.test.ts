/**
 * The three rungs of fidelity: the same devices, noise and totals in each; what a rung leaves out
 * it does not count and does not claim; the oracles see as well without transport as with it.
 */

import { describe, expect, test } from 'vitest';

import type { RunSummary, ScenarioInput } from '../../src/index.ts';
import type { Line } from '../../src/run/world.ts';
import { exactExpectations, runBroken, runSmall, small, withVerdict } from './fixture.ts';

type Crypto = NonNullable<ScenarioInput['crypto']>;

/** Eleven shards. */
const population = { reports: 1500, states: ['us-wa', 'us-md', 'us-ca'], days: 2 };
const crossCheck = { every: 100 };
const rungs: readonly Crypto[] = [
  { fidelity: 'full', crossCheck },
  { fidelity: 'sampled', sampleShare: 0.5, crossCheck },
  { fidelity: 'shares-only', crossCheck },
];

const scenarioOf = (crypto: Crypto, changes: Partial<ScenarioInput> = {}) =>
  small({ population, crypto, ...changes });

/** What both the protocol and the simulator have of it, whatever the rung. */
const numbersOf = ({ fates, cells, population: counts }: RunSummary) => ({ fates, cells, counts });

describe('honest reports', () => {
  test('have equal totals, truths and fates in all rungs, and all are judged', async () => {
    const runs: RunSummary[] = [];
    for (const crypto of rungs) runs.push(await runSmall(scenarioOf(crypto)));
    for (const run of runs) {
      expect(withVerdict(run, 'pass')).toEqual([...exactExpectations]);
      expect(numbersOf(run)).toEqual(numbersOf(runs[0]!));
      expect(run.tally.crossChecked).toBeGreaterThanOrEqual(15);
    }
    expect(new Set(runs.map(({ identity }) => identity.resultDigest)).size).toBe(3);
    expect(runs[0]!.fidelity).toEqual({ rung: 'full', fullReports: 1500, sharesOnlyReports: 0 });
  });

  test('shares-only: says what was not done, and counts none of it', async () => {
    const { fidelity, tally, expectations, cost } = await runSmall(scenarioOf(rungs[2]!));
    expect(fidelity).toMatchObject({ rung: 'shares-only', fullReports: 0 });
    expect(fidelity.sharesOnlyReports).toBe(1500);
    expect(fidelity.notDone).toMatch(/^shares-only: no encryption, uploads, attestation or replay/);
    expect(tally).toMatchObject({ uploads: 0, copies: 0, freshValues: 3 * 1500 });
    const saying = (id: string) => expectations.find((outcome) => outcome.id === id)!;
    expect(saying('once').observed).toContain('nothing is shown about replays');
    expect(saying('rand.safe').observed).toContain('of 4500 seeds, ids and blinds repeated');
    expect(saying('crosscheck').limit).toContain('none: shares, r');
    for (const stage of ['seal', 'attest'] as const) expect(cost.stagesMs[stage]).toBe(0);
    const multiplications = Object.values(cost.work).map(
      ({ baseMultiplications, fixedMultiplications, variableMultiplications }) =>
        baseMultiplications + fixedMultiplications + variableMultiplications,
    );
    expect(multiplications.every((count) => count === 0)).toBe(true);
  });

  test('sampled: whole shards, counted exactly', async () => {
    const { fidelity, tally } = await runSmall(scenarioOf(rungs[1]!));
    const { fullReports, sharesOnlyReports } = fidelity;
    expect(fullReports + sharesOnlyReports).toBe(1500);
    expect(fullReports).toBeGreaterThan(0);
    expect(sharesOnlyReports).toBeGreaterThan(0);
    expect(tally.uploads).toBe(fullReports);
    expect(tally.freshValues).toBe(6 * fullReports + 3 * sharesOnlyReports);
    expect(fidelity.notDone).toContain(`${sharesOnlyReports} of 1500 reports had no encryption`);
  });

  test('a sample with an empty part is vacuous', async () => {
    const tiny = { fidelity: 'sampled', sampleShare: 1e-6, crossCheck: false } as const;
    const run = await runSmall(scenarioOf(tiny, { expect: ['conserve'] }));
    expect(run).toMatchObject({ verdict: 'vacuous', fidelity: { fullReports: 0 } });
  });
});

test.each(rungs)('$fidelity: one digest inline and with 1, 2 and 3 workers', async (crypto) => {
  const adversaries = [{ id: 'cli.forge', share: 0.1 } as const];
  const scenario = scenarioOf(
    { ...crypto, crossCheck: false },
    { adversaries, expect: ['reason'] },
  );
  const inline = await runSmall(scenario, 0);
  for (const workers of [1, 2, 3]) {
    const { identity, fidelity, verdict } = await runSmall(scenario, workers);
    expect({ identity, fidelity, verdict }).toEqual({
      identity: inline.identity,
      fidelity: inline.fidelity,
      verdict: 'pass',
    });
  }
});

describe('cheats', () => {
  test.each([
    'cli.out_of_range',
    'cli.forge',
    'cli.inconsistent',
    'cli.noncanonical',
    'cli.multi_hot',
  ] as const)('%s ends without transport as it does with it', async (id) => {
    const changes = { adversaries: [{ id, share: 0.3 }] };
    const [full, bare] = [
      await runSmall(scenarioOf({ crossCheck }, changes)),
      await runSmall(scenarioOf({ fidelity: 'shares-only', crossCheck }, changes)),
    ];
    expect(withVerdict(bare, 'pass')).toEqual([...exactExpectations]);
    expect(bare.adversaries).toEqual(full.adversaries);
    expect(bare.adversaries[0]!.fired).toBeGreaterThan(300);
    expect(numbersOf(bare)).toEqual(numbersOf(full));
  });

  test('sampled: those on uploads strike in the full part alone, others everywhere', async () => {
    const adversaries = [
      { id: 'net.corrupt', share: 0.2 },
      { id: 'cli.forge', share: 0.2 },
      { id: 'net.dup', share: 0.2 },
      { id: 'net.replay', share: 0.2 },
    ] as const;
    const changes = { adversaries: [...adversaries] };
    const full = await runSmall(scenarioOf(rungs[0]!, changes));
    const sampled = await runSmall(scenarioOf(rungs[1]!, changes));
    expect(withVerdict(sampled, 'pass')).toEqual([...exactExpectations]);
    const fired = (run: RunSummary) => run.adversaries.map((adversary) => adversary.fired);
    const [corrupt, forge, dup, replay] = fired(sampled);
    expect(forge).toBe(fired(full)[1]);
    const { fullReports } = sampled.fidelity;
    for (const count of [corrupt!, dup!, replay!]) {
      expect(count).toBeGreaterThan(0.1 * fullReports);
      expect(count).toBeLessThan(0.3 * fullReports);
    }
    expect(sampled.tally.copies).toBe(dup! + replay!);
  });
});

describe('broken on purpose, without transport', () => {
  const scenario = scenarioOf(rungs[2]!);

  test('nothing broken: all green', async () => {
    expect(withVerdict(await runBroken(scenario, {}), 'pass')).toEqual([...exactExpectations]);
  });

  test('the leader loses the last report of each batch: sums and sets turn red', async () => {
    const forgetful = (line: Line): Line => {
      const { leader } = line;
      return {
        ...line,
        leader: Object.assign(Object.create(leader) as typeof leader, {
          verifyNext(message: Parameters<typeof leader.verifyNext>[0]) {
            const verdicts = leader.verifyNext(message);
            verdicts[message.count - 1] = 1;
            return verdicts;
          },
        }),
      };
    };
    const summary = await runBroken(scenario, { line: forgetful });
    expect(withVerdict(summary, 'fail')).toEqual(
      expect.arrayContaining(['sum.exact', 'sets.equal', 'reason']),
    );
  });

  test('a seed used for two reports: rand.safe turns red', async () => {
    const repeating = (line: Line): Line => {
      const { device } = line;
      const changed = Object.assign(Object.create(device) as typeof device, {
        split(...request: Parameters<typeof device.split>) {
          device.split(...request);
          const [{ helperShares, count }] = request;
          const { bytes, offset, stride } = helperShares;
          if (count > 1) bytes.copyWithin(offset + stride, offset, offset + 32);
        },
      });
      return { ...line, device: changed };
    };
    const summary = await runBroken(scenario, { line: repeating });
    expect(withVerdict(summary, 'fail')).toEqual(expect.arrayContaining(['rand.safe', 'reason']));
  });

  test('ids that are not those of the seed: the cross-check sees it', async () => {
    const everyReport = scenarioOf(
      { fidelity: 'shares-only', crossCheck: { every: 1 } },
      { population: { reports: 60, states: ['us-wa'] } },
    );
    const renaming = (line: Line): Line => {
      const { device } = line;
      const changed = Object.assign(Object.create(device) as typeof device, {
        split(...request: Parameters<typeof device.split>) {
          device.split(...request);
          request[0].reportIds[0]! ^= 1;
        },
      });
      return { ...line, device: changed };
    };
    const summary = await runBroken(everyReport, { line: renaming });
    expect(withVerdict(summary, 'fail')).toContain('crosscheck');
  });
});
