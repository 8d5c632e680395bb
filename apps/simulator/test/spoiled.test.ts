/** Exit codes that a sound program on a sound, steady machine does not have: 7, 8 and 9. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createCli, smoke } from './fixture.ts';

function spoiled(script: string): ReturnType<typeof createCli> {
  return createCli(undefined, { spoiledBy: join(import.meta.dirname, 'spoiled', script) });
}

test('a machine whose speed changes under a measurement: 7', () => {
  const { folder, priolab, scenarioFile } = spoiled('slowing.cjs');
  const file = scenarioFile('slowing', {
    population: { reports: 6000, states: ['us-wa'] },
    crypto: { crossCheck: false, fidelity: 'shares-only' },
    expect: ['sum.exact', { id: 'throughput', atLeastPerUnit: 0.0001 }],
  });
  const { code, out } = priolab('run', file, '--workers', '0');
  rmSync(folder, { recursive: true });
  expect(out).toMatch(/machine's speed changed by a factor of/);
  expect(code).toBe(7);
});

test.each(['wall', 'simulated'])('chance beside the seed, by the %s clock: 8', (clock) => {
  const { folder, priolab, scenarioFile } = spoiled('flipping.cjs');
  const file = scenarioFile('flipping', { clock, expect: ['det'] });
  const { code, out } = priolab('run', file, '--workers', '0');
  rmSync(folder, { recursive: true });
  expect(out).toMatch(/fail\s+det/);
  expect(code).toBe(8);
});

test('a mistake in the program itself: 9', () => {
  const { folder, priolab } = spoiled('bug.cjs');
  const { code, err } = priolab('run', smoke);
  rmSync(folder, { recursive: true });
  expect(err).toContain('this is a bug in priolab itself');
  expect(err).toContain('a mistake on purpose');
  expect(code).toBe(9);
});
