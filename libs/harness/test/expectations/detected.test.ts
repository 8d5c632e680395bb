/** `detected` is about the fault: an oracle that is red without it as well has not noticed it. */

import { describe, expect, test } from 'vitest';

import type { ExpectationOutcome, FaultId, RunSummary } from '../../src/index.ts';
import { demonstrationOf } from '../../src/simulation/faults/demonstrations.ts';
import { runFaulty } from '../simulation/fault-run.ts';

const tampered = demonstrationOf('mal.tamper_sum')!;

function noticed({ expectations }: RunSummary, of: FaultId, by: string): ExpectationOutcome {
  return expectations.find(({ id }) => id === `${by} notices ${of}`)!;
}

const detected = (of: FaultId, by: 'sum.exact' | 'leak.scan') =>
  ({ id: 'detected', of, by }) as const;

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
