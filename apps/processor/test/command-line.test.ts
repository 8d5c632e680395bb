/**
 * Two processors as separate processes that share nothing but files: the golden batch and, where
 * the vectors are, ten published reports, to their sums; and what goes wrong, with its exit code.
 */

import { chmodSync, readdirSync, statSync } from 'node:fs';

import { decodePublicKey } from '@priolab/crypto';
import { DAY_MS, createTask, customMetric } from '@priolab/roles';
import { readVector, vectorsDir } from '@priolab/vectors';
import { describe, expect, test, vi } from 'vitest';

import { UsageError, readBatch, readKey, readSum } from '../src/index.ts';

import {
  aggregate,
  combine,
  createWorkspace,
  golden,
  goldenWorkspace,
  runAll,
  verify,
} from './command-line.ts';
import type { Json, Outcome, Workspace } from './command-line.ts';
import { BAD_SLOT, COUNT, batchDocument, goldenFiles, keyDocument } from './golden-files.ts';

// A process takes half a second to start, more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const codes = (outcomes: readonly Outcome[]) => outcomes.map(({ code }) => code);

/** The private scalar must be in no output but the key file itself, in no encoding. */
function expectNoKeyIn(outputs: readonly string[], privateKey: string): void {
  const scalar = Buffer.from(privateKey, 'base64').subarray(65);
  const tail = privateKey.slice(-44);
  for (const output of outputs) {
    expect(output).not.toContain(tail.slice(0, 12));
    expect(output).not.toContain(tail.slice(-12));
    expect(output).not.toContain(scalar.toString('hex').slice(0, 12));
    expect(output).not.toContain(scalar.toString('base64').slice(0, 12));
  }
}

test('the search for keys finds one', () => {
  const { privateKey } = golden('leader-key.json') as { privateKey: string };
  const scalar = Buffer.from(privateKey, 'base64').subarray(65);
  for (const leak of [privateKey, scalar.toString('hex'), scalar.toString('base64')]) {
    expect(() => expectNoKeyIn([`got ${leak}, allowed`], privateKey)).toThrow();
  }
});

describe('golden batch', () => {
  test('is what this repository’s devices and ingestor make today', () => {
    for (const [name, document] of Object.entries(goldenFiles().files)) {
      expect(golden(name), name).toEqual(document);
    }
  });

  test('two processes and a combiner: the totals of the seven honest reports', () => {
    const workspace = goldenWorkspace();
    const outcomes = runAll(workspace);
    expect(outcomes.map(({ err }) => err).join('')).toBe('');
    expect(codes(outcomes)).toEqual([0, 0, 0, 0, 0]);
    expect(outcomes[0]!.out).toContain(`${COUNT} reports evaluated\n`);
    expect(outcomes[3]!.out).toContain('7 reports summed, 1 refused (proof-invalid 1)\n');
    expect(outcomes[4]!.out).toBe(
      'metric golden, us-ny, apple, from 2021-07-01T00:00:00.000Z\n' +
        'reports: 7 summed, 1 refused\ntotals: 5 3 3 4 4\n',
    );
    expect(goldenFiles().totals).toEqual([5, 3, 3, 4, 4]);
    const { reportId } = golden('leader-batch.json')['reports'][BAD_SLOT];
    for (const role of ['leader', 'helper']) {
      const sum = workspace.read(`${role}-sum.json`);
      expect(sum).toMatchObject({ role, count: 7, rejected: [{ reportId }] });
    }
    const outputs = outcomes.flatMap(({ out, err }) => [out, err]);
    for (const name of ['leader-verifier', 'helper-verifier', 'leader-sum', 'helper-sum']) {
      outputs.push(JSON.stringify(workspace.read(`${name}.json`)));
    }
    for (const role of ['leader', 'helper']) {
      expectNoKeyIn(outputs, workspace.read(`${role}-key.json`)['privateKey']);
    }
  });

  test('a share tampered with for one: that report is refused by both', () => {
    const workspace = goldenWorkspace();
    const batch = workspace.read('helper-batch.json');
    const sealed = Buffer.from(batch['reports'][2].sealed, 'base64');
    sealed[90]! ^= 1;
    batch['reports'][2].sealed = sealed.toString('base64');
    workspace.write('helper-batch.json', batch);
    const outcomes = runAll(workspace);
    expect(codes(outcomes)).toEqual([0, 0, 0, 0, 0]);
    expect(outcomes[1]!.out).toContain('7 reports evaluated, 1 refused (decrypt-failed 1)');
    expect(outcomes[4]!.out).toContain('reports: 6 summed, 2 refused');
    const reasons = (role: string) =>
      (workspace.read(`${role}-sum.json`)['rejected'] as Json[]).map((item) => item['reason']);
    expect(reasons('helper')).toEqual(['decrypt-failed', 'proof-invalid']);
    expect(reasons('leader')).toEqual(['peer-refused', 'proof-invalid']);
  });

  test('a verification message tampered with at one side: the sums are held', () => {
    const workspace = goldenWorkspace();
    verify(workspace, 'leader');
    verify(workspace, 'helper');
    aggregate(workspace, 'helper');
    const message = workspace.read('helper-verifier.json');
    const { values } = message['reports'][0];
    values[2] = values[2] === 0 ? 1 : values[2] - 1;
    workspace.write('helper-verifier.json', message);
    expect(aggregate(workspace, 'leader').out).toContain('6 reports summed, 2 refused');
    const { code, out, err } = combine(workspace);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^priolab-processor: held: counts-differ \(task /);
    expect(err).toMatch(/leader 6 accepted .* helper 7 accepted .*\n$/);
  });
});

