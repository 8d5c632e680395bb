/** What workers hand over: every upload of a shard as it is sent, the same whenever it is made. */

import { createAndroidVerifier, readDocument } from '@priolab/attestation';
import { createBackend } from '@priolab/crypto';
import { reasonCode, uploadLayout } from '@priolab/roles';
import { beforeAll, describe, expect, test } from 'vitest';

import { APK_DIGEST, PACKAGE_NAME, androidAuthority } from '../../src/deployment/documents.ts';
import { UPLOAD_KINDS, buffersOf } from '../../src/deployment/shard-uploads.ts';
import type { ShardUploads, UploadForm } from '../../src/deployment/shard-uploads.ts';
import { tasksOf } from '../../src/deployment/tasks.ts';
import { planOf, seedTreeOf } from '../../src/run/settings.ts';
import { createRunner } from '../../src/run/shard-program.ts';
import type { ShardResult } from '../../src/run/shard-result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { small } from '../run/fixture.ts';

const adversaries = ['dev.retry_same', 'net.dup', 'net.replay', 'cli.forge'] as const;
const vendors = { apple: 1, google: 1 };

function scenarioOf(change: object = {}): Scenario {
  const base = small({ adversaries: adversaries.map((id) => ({ id, share: 0.2 })) });
  return { ...base, population: { ...base.population, reports: 80, vendors }, ...change };
}

async function shardsOf(scenario: Scenario, google: UploadForm): Promise<Required<ShardResult>[]> {
  const plan = planOf(scenario);
  const runner = createRunner({ scenario, plan: plan.transfer, uploads: { google } });
  const results: Required<ShardResult>[] = [];
  for (let shard = 0; shard < plan.shardCount; shard++) {
    results.push((await runner.run(shard)) as Required<ShardResult>);
  }
  return results;
}

const bytesOf = ({ bytes, offsets, sizes }: ShardUploads, index: number): Uint8Array =>
  bytes.subarray(offsets[index], offsets[index]! + sizes[index]!);

const indexesOf = ({ count, kinds }: ShardUploads, kind: string): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => UPLOAD_KINDS[kinds[i]!] === kind);

describe('uploads of a shard', () => {
  const scenario = scenarioOf();
  let shards: Required<ShardResult>[];
  beforeAll(async () => {
    shards = await shardsOf(scenario, 'document');
  });
  const all = (form: UploadForm) =>
    shards.map(({ deployed }) => deployed.uploads).filter((one) => one.form === form);

  test('are all that ingestors in memory saw, with what these said', () => {
    const sent = shards.reduce((sum, { deployed }) => sum + deployed.uploads.count, 0);
    const seen = shards.reduce((sum, { tally }) => sum + tally.uploads, 0);
    expect(sent).toBe(seen);
    expect(sent).toBeGreaterThan(100);
    for (const { deployed } of shards) {
      const { uploads } = deployed;
      const reasons = (kind: string) =>
        new Set(indexesOf(uploads, kind).map((i) => uploads.reasons[i]!));
      expect([...reasons('own')]).toEqual([0]);
      for (const reason of reasons('copy')) expect(reason).toBe(reasonCode('replayed'));
      for (const reason of reasons('next-day')) expect(reason).toBe(reasonCode('stale'));
      expect(indexesOf(uploads, 'copy').length).toBeGreaterThan(0);
      expect(indexesOf(uploads, 'next-day').length).toBeGreaterThan(0);
      // A forged report is refused by the processors, and named.
      expect(deployed.refused.length).toBeGreaterThan(0);
    }
  });

  test('copies share the bytes of an original', () => {
    for (const { deployed } of shards) {
      const { uploads } = deployed;
      const own = new Set(indexesOf(uploads, 'own').map((i) => uploads.offsets[i]));
      for (const kind of ['copy', 'next-day']) {
        for (const i of indexesOf(uploads, kind)) expect(own).toContain(uploads.offsets[i]);
      }
    }
  });

  test('of Apple’s are in the plain form', () => {
    const tasks = tasksOf(scenario, planOf(scenario));
    const sizes = new Set(tasks.map(({ shape }) => uploadLayout(shape).size));
    for (const uploads of all('plain')) {
      for (const i of indexesOf(uploads, 'own')) expect(sizes).toContain(uploads.sizes[i]);
    }
    expect(all('plain').length).toBeGreaterThan(0);
  });

  test('of Google’s are documents that its rules take, attested for metric and day', () => {
    const tasks = tasksOf(scenario, planOf(scenario));
    const metrics = new Set(tasks.map(({ metric }) => metric.id));
    const binsMax = Math.max(...tasks.map(({ metric }) => metric.bins));
    const { root } = androidAuthority(scenario, seedTreeOf(scenario), createBackend('wasm'));
    const verifier = createAndroidVerifier({
      roots: [root],
      packageName: PACKAGE_NAME,
      apkDigests: [APK_DIGEST],
      leafDates: 'check',
    });
    const keys = new Set<string>();
    let count = 0;
    for (const uploads of all('document')) {
      for (const i of indexesOf(uploads, 'own')) {
        const bytes = bytesOf(uploads, i);
        const end = bytes.indexOf(0x0a);
        const target = Buffer.from(bytes.subarray(0, end)).toString();
        const [, project = ''] = /projects\/([^/]+)/.exec(target) ?? [];
        const nowMs = uploads.createdMs[i]!;
        const rules = { project, metrics, binsMax, nowMs };
        const upload = readDocument(target, bytes.subarray(end + 1), rules);
        if ('fault' in upload) throw new Error(`${upload.fault}: ${upload.detail}`);
        expect(upload.createdMs).toBe(nowMs);
        const verdict = verifier.verify(upload, nowMs);
        if (!verdict.ok) throw new Error(`${verdict.fault}: ${verdict.detail}`);
        keys.add(Buffer.from(verdict.keyHash).toString('hex'));
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(20);
    // One key for each report: a phone makes one for each metric and day.
    expect(keys.size).toBe(count);
  });

  test('are the same in another thread, in another order', async () => {
    const plan = planOf(scenario);
    const init = { scenario, plan: plan.transfer, uploads: { google: 'document' as const } };
    const runner = createRunner(init);
    for (let shard = plan.shardCount - 1; shard >= 0; shard--) {
      const { deployed } = (await runner.run(shard)) as Required<ShardResult>;
      const before = shards[shard]!.deployed.uploads;
      expect(deployed.uploads.count).toBe(before.count);
      for (let i = 0; i < before.count; i++) {
        expect(Buffer.compare(bytesOf(deployed.uploads, i), bytesOf(before, i))).toBe(0);
      }
    }
  });

  test('move with the result', () => {
    const [{ deployed }] = shards as [Required<ShardResult>];
    const buffers = buffersOf(deployed.uploads);
    const runner = createRunner({
      scenario,
      plan: planOf(scenario).transfer,
      uploads: { google: 'document' },
    });
    expect(runner.transferables!(shards[0]!)).toEqual(expect.arrayContaining(buffers));
  });
});

test('nothing of all that in a run in memory', async () => {
  const scenario = scenarioOf();
  const runner = createRunner({ scenario, plan: planOf(scenario).transfer });
  expect(await runner.run(0)).not.toHaveProperty('deployed');
});

test('both vendors in the plain form', async () => {
  const shards = await shardsOf(scenarioOf(), 'plain');
  const forms = shards.map(({ deployed }) => deployed.uploads.form);
  expect(new Set(forms)).toEqual(new Set(['plain']));
});
