/** Names of objects: what makes them and what reads them back agree, and anything else is none. */

import { expect, test } from 'vitest';

import { readBatchBase, readWindowBase, batchBase, taskPrefix, windowBase } from '../src/index.ts';
import { DAY_START_MS, HOUR_MS, task } from './fixture.ts';

const batchId = 'ab'.repeat(16);
const startMs = DAY_START_MS + 8 * HOUR_MS;

test('a batch and a window are read back from their names', () => {
  const batch = batchBase(task, startMs, batchId);
  expect(batch).toBe(`us-ca-google/test-metric/2021/07/01/08/00/${batchId}`);
  expect(batch.startsWith(taskPrefix(task))).toBe(true);
  expect(batchBase(task, startMs, new Uint8Array(16).fill(0xab))).toBe(batch);
  expect(readBatchBase(batch)).toEqual({ windowStartMs: startMs, batchId });
  const window = windowBase(task, startMs);
  expect(window).toBe('us-ca-google/test-metric/202107010800-202107011600');
  expect(readWindowBase(window)).toBe(startMs);
});

test.each([
  '',
  'us-ca-google/test-metric',
  `us-ca-google/test-metric/2021/07/01/08/00/${'AB'.repeat(16)}`,
  `us-ca-google/test-metric/2021/07/01/08/00/${batchId}0`,
  `us-ca-google/test-metric/2021/7/1/8/0/${batchId}`,
  `us-ca-google/test-metric/2021/13/01/08/00/${batchId}`,
  'us-ca-google/test-metric/202107010800-202107011600.sum_0',
  'us-ca-google/test-metric/202199990800-202107011600',
  'us-ca-google/test-metric/20210701-20210702',
])('"%s" is neither', (name) => {
  expect(readBatchBase(name)).toBeUndefined();
  expect(readWindowBase(name)).toBeUndefined();
});
