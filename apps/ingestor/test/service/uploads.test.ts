/** Uploads of honest phones: stored, batched, opened by the processors, and summed right. */

import { afterEach, describe, expect, test } from 'vitest';

import { openTestIngestor } from '../ingestor.ts';
import type { TestIngestor, TestOptions } from '../ingestor.ts';
import { columnSums, createPhones, someBits } from '../phones.ts';

let ingestor: TestIngestor | undefined;

async function open(options: TestOptions): Promise<TestIngestor> {
  ingestor = await openTestIngestor(options);
  return ingestor;
}

afterEach(async () => {
  await ingestor?.close();
  ingestor = undefined;
});

describe.each(['apple', 'google'] as const)('plain uploads to %s', (vendor) => {
  const phones = createPhones({ vendor });
  const bits = someBits(9);
  const uploads = phones.uploads(bits);

  test('are stored, batched once, and sum to the truth', async () => {
    const { post, service, batches } = await open({ vendor, tasks: [phones.task] });
    const answers = await Promise.all(uploads.map((upload) => post(upload)));
    expect(answers.map(({ status }) => status)).toEqual(uploads.map(() => 201));
    expect(await service.pendingCount()).toBe(9);
    await service.cut();
    expect(await service.pendingCount()).toBe(0);
    expect(batches).toHaveLength(1);
    expect(phones.totals(batches)).toEqual({ totals: columnSums(bits), count: 9 });
    await service.cut();
    expect(batches).toHaveLength(1);
  });

  test('the same bytes again: stored before, also when their batch is written', async () => {
    const { post, service, batches } = await open({ vendor, tasks: [phones.task] });
    const upload = uploads[0]!;
    const twice = await Promise.all([post(upload), post(upload)]);
    expect(twice.map(({ status }) => status)).toEqual([201, 200]);
    expect((await post(upload)).status).toBe(200);
    await service.cut();
    expect((await post(upload)).status).toBe(200);
    await service.cut();
    expect(batches).toHaveLength(1);
    expect(batches[0]!.leader.count).toBe(1);
  });
});

describe('documents to google', () => {
  const phones = createPhones({ vendor: 'google' });
  const bits = someBits(5);
  const documents = phones.documents(bits);

  test('are stored, batched, and sum to the truth; the same again is the same', async () => {
    const { create, service, batches } = await open({ vendor: 'google', tasks: [phones.task] });
    const answers = await Promise.all(documents.map((document) => create(document)));
    expect(answers.map(({ status, body }) => [status, body.includes('"name"')])).toEqual(
      documents.map(() => [200, true]),
    );
    expect((await create(documents[2]!)).status).toBe(200);
    await service.cut();
    expect((await create(documents[2]!)).status).toBe(200);
    await service.cut();
    expect(phones.totals(batches)).toEqual({ totals: columnSums(bits), count: 5 });
  });
});

test('tasks of different widths in one group', async () => {
  const widths = [3, 9, 30];
  const kinds = widths.map((bins) =>
    createPhones({ vendor: 'apple', metric: `of-${bins}-bins`, bins }),
  );
  const rows = widths.map((bins) => someBits(4, bins));
  const tasks = kinds.map(({ task }) => task);
  const { post, service, batches } = await open({ vendor: 'apple', tasks });
  const uploads = kinds.flatMap((phones, i) => phones.uploads(rows[i]!));
  const spoiled = uploads[5]!.slice();
  spoiled[spoiled.length - 1]! ^= 1;
  const mixed = uploads.map((upload, i) => (i === 5 ? spoiled : upload));
  const answers = await Promise.all(mixed.map((upload) => post(upload)));
  expect(answers.map(({ status }) => status)).toEqual(mixed.map((_, i) => (i === 5 ? 403 : 201)));
  expect((await post(uploads[5]!)).status).toBe(201);
  await service.cut();
  kinds.forEach(({ task, totals }, i) => {
    const own = batches.filter(({ leader }) => leader.task === task);
    expect(totals(own)).toEqual({ totals: columnSums(rows[i]!), count: 4 });
  });
});
