/**
 * The engines, with real threads: all give the same results in the same order, and end in the same
 * way where a signal stops them or where a program, thread or receiver breaks.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';
import { createEngine, EngineError, type EngineReport, type ShardJob } from '../../src/index.ts';
import type { SquaresInit, SquaresResult } from '../fixtures/squares.ts';

const program = new URL('../fixtures/squares.ts', import.meta.url);
const workerCounts = [0, 1, 2, 3];
const folder = mkdtempSync(join(tmpdir(), 'priolab-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Options = Partial<Omit<ShardJob<SquaresInit, SquaresResult>, 'init'>> & Partial<SquaresInit>;

/** Runs squares; what was delivered and how it ended, be it an error. */
async function run(workerCount: number, options: Options = {}) {
  const { program: url = program, shardCount = 9, onResult, signal, ...rest } = options;
  const init: SquaresInit = { factor: 3, ...rest };
  const delivered: [number, number, number][] = [];
  let end: EngineReport | undefined;
  let error: unknown;
  try {
    end = await createEngine(workerCount).run<SquaresInit, SquaresResult>({
      program: url,
      init,
      shardCount,
      ...(signal === undefined ? {} : { signal }),
      onResult(shardIndex, result) {
        const taken = onResult?.(shardIndex, result);
        delivered.push([shardIndex, result.square, result.bytes[0] as number]);
        return taken;
      },
    });
  } catch (thrown) {
    error = thrown;
  }
  return { init, delivered, end, error };
}

/** Twenty shards for a receiver that gives promises. */
async function createSlow(
  workerCount: number,
  onResult: (shardIndex: number) => Promise<void>,
  init: Partial<SquaresInit> = {},
) {
  const job = { program, init: { factor: 3, ...init }, shardCount: 20, onResult };
  try {
    const end = await createEngine(workerCount).run<SquaresInit, SquaresResult>(job);
    return { end, error: undefined };
  } catch (error) {
    return { end: undefined, error };
  }
}

const squares = (count: number) =>
  Array.from({ length: count }, (_, i) => [i, 3 * i * i, i & 255] as [number, number, number]);

describe.each(workerCounts)('%i workers', (workerCount) => {
  test('deliver every shard once, in order, and leave the init alone', async () => {
    const { init, delivered, end } = await run(workerCount, { shardCount: 40 });
    expect(delivered).toEqual(squares(40));
    expect(end).toEqual({ completedCount: 40, interrupted: false });
    expect(init.factor).toBe(3);
  });
});

// One of each kind is enough for what follows, as threads are slow to start.
describe.each([0, 2])('%i workers', (workerCount) => {
  test('no shards: nothing is begun, not even the program', async () => {
    const { delivered, end } = await run(workerCount, { shardCount: 0, failure: 'init' });
    expect(delivered).toEqual([]);
    expect(end).toEqual({ completedCount: 0, interrupted: false });
  });

  test('a signal stops after the shards under way', async () => {
    const controller = new AbortController();
    const { delivered, end } = await run(workerCount, {
      shardCount: 1000,
      signal: controller.signal,
      onResult: (shardIndex) => void (shardIndex === 3 && controller.abort()),
    });
    const count = end?.completedCount ?? 0;
    expect(end?.interrupted).toBe(true);
    expect(count).toBeGreaterThanOrEqual(4);
    expect(count).toBeLessThanOrEqual(4 + 4 * workerCount); // the window
    expect(delivered).toEqual(squares(count));
  });

  test('a signal at the last shard interrupts nothing', async () => {
    const controller = new AbortController();
    const { end } = await run(workerCount, {
      signal: controller.signal,
      onResult: (shardIndex) => void (shardIndex === 8 && controller.abort()),
    });
    expect(end).toEqual({ completedCount: 9, interrupted: false });
  });

  test('a signal aborted beforehand: nothing is begun', async () => {
    const { delivered, end } = await run(workerCount, {
      signal: AbortSignal.abort(),
      failure: 'init',
    });
    expect(delivered).toEqual([]);
    expect(end).toEqual({ completedCount: 0, interrupted: true });
  });

  test('a shard that throws: its number, code and cause', async () => {
    const { delivered, end, error } = await run(workerCount, { failAtIndex: 5, failure: 'throw' });
    expect(end).toBeUndefined();
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({
      code: 'shard-failed',
      shardIndex: 5,
      message: 'shard-failed in shard 5: this shard is odd',
      cause: { name: 'OddError', code: 'odd-number', message: 'this shard is odd' },
    });
    expect(delivered).toEqual(squares(5).slice(0, delivered.length));
  });

  test('a program that throws at its start', async () => {
    const { delivered, error } = await run(workerCount, { failure: 'init' });
    expect(error).toMatchObject({
      code: 'init-failed',
      shardIndex: undefined,
      cause: { name: 'OddError', message: 'no init today' },
    });
    expect(delivered).toEqual([]);
  });

  test('a program without a runner, or that is not there', async () => {
    const noRunner = new URL('../fixtures/no-runner.ts', import.meta.url);
    const { error } = await run(workerCount, { program: noRunner });
    expect(error).toMatchObject({ code: 'init-failed', cause: { name: 'TypeError' } });
    const absent = await run(workerCount, { program: new URL('./absent.ts', import.meta.url) });
    expect(absent.error).toMatchObject({ code: 'init-failed' });
  });

  test('a receiver that throws: its own error, and nothing delivered after it', async () => {
    const broken = new Error('the receiver broke');
    const seen: number[] = [];
    const { end, error } = await run(workerCount, {
      onResult(shardIndex) {
        seen.push(shardIndex);
        if (shardIndex === 2) throw broken;
      },
    });
    expect(end).toBeUndefined();
    expect(error).toBe(broken);
    expect(seen).toEqual([0, 1, 2]);
  });

  test('a receiver that takes its time is waited for, one result after the other', async () => {
    const started: number[] = [];
    let underWay = 0;
    const mostUnderWay: number[] = [];
    const { end } = await createSlow(workerCount, async (shardIndex) => {
      started.push(shardIndex);
      underWay += 1;
      mostUnderWay.push(underWay);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay -= 1;
    });
    expect(end).toEqual({ completedCount: 20, interrupted: false });
    expect(started).toEqual(squares(20).map(([index]) => index));
    expect(Math.max(...mostUnderWay)).toBe(1);
    expect(underWay).toBe(0);
  });

  test('a receiver that rejects: its own error, and nothing delivered after it', async () => {
    const broken = new Error('the receiver broke late');
    const seen: number[] = [];
    const { error } = await createSlow(workerCount, async (shardIndex) => {
      seen.push(shardIndex);
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (shardIndex === 2) throw broken;
    });
    expect(error).toBe(broken);
    expect(seen).toEqual([0, 1, 2]);
  });

  test('a job is refused where its shard count is no count', async () => {
    const { error } = await run(workerCount, { shardCount: -1 });
    expect(error).toMatchObject({ code: 'ERR_ASSERTION' });
  });
});

