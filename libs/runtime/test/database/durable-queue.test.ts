/** The durable queue: its verbs one by one, then random sequences against a plain model. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDurableQueue, type Taken } from '../../src/database/index.ts';
import { engines, open } from '../fixtures/databases.ts';
import { createQueueModel, type ModelDelivery } from '../fixtures/queue-model.ts';

const LEASE_MS = 100;
const ATTEMPTS_MAX = 3;

async function setUp(url: string) {
  const database = await open(url);
  const options = { leaseMs: LEASE_MS, attemptsMax: ATTEMPTS_MAX };
  return { database, queue: await createDurableQueue(database, options) };
}

describe.each(engines)('deliveries on $name', ({ isMissing, newUrl }) => {
  const check = test.skipIf(isMissing);

  check('a task is added once, delivered, and done for good', async () => {
    const { queue } = await setUp(newUrl());
    expect(await queue.add('a', 'intake', '{"x":1}')).toBe(true);
    expect(await queue.add('a', 'intake', 'other')).toBe(false);
    const task = await queue.take(0);
    expect(task).toMatchObject({ id: 'a', kind: 'intake', body: '{"x":1}', attempt: 1 });
    expect(await queue.take(LEASE_MS - 1)).toBeUndefined();
    expect(await task?.done()).toBe(true);
    expect(await queue.add('a', 'intake', 'again')).toBe(false);
    expect(await queue.take(1e12)).toBeUndefined();
    expect(await queue.counts()).toEqual({ ready: 0, leased: 0, done: 1, rejected: 0 });
  });

  check('only kinds that are asked for, the longest due first', async () => {
    const { queue } = await setUp(newUrl());
    await queue.add('a', 'intake', '', { nowMs: 30 });
    await queue.add('b', 'aggregate', '', { nowMs: 20 });
    await queue.add('c', 'intake', '', { nowMs: 10 });
    expect(await queue.take(100, [])).toBeUndefined();
    expect(await queue.take(9)).toBeUndefined();
    expect((await queue.take(100, ['other', 'aggregate']))?.id).toBe('b');
    expect((await queue.take(100, ['intake']))?.id).toBe('c');
    expect((await queue.take(100))?.id).toBe('a');
  });

  check('a lease that ran out goes to the next, and the first holder is told', async () => {
    const { queue } = await setUp(newUrl());
    await queue.add('a', 'job', '');
    const first = await queue.take(0);
    expect(await first?.extend(50)).toBe(true);
    expect(await queue.take(149)).toBeUndefined();
    const second = await queue.take(150);
    expect(second?.attempt).toBe(2);
    expect(await first?.extend(150)).toBe(false);
    expect(await first?.done()).toBe(false);
    expect(await first?.giveBack(150, 0, 'late')).toBe(false);
    expect(await first?.postpone(150, 0)).toBe(false);
    expect(await first?.reject('late')).toBe(false);
    expect(await queue.counts()).toMatchObject({ leased: 1 });
    expect(await second?.done()).toBe(true);
    expect(await second?.done()).toBe(false);
  });

  check('what was given back comes later, and counts; what was postponed does not', async () => {
    const { queue } = await setUp(newUrl());
    await queue.add('a', 'job', '');
    await (await queue.take(0))?.postpone(0, 10);
    expect(await queue.take(9)).toBeUndefined();
    const first = await queue.take(10);
    expect(first?.attempt).toBe(1);
    await first?.giveBack(10, 500, 'busy');
    expect(await queue.take(509)).toBeUndefined();
    expect((await queue.take(510))?.attempt).toBe(2);
  });
});

describe.each(engines)('ends on $name', ({ isMissing, newUrl }) => {
  const check = test.skipIf(isMissing);

  check('a rejected task stays away until it is retried', async () => {
    const { queue } = await setUp(newUrl());
    await queue.add('b', 'job', '');
    await queue.add('a', 'job', '');
    for (const reason of ['bad', 'worse']) await (await queue.take(0))?.reject(reason);
    expect(await queue.take(1e12)).toBeUndefined();
    expect(await queue.rejected()).toEqual([
      { id: 'a', kind: 'job', attempt: 1, reason: 'bad' },
      { id: 'b', kind: 'job', attempt: 1, reason: 'worse' },
    ]);
    expect(await queue.retryRejected('a')).toBe(true);
    expect(await queue.retryRejected('a')).toBe(false);
    expect(await queue.take(0)).toMatchObject({ id: 'a', attempt: 1 });
  });

  check('a task whose lease runs out each time is set aside', async () => {
    const { queue } = await setUp(newUrl());
    await queue.add('a', 'job', '');
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      expect((await queue.take(attempt * 1000))?.attempt).toBe(attempt);
    }
    expect(await queue.take(1e6)).toBeUndefined();
    const [task] = await queue.rejected();
    expect(task?.reason).toBe('delivered 3 times, and each time its lease ran out');
  });

  check('unfinished ones are those that are ready or leased, of a kind', async () => {
    const { queue } = await setUp(newUrl());
    for (const id of ['done', 'leased', 'rejected', 'ready']) await queue.add(id, 'intake', '');
    await queue.add('other', 'aggregate', '');
    await (await queue.take(0, ['intake']))?.done();
    expect((await queue.take(0, ['intake']))?.id).toBe('leased');
    expect((await queue.unfinished('intake')).toSorted()).toEqual(['leased', 'ready', 'rejected']);
    expect(await (await queue.take(0, ['intake']))?.giveBack(0, 1000, 'later')).toBe(true);
    await (await queue.take(0, ['intake']))?.reject('never');
    expect(await queue.unfinished('intake')).toHaveLength(2);
    expect(await queue.unfinished('aggregate')).toEqual(['other']);
  });

  check('its end and its result are one transaction', async () => {
    const { database, queue } = await setUp(newUrl());
    await database.execute('CREATE TABLE result (id TEXT)');
    await queue.add('a', 'job', '');
    const finish = (task: Taken | undefined, thenFail: boolean) =>
      database.transaction(async (tx) => {
        await tx.execute('INSERT INTO result VALUES ($1)', ['a']);
        if ((await task?.done(tx)) !== true) throw new Error('lost');
        await queue.add('next', 'job', '', { nowMs: 5000, tx });
        if (thenFail) throw new Error('failed');
      });
    const first = await queue.take(0);
    await expect(finish(first, true)).rejects.toThrow('failed');
    expect(await queue.counts()).toEqual({ ready: 0, leased: 1, done: 0, rejected: 0 });
    const second = await queue.take(LEASE_MS);
    await expect(finish(first, false)).rejects.toThrow('lost');
    await finish(second, false);
    expect(await queue.counts()).toEqual({ ready: 1, leased: 0, done: 1, rejected: 0 });
    expect(await database.query('SELECT id FROM result')).toEqual([{ id: 'a' }]);
  });
});

describe.each(engines)('sequences on $name', ({ isMissing, newUrl }) => {
  const check = test.skipIf(isMissing);

  check('any sequence of verbs ends as in the model', async () => {
    const { database, queue } = await setUp(newUrl());
    const id = fc.constantFrom('a', 'b', 'c');
    const holder = fc.nat({ max: 5 });
    const command = fc.oneof(
      fc.record({ verb: fc.constant('add' as const), id }),
      fc.record({ verb: fc.constant('take' as const) }),
      fc.record({ verb: fc.constant('take' as const) }),
      fc.record({ verb: fc.constant('wait' as const), ms: fc.nat({ max: 150 }) }),
      fc.record({ verb: fc.constant('retryRejected' as const), id }),
      fc.record({
        verb: fc.constantFrom('extend', 'done', 'giveBack', 'postpone', 'reject'),
        holder,
      }),
    );
    const property = fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      await database.execute('DELETE FROM task');
      const model = createQueueModel({ leaseMs: LEASE_MS, attemptsMax: ATTEMPTS_MAX });
      const held: { real: Taken; model: ModelDelivery }[] = [];
      let nowMs = 0;
      for (const step of commands) {
        if (step.verb === 'wait') nowMs += step.ms;
        else if (step.verb === 'add') {
          expect(await queue.add(step.id, 'job', '', { nowMs })).toBe(model.add(step.id, nowMs));
        } else if (step.verb === 'retryRejected') {
          expect(await queue.retryRejected(step.id)).toBe(model.retryRejected(step.id));
        } else if (step.verb === 'take') {
          const [real, expected] = [await queue.take(nowMs), model.take(nowMs)];
          expect([real?.id, real?.attempt]).toEqual([expected?.id, expected?.attempt]);
          if (real !== undefined && expected !== undefined) held.push({ real, model: expected });
        } else {
          const pair = held.at(-1 - step.holder);
          if (pair === undefined) continue;
          const expected = model.end(pair.model, step.verb, nowMs);
          expect(await endTask(pair.real, step.verb, nowMs), step.verb).toBe(expected);
        }
        expect(await queue.counts()).toEqual(model.counts());
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  check('takers at once never get the same task', async () => {
    const { database, queue } = await setUp(newUrl());
    const count = 60;
    await database.transaction(async (tx) => {
      for (let index = 0; index < count; index += 1) await queue.add(`${index}`, 'job', '', { tx });
    });
    const taken: string[] = [];
    const work = async (): Promise<void> => {
      for (;;) {
        const task = await queue.take(0);
        if (task === undefined) return;
        taken.push(task.id);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    expect(taken).toHaveLength(count);
    expect(new Set(taken).size).toBe(count);
  });
});

function endTask(task: Taken, verb: string, nowMs: number): Promise<boolean> {
  if (verb === 'extend') return task.extend(nowMs);
  if (verb === 'done') return task.done();
  if (verb === 'giveBack') return task.giveBack(nowMs, 40, 'busy');
  if (verb === 'postpone') return task.postpone(nowMs, 40);
  return task.reject('bad');
}