describe.skipIf(vectorsDir === undefined)('ten published reports', () => {
  interface Published {
    readonly server_1_private_key: string;
    readonly server_2_private_key: string;
    readonly server_1_shares: readonly string[];
    readonly server_2_shares: readonly string[];
  }

  test('to the published sum, by way of the expected messages', () => {
    const r = 998314904;
    const vector = readVector<Published>('enpa/fieldpriov2-encrypted.json');
    const metric = customMetric({ id: 'published', bins: 10, layout: 'k-hot' });
    const parameters = { state: 'us-ca', vendor: 'google', epsilon: 8, windowMs: DAY_MS } as const;
    const task = createTask({ metric, ...parameters });
    const workspace = createWorkspace();
    const write = (role: string, privateKey: string, shares: readonly string[]) => {
      const reports = shares.map((sealed, i) => ({ reportId: `${i}`.repeat(32), r, sealed }));
      const head = { task, batchId: 'ab'.repeat(16), windowStartMs: 0 };
      workspace.write(`${role}-key.json`, keyDocument(privateKey));
      workspace.write(`${role}-batch.json`, batchDocument({ ...head, reports }));
    };
    write('leader', vector.server_1_private_key, vector.server_1_shares);
    write('helper', vector.server_2_private_key, vector.server_2_shares);
    const outcomes = runAll(workspace);
    expect(codes(outcomes)).toEqual([0, 0, 0, 0, 0]);
    expect(outcomes[4]!.out).toContain('reports: 10 summed, 0 refused\n');
    expect(outcomes[4]!.out).toContain('totals: 6 7 4 5 9 6 2 6 4 5\n');
    const derived = readVector<{
      fieldpriov2_shares: { verification: Record<string, { server1: number[] }> }[];
    }>('enpa/derived_expectations.json');
    const values = (workspace.read('leader-verifier.json')['reports'] as Json[]).map(
      (report) => report['values'] as number[],
    );
    expect(values).toEqual(
      derived.fieldpriov2_shares.map(({ verification }) => verification[r]!.server1),
    );
  });
});

describe('keys', () => {
  test('keygen: a P-256 key, mode 0600, never over another file', () => {
    const workspace = createWorkspace();
    const { code, out } = workspace.run('keygen', '--out', 'key.json');
    expect(code).toBe(0);
    expect(statSync(workspace.path('key.json')).mode & 0o777).toBe(0o600);
    const { privateKey } = workspace.read('key.json') as { privateKey: string };
    const [, publicKey] = /^public key: (\S+)\n$/.exec(out)!;
    expect(decodePublicKey(publicKey!)).toEqual(decodePublicKey(privateKey));
    expectNoKeyIn([out], privateKey);
    const again = workspace.run('keygen', '--out', 'key.json');
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('key.json: got EEXIST');
    expect(workspace.read('key.json')['privateKey']).toBe(privateKey);
    workspace.run('keygen', '--out', 'other.json');
    expect(workspace.read('other.json')['privateKey']).not.toBe(privateKey);
  });

  test.each([0o644, 0o700])('a key file of mode %d is refused', (mode) => {
    const workspace = goldenWorkspace();
    const key = workspace.read('leader-key.json');
    const name = 'open-key.json';
    workspace.write(name, key);
    chmod(workspace, name, mode);
    const { code, err } = runVerify(workspace, { key: name });
    expect(code).toBe(2);
    expect(err).toContain(`got file mode 0${mode.toString(8)}, allowed: 0600; run: chmod 600`);
    expectNoKeyIn([err], key['privateKey']);
    expect(readdirSync(workspace.folder)).not.toContain('out.json');
  });

  test('the other processor’s key opens nothing, and nothing is written', () => {
    const workspace = goldenWorkspace();
    const { code, out, err } = runVerify(workspace, { key: 'helper-key.json' });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('none of 8 reports could be opened; is helper-key.json the key of the');
    expect(readdirSync(workspace.folder)).not.toContain('out.json');
  });

  test('a broken key file is not quoted', () => {
    const workspace = goldenWorkspace();
    const { privateKey } = workspace.read('leader-key.json') as { privateKey: string };
    const format = 'priolab processor key v1';
    const otherPoint = workspace.read('helper-key.json')['privateKey'].slice(0, 86);
    const broken: [string, unknown][] = [
      ['not JSON', `{"format":"${format}","privateKey":"${privateKey}`],
      ['padded base64', { format, privateKey: privateKey.slice(0, -4) }],
      [
        'padded base64',
        { format, privateKey: `${privateKey.slice(0, -5)} ${privateKey.slice(-4)}` },
      ],
      ['invalid-key', { format, privateKey: otherPoint + privateKey.slice(86) }],
      ['unknown key', { format, privateKey, note: privateKey }],
    ];
    broken.forEach(([message, content], i) => {
      workspace.write(`broken-${i}.json`, content);
      const file = workspace.path(`broken-${i}.json`);
      expect(refusalOf(() => readKey(file))).toContain(message);
      // The key given as another file.
      for (const read of [() => readBatch(file, 'leader'), () => readSum(file)]) {
        expectNoKeyIn([refusalOf(read)], privateKey);
      }
      expectNoKeyIn([refusalOf(() => readKey(file))], privateKey);
    });
    const { code, out, err } = runVerify(workspace, { key: 'broken-0.json' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'priolab-processor: broken-0.json: got text that is not JSON, allowed: one JSON document\n',
    );
  });
});

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('expected a refusal');
}

