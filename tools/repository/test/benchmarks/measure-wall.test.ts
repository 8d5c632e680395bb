/** Time on the wall: rates by hand, and when a number is doubtful. */

import { expect, test } from 'vitest';
import { measureWall } from '../../src/benchmarks/measure-wall.ts';
import type { WallRow, WallSample } from '../../src/benchmarks/rows.ts';

const effort = { size: 'full', wallRounds: 2 } as const;
const idle = () => ({ busyMs: 0, allMs: 0, cores: 2 });

function wallRow(name: string, workers: number, sample: Partial<WallSample> = {}): WallRow {
  const full = { wallMs: 1000, cpuMs: 1000 * workers, checksum: 5, ...sample };
  return { name, workers, sizes: { smoke: 1, full: 2000 }, run: () => Promise.resolve(full) };
}

test('items a second, and rows in turns after one run to warm up', async () => {
  const order: string[] = [];
  const rows = ['a', 'b'].map((name): WallRow => {
    const row = wallRow(name, 1);
    return {
      ...row,
      run: (size) => {
        order.push(`${name}${size}`);
        return row.run(size);
      },
    };
  });
  const found = await measureWall(rows, effort, idle);
  expect(order).toEqual(['a1', 'a2000', 'b2000', 'a2000', 'b2000']);
  expect(found[0]).toMatchObject({ usPerItem: 500, itemsPerSecond: 2000, sampleCount: 2 });
  expect(found[0]).toMatchObject({ spread: 0, running: 1, rounds: [500, 500] });
  expect(found[0]).not.toHaveProperty('doubt');
});

test('threads that had to wait make a number doubtful', async () => {
  const [row] = await measureWall([wallRow('a', 2, { cpuMs: 1500 })], effort, idle);
  expect(row).toMatchObject({ running: 0.75, doubt: 'machine busy: threads ran 75 % of the time' });
});

test('so do other processes', async () => {
  let calls = 0;
  // Between two readings 2 s of two cores pass, of which 1 s is busy; this process is idle.
  const machine = () => ({ busyMs: 1000 * calls, allMs: 2000 * calls++, cores: 2 });
  const [row] = await measureWall([wallRow('a', 1)], effort, machine);
  expect(row?.othersCores).toBeCloseTo(1, 1);
  expect(row?.doubt).toBe('machine busy: others took 1.0 cores');
});

test('other work on two threads than on one is refused', async () => {
  const rows = [wallRow('a', 1), wallRow('b', 2, { checksum: 6 })];
  await expect(measureWall(rows, effort, idle)).rejects.toThrow('checksums differ: 5, 6');
});
