/** The edge: what a document may hold, and that every message says file, path, got and allowed. */

import { describe, expect, test } from 'vitest';

import { UsageError, readBatch, readSum, readVerifierShares } from '../src/index.ts';
import { createWorkspace, golden } from './command-line.ts';
import type { Json } from './command-line.ts';

const P = 4293918721;
const verifier: Json = {
  format: 'priolab verifier shares v1',
  role: 'leader',
  batchId: '01'.repeat(16),
  reports: [
    { reportId: '02'.repeat(16), values: [0, P, 2 ** 32 - 1] },
    { reportId: '03'.repeat(16), refused: 'decrypt-failed' },
  ],
};
const sum: Json = {
  format: 'priolab sum v1',
  role: 'helper',
  task: golden('leader-batch.json')['task'],
  windowStartMs: 86_400_000,
  batchIds: ['04'.repeat(16)],
  sum: [0, 1, 2, 3, P - 1],
  count: 3,
  rejected: [{ reportId: '05'.repeat(16), reason: 'proof-invalid' }],
};

/** The problems with a document, one a line; empty where there are none. */
function problems(read: (file: string) => unknown, content: unknown): string[] {
  const workspace = createWorkspace();
  workspace.write('it.json', content);
  const file = workspace.path('it.json');
  try {
    read(file);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const lines = error.message.split('\n');
    for (const line of lines) expect(line.startsWith(`${file}: `)).toBe(true);
    return lines.map((line) => line.slice(file.length + 2));
  }
}

function changed(document: Json, change: (copy: Json) => void): Json {
  const copy = structuredClone(document);
  change(copy);
  return copy;
}

const readLeaderBatch = (file: string) => readBatch(file, 'leader');