function chmod({ path }: Workspace, name: string, mode: number): void {
  chmodSync(path(name), mode);
}

function runVerify(
  workspace: Workspace,
  { key = 'leader-key.json', batch = 'leader-batch.json', role = 'leader' },
): Outcome {
  const files = ['--key', key, '--batch', batch, '--out', 'out.json'];
  return workspace.run('verify', '--role', role, ...files);
}

describe('mistakes', () => {
  test('swapped roles', () => {
    const workspace = goldenWorkspace();
    const helperAsLeader = runVerify(workspace, { batch: 'helper-batch.json' });
    expect(helperAsLeader.code).toBe(2);
    expect(helperAsLeader.err).toContain(
      'helper-batch.json: reports[0].sealed: got 152 characters for 113 bytes',
    );
    verify(workspace, 'leader');
    const args = ['--role', 'leader', '--key', 'leader-key.json', '--batch', 'leader-batch.json'];
    const files = ['--peer', 'leader-verifier.json', '--out', 'out.json'];
    const own = workspace.run('aggregate', ...args, ...files);
    expect(own).toMatchObject({ code: 2, out: '' });
    expect(own.err).toContain('leader-verifier.json: role: got leader, allowed: helper');
  });

  test('a peer that breaks the rules: exit code 1 and the rule’s name', () => {
    const workspace = goldenWorkspace();
    verify(workspace, 'helper');
    const message = workspace.read('helper-verifier.json');
    const cases: [string, (copy: Json) => void][] = [
      ['peer-batch', (copy) => (copy['batchId'] = '00'.repeat(16))],
      ['peer-reports', (copy) => copy['reports'].reverse()],
      ['peer-values', (copy) => (copy['reports'][3].values[1] = 4293918721)],
    ];
    for (const [rule, tamper] of cases) {
      const copy = structuredClone(message);
      tamper(copy);
      workspace.write('helper-verifier.json', copy);
      const { code, out, err } = aggregate(workspace, 'leader');
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(`priolab-processor: ${rule}: `);
      expect(readdirSync(workspace.folder)).not.toContain('leader-sum.json');
    }
  });

  test.each([
    ['got nothing, allowed: keygen, verify', []],
    ['got toString, allowed', ['toString']],
    ['verify: got no --key, --batch, --out', ['verify', '--role', 'leader']],
    ["Unknown option '--keys'", ['verify', '--keys', 'k']],
    ["argument 'stray'", ['keygen', '--out', 'k', 'stray']],
    [
      '--role: got boss, allowed: leader, helper',
      ['verify', '--role', 'boss', '--key', 'k', '--batch', 'b', '--out', 'o'],
    ],
    ['none.json: got ENOENT', ['combine', '--leader', 'none.json', '--helper', 'none.json']],
    ['folder: got EISDIR', ['combine', '--leader', '.', '--helper', '.']],
  ])('exit code 2: %s', (message, args) => {
    const { code, out, err } = createWorkspace().run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err.replace('. got', 'folder: got').replace('.: got', 'folder: got')).toContain(message);
    // One line for people, no stack.
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('--help, with examples, wherever it stands', () => {
    for (const args of [['--help'], ['verify', '--help']]) {
      const { code, out, err } = createWorkspace().run(...args);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('Examples:\n  priolab-processor keygen --out leader-key.json\n');
    }
  });
});
