/** `detected` is about the fault: an oracle that is red without it as well has not noticed it. */

import { describe, expect, test } from 'vitest';

import type { ExpectationOutcome, FaultId, RunSummary } from '../../src/index.ts';
import type { PlainOracleId } from '../../src/expectations/oracles.ts';
import type { Inject } from '../../src/simulation/fault.ts';
import { withStages } from '../../src/simulation/faults/device-stages.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { runFaulty } from '../simulation/fault-run.ts';

const tampered = demonstrationOf('mal.tamper_sum')!;

function noticed({ expectations }: RunSummary, of: FaultId, by: string): ExpectationOutcome {
  return expectations.find(({ id }) => id === `${by} notices ${of}`)!;
}

const detected = (of: FaultId, by: PlainOracleId) => ({ id: 'detected', of, by }) as const;

describe('of two faults in one run', async () => {
  const summary = await runFaulty({
    ...tampered,
    nemesis: [
      { id: 'net.delay', p: 0.5 },
      ...tampered.nemesis!,
      { id: 'cli.forge', p: 0.05 },
      { id: 'nem.byzantine_minority' },
    ],
    expect: [
      detected('mal.tamper_sum', 'sum.exact'),
      detected('net.delay', 'sum.exact'),
      detected('cli.forge', 'sum.exact'),
      detected('nem.byzantine_minority', 'sum.exact'),
      detected('mal.tamper_sum', 'leak.scan'),
    ],
  });

  test('the one whose absence makes the oracle green was noticed', () => {
    const found = noticed(summary, 'mal.tamper_sum', 'sum.exact');
    expect(found.verdict).toBe('pass');
    expect(found.observed).toMatch(/wrong; first: .*; without the fault: pass$/);
  });

  test.each(['net.delay', 'cli.forge', 'nem.byzantine_minority'] as const)('%s was not', (of) => {
    const found = noticed(summary, of, 'sum.exact');
    expect(found.verdict).toBe('fail');
    expect(found.observed).toMatch(/; without the fault: fail$/);
  });

  test('nor by an oracle that is green', () => {
    expect(noticed(summary, 'mal.tamper_sum', 'leak.scan').verdict).toBe('fail');
  });
});

test('the run without the fault is the run of a scenario that never had it', async () => {
  const net = { id: 'net.delay', p: 0.5 } as const;
  const scenario = { ...tampered, expect: [detected('mal.tamper_sum', 'sum.exact')] };
  const { simulation } = await runFaulty({ ...scenario, nemesis: [net, ...tampered.nemesis!] });
  expect(simulation!.without).toEqual({ 'mal.tamper_sum': { 'sum.exact': 'pass' } });
  const plain = await runFaulty({ ...scenario, nemesis: [net], expect: ['sum.exact'] });
  expect(plain.simulation!.without).toBeUndefined();
  expect(plain.expectations[0]!.verdict).toBe('pass');
});

test.each(['noforge', 'minbatch.on_accepted'] as const)(
  'what %s says without data is vacuous',
  async (by) => {
    const summary = await runFaulty({
      ...demonstrationOf('net.drop')!,
      expect: ['sum.exact', detected('net.drop', by)],
    });
    const found = noticed(summary, 'net.drop', by);
    expect(found.verdict).toBe('vacuous');
    expect(found.observed).toMatch(/^no data: /);
    expect(summary.exitCode).toBe(6);
  },
);

describe('oracles that compare two runs', () => {
  /** Phones of a state report what the last ones of another state mostly did. */
  const spreading: Inject = (context) => {
    const last = { state: '', bit: 0 };
    context.hooks.phones.devices.push((line) =>
      withStages(line, (device) => ({
        randomise(block, branch) {
          const { bits, task } = block;
          const ones = bits.reduce((sum, bit) => sum + bit, 0);
          if (last.state !== '' && last.state !== task.state) bits.fill(last.bit);
          Object.assign(last, { state: task.state, bit: 2 * ones > bits.length ? 1 : 0 });
          context.strike({ what: 'bits of another state' });
          return device.randomise(block, branch);
        },
      })),
    );
  };
  let runs = 0;
  /** The number of the run shows in its results. */
  const counting: Inject = (context) => {
    runs += 1;
    const bit = runs % 2;
    context.hooks.phones.measured.push(({ bits }) => void bits.fill(bit));
    context.strike({ what: `run ${runs}` });
  };
  const base = {
    ...demonstrationOf('net.delay')!,
    nemesis: [{ id: 'net.delay' as const, p: 0.5 }],
    population: { reports: 20, days: 2, states: ['us-md', 'us-wa'] },
  };

  test.each([
    ['tenant', spreading],
    ['det', counting],
  ] as const)('%s gets its second run, with and without the fault', async (by, instead) => {
    const scenario = { ...base, expect: [detected('net.delay', by)] };
    const red = await runFaulty(scenario, { id: 'net.delay', instead });
    expect(noticed(red, 'net.delay', by)).toMatchObject({ verdict: 'pass' });
    expect(red.simulation!.without).toEqual({ 'net.delay': { [by]: 'pass' } });
  });

  test('and where outcome asks them, unless a refusal says enough', async () => {
    const outcome = async (instead?: Inject) => {
      const expected = { id: 'outcome', of: 'comb.mismatch' } as const;
      const scenario = { ...demonstrationOf('comb.mismatch')!, expect: [expected] };
      return runFaulty(scenario, instead && { id: 'comb.mismatch', instead });
    };
    expect((await outcome()).simulation!.tenant).toBeUndefined();
    const unrefused = await outcome(({ strike }) => strike({ what: 'nothing' }));
    expect(unrefused.simulation!.tenant).toBeDefined();
  });
});
