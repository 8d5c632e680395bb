/**
 * The load in small: nothing accepted is lost or doubled, under attack, and when a replica is
 * killed. How fast it is, is not looked at: this machine may be busy.
 */

import { describe, expect, test } from 'vitest';

import { main } from '../bench/load/main.ts';
import { runLoad } from '../bench/load/run.ts';
import type { LoadOptions } from '../bench/load/run.ts';

const server = process.env['PRIOLAB_POSTGRES'];
const skipReason = server === undefined ? ' (skipped: PRIOLAB_POSTGRES is not set)' : '';

const SMALL: LoadOptions = {
  seconds: 2,
  ratePerS: 100,
  bins: 5,
  replicas: 1,
  postgres: undefined,
  attack: false,
  kill: false,
  connections: 16,
  warmUpCount: 64,
  countMax: 200,
  say: () => {},
};

test('honest phones under attack', async () => {
  const { sent, checked, attack } = await runLoad({ ...SMALL, attack: true });
  expect([sent.acceptedCount, sent.refusedCount, sent.openCount]).toEqual([200, 0, 0]);
  expect(checked).toMatchObject({
    accepted: 264,
    batched: 264,
    missing: 0,
    doubled: 0,
    oneSided: 0,
  });
  const names = Object.keys(attack!);
  // Where the system has one address only, phones and attackers share an allowance.
  expect(names).toContain('malformed: 400');
  expect(names).toContain('another task: 404');
  // Not read: some get the answer, others see the connection end while they still send.
  expect(names.some((name) => name.startsWith('oversized: '))).toBe(true);
  expect(names.filter((name) => /oversized: 2|signature: 2/.test(name))).toEqual([]);
});

describe.skipIf(server === undefined)(`two replicas${skipReason}`, () => {
  test('one is killed', async () => {
    const url = new URL(server!);
    url.searchParams.set('schema', `load_${crypto.randomUUID().replaceAll('-', '')}`);
    const two = { ...SMALL, replicas: 2, kill: true, postgres: url.href } as const;
    const { sent, checked } = await runLoad(two);
    expect([sent.acceptedCount, sent.refusedCount, sent.openCount]).toEqual([200, 0, 0]);
    expect(sent.lostCount).toBeGreaterThan(0);
    expect(checked).toMatchObject({ accepted: 264, missing: 0, doubled: 0, oneSided: 0 });
  });
});

test('a command line that is wrong', async () => {
  const lines: string[] = [];
  expect(await main(['--seconds', 'x'], (line) => lines.push(line))).toBe(2);
  expect(lines.join('\n')).toContain('npm run load');
});