describe('threads only', () => {
  test('results that come early wait for those before them', async () => {
    const { delivered } = await run(3, { shardCount: 30, delaysMs: [60, 0, 0, 0, 5] });
    expect(delivered).toEqual(squares(30));
  });

  test('no shard is begun beyond the window while a result is looked at', async () => {
    const path = join(folder, 'begun');
    const begun = (): number => (existsSync(path) ? readFileSync(path, 'utf8').length : 0);
    const atFirst: number[] = [];
    await createSlow(
      2,
      async (shardIndex) => {
        // Long enough for two threads to do all twenty shards, were they given them.
        if (shardIndex === 0) await new Promise((resolve) => setTimeout(resolve, 100));
        if (shardIndex === 0) atFirst.push(begun());
      },
      { tallyPath: path },
    );
    expect(atFirst[0]).toBeGreaterThan(1);
    expect(atFirst[0]).toBeLessThanOrEqual(8);
    expect(begun()).toBe(20);
  });

  test('a thread that fails meanwhile: told when the receiver is done', async () => {
    let isDone = false;
    const { error } = await createSlow(
      1,
      async () => {
        isDone = false;
        await new Promise((resolve) => setTimeout(resolve, 30));
        isDone = true;
      },
      { failAtIndex: 1, failure: 'throw' },
    );
    expect(error).toMatchObject({ code: 'shard-failed', shardIndex: 1 });
    expect(isDone).toBe(true);
  });

  test('a thread that ends itself is blamed on the shard it was running', async () => {
    const { error } = await run(2, { failAtIndex: 4, failure: 'exit' });
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'worker-exited', shardIndex: 4 });
    expect((error as Error).message).toContain('exit code 3');
  });

  test('an error outside of any shard', async () => {
    const { error } = await run(1, { shardCount: 50, failAtIndex: 4, failure: 'late-error' });
    expect(error).toMatchObject({ code: 'worker-failed' });
    expect((error as Error).message).toContain('outside of any shard');
  });

  test('a result that cannot be cloned, and a thrown text', async () => {
    const { error } = await run(2, { failAtIndex: 1, failure: 'uncloneable' });
    expect(error).toMatchObject({ code: 'shard-failed', shardIndex: 1 });
    const text = await run(2, { failAtIndex: 0, failure: 'throw-text' });
    expect(text.error).toMatchObject({ shardIndex: 0, cause: { message: 'only a text' } });
  });

  test('an init that cannot be cloned', async () => {
    for (const workerCount of workerCounts) {
      const engine = createEngine(workerCount);
      const job = { program, init: () => 1, shardCount: 2, onResult: () => undefined };
      await expect(engine.run(job)).rejects.toMatchObject({ code: 'init-failed' });
    }
  });

  test('nothing is left on the signal after a run', async () => {
    const controller = new AbortController();
    let added = 0;
    const addEventListener = controller.signal.addEventListener.bind(controller.signal);
    controller.signal.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
      added += 1;
      addEventListener(...args);
    }) as typeof addEventListener;
    await run(2, { signal: controller.signal });
    expect(added).toBe(0);
  });

  test('no thread outlives its run', async () => {
    const threadsBefore = threadCount();
    await run(3);
    await run(3, { failAtIndex: 2, failure: 'throw' });
    expect(threadCount()).toBe(threadsBefore);
  });
});

test('the number of workers must be a count', () => {
  expect(() => createEngine(-1)).toThrow('workerCount');
  expect(() => createEngine(1.5)).toThrow('workerCount');
  expect(createEngine(2).workerCount).toBe(2);
});

/** The message ports of this process: each worker thread holds some open while it lives. */
function threadCount(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
}