describe('batch', () => {
  const batch = golden('leader-batch.json');

  test('the golden one is read as it is', () => {
    expect(problems(readLeaderBatch, batch)).toEqual([]);
  });

  const hex32 = '32 lower-case hex digits for 16 bytes';
  test.each<[string, (copy: Json) => void]>([
    ['format: got "v2", allowed: priolab ingestion batch v1', (b) => (b['format'] = 'v2')],
    ['extra: got an unknown key, allowed: format, task', (b) => (b['extra'] = 1)],
    ['__proto__: got an unknown key', (b) => Object.defineProperty(b, '__proto__', prototype)],
    ['task: got nothing, allowed: an object', (b) => delete b['task']],
    ['task.bins: got 0, allowed: a number from 1 to 524287', (b) => (b['task'].bins = 0)],
    ['task.bins: got 2.5, allowed: a whole number', (b) => (b['task'].bins = 2.5)],
    ['task.bins: got "5", allowed: a whole number', (b) => (b['task'].bins = '5')],
    ['task.bins: got 5, allowed: 6, for metric', (b) => (b['task'].metric = 'CodeVerified-v1')],
    ['task.metric: got "a/b", allowed: 1 to 100', (b) => (b['task'].metric = 'a/b')],
    ['task.state: got null, allowed', (b) => (b['task'].state = null)],
    ['task.vendor: got "nokia", allowed: apple, google', (b) => (b['task'].vendor = 'nokia')],
    ['task.epsilon: got -1, allowed: a number from 0 to 32', (b) => (b['task'].epsilon = -1)],
    ['task.windowMs: got 0, allowed', (b) => (b['task'].windowMs = 0)],
    ['windowStartMs: got 7, allowed: a multiple of windowMs', (b) => (b['windowStartMs'] = 7)],
    [`batchId: got 2 characters for 1 bytes, allowed: ${hex32}`, (b) => (b['batchId'] = 'ab')],
    [`batchId: got 32 characters for 16`, (b) => (b['batchId'] = 'AB'.repeat(16))],
    ['batchId: got 5, allowed', (b) => (b['batchId'] = 5)],
    ['reports: got a list of 0, allowed: a list of 1 to 10000', (b) => (b['reports'] = [])],
    ['reports: got a list of 10001', (b) => (b['reports'] = Array(10_001).fill(0))],
    ['reports: got an object, allowed: a list', (b) => (b['reports'] = {})],
    ['reports[2]: got 3, allowed: an object', (b) => (b['reports'][2] = 3)],
    ['reports[1].r: got -1, allowed', (b) => (b['reports'][1].r = -1)],
    [
      `reports[1].r: got ${P}, allowed: a number from 0 to ${P - 1}`,
      (b) => (b['reports'][1].r = P),
    ],
    ['reports[1].reportId: got nothing', (b) => delete b['reports'][1].reportId],
    ['reports[7].sealed: got 4 characters for 3', (b) => (b['reports'][7].sealed = 'AAAA')],
    ['reports[0].sealed: got 197 characters', (b) => (b['reports'][0].sealed += '\n')],
  ])('%s', (message, change) => {
    const found = problems(readLeaderBatch, changed(batch, change));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('all problems at once, up to ten', () => {
    const some = changed(batch, (b) => {
      b['batchId'] = '';
      b['reports'][0].r = 'x';
      b['reports'][1].more = true;
    });
    expect(problems(readLeaderBatch, some)).toHaveLength(3);
    const many = changed(batch, (b) => {
      for (const report of b['reports']) Object.assign(report, { r: -1, sealed: null });
    });
    const found = problems(readLeaderBatch, many);
    expect(found).toHaveLength(11);
    expect(found[10]).toBe('and 6 more problems');
  });

  test('text that is no JSON document', () => {
    for (const text of ['', '{', '[1,]', '{"a":1} x', '\u0000']) {
      expect(problems(readLeaderBatch, text)).toEqual([
        'got text that is not JSON, allowed: one JSON document',
      ]);
    }
    expect(problems(readLeaderBatch, '[]')).toEqual([
      'document: got a list of 0, allowed: an object',
    ]);
  });
});

const prototype = { value: 1, enumerable: true };

describe('verifier shares', () => {
  test('values of p and more are left to the protocol', () => {
    expect(problems(readVerifierShares, verifier)).toEqual([]);
  });

  test.each<[string, (copy: Json) => void]>([
    ['role: got "boss", allowed: leader, helper', (v) => (v['role'] = 'boss')],
    [
      'reports[0].values: got a list of 2, allowed: a list of 3',
      (v) => v['reports'][0].values.pop(),
    ],
    ['reports[0].values[1]: got 4294967296', (v) => (v['reports'][0].values[1] = 2 ** 32)],
    ['reports[0].values[0]: got 0.5', (v) => (v['reports'][0].values[0] = 0.5)],
    ['reports[0]: got an object, allowed: either', (v) => (v['reports'][0].refused = 'stale')],
    ['reports[1].refused: got "none"', (v) => (v['reports'][1].refused = 'none')],
    ['reports[1].refused: got "because"', (v) => (v['reports'][1].refused = 'because')],
  ])('%s', (message, change) => {
    const found = problems(readVerifierShares, changed(verifier, change));
    expect(found[0]).toContain(message);
    expect(found).toHaveLength(1);
  });

  test('neither values nor a refusal', () => {
    const empty = changed(verifier, (v) => delete v['reports'][0].values);
    expect(problems(readVerifierShares, empty)[0]).toContain('either values or refused');
  });
});

describe('sum', () => {
  test('one that is in order', () => {
    expect(problems(readSum, sum)).toEqual([]);
  });

  test.each<[string, (copy: Json) => void]>([
    ['sum: got a list of 4, allowed: a list of 5', (s) => s['sum'].pop()],
    [`sum[4]: got ${P}, allowed: a number from 0 to ${P - 1}`, (s) => (s['sum'][4] = P)],
    ['count: got -1', (s) => (s['count'] = -1)],
    ['batchIds: got a list of 0', (s) => (s['batchIds'] = [])],
    ['batchIds[0]: got 1 characters', (s) => (s['batchIds'][0] = 'x')],
    ['rejected[0].reason: got "odd"', (s) => (s['rejected'][0].reason = 'odd')],
    ['windowStartMs: got 8640000086400000', (s) => (s['windowStartMs'] = 8640000086400000)],
  ])('%s', (message, change) => {
    const found = problems(readSum, changed(sum, change));
    expect(found[0]).toContain(message);
    expect(found).toHaveLength(1);
  });
});
