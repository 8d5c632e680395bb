/** Benchmarks can't rot: each row runs at smoke size and repeats its checksum. */

import { backendNames } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import { absent, rows } from '../bench/pipeline.bench.ts';
import { wallRows } from '../bench/workers.bench.ts';

test.each(rows)('$name', ({ prepare, sizes }) => {
  const run = prepare(sizes.smoke);
  const checksum = run();
  expect(Number.isInteger(checksum)).toBe(true);
  expect(run()).toBe(checksum);
});

test('one pipeline, the same sums on every backend', () => {
  const whole = rows.filter(({ name }) => name.startsWith('pipeline, 100 bins, '));
  expect(whole.map(({ name }) => name.split(', ')[2]!).sort()).toEqual([...backendNames].sort());
  expect(new Set(whole.map(({ prepare }) => prepare(2)())).size).toBe(1);
  for (const { name } of absent) expect(rows.map((row) => row.name)).not.toContain(name);
});

test('workers: the same work on one thread and on two', async () => {
  const samples = [];
  for (const { run, sizes } of wallRows) samples.push(await run(sizes.smoke));
  expect(samples.every(({ wallMs, cpuMs }) => wallMs > 0 && cpuMs > 0)).toBe(true);
  expect(samples[0]!.checksum).toBe(samples[1]!.checksum);
});

describe('work for each report', () => {
  const workOf = (name: string) => rows.find((row) => row.name === name)?.work?.();

  test.each(backendNames)('the whole pipeline on %s', (backend) => {
    // Two envelopes and a signature; its check, and two envelopes opened.
    expect(workOf(`pipeline, 100 bins, ${backend}`)).toEqual({
      baseMultiplications: 2 + 1 + 1,
      fixedMultiplications: 2,
      variableMultiplications: 1 + 2,
      nttButterflies: 896,
      sha256Blocks: 4 + 21 + (21 + 22 + 2) + 4,
      aesBlocks: 59 + 64 + (64 + 59),
    });
    expect(workOf(`certificate check, ${backend}`)).toMatchObject({
      baseMultiplications: 1,
      fixedMultiplications: 0,
      variableMultiplications: 1,
      sha256Blocks: 2,
      aesBlocks: 0,
    });
  });

  test('shares only', () => {
    const { work } = rows.find(({ name }) => name.startsWith('shares only'))!;
    expect(work!()).toEqual({
      baseMultiplications: 0,
      fixedMultiplications: 0,
      variableMultiplications: 0,
      nttButterflies: 896,
      // r: the report's id, then with the secret.
      sha256Blocks: 1 + 2,
      aesBlocks: 59 + 59,
    });
  });
});
