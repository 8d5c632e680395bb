/** What operators see: metrics under the names of 2021, health, logs without secrets. ENPA 6.9. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { createBackend, encodeKeyPair, encodeSigningKey, toHex } from '@priolab/crypto';
import { serveOperators } from '@priolab/service';
import type { Health } from '@priolab/service';

import { createMetrics } from '../../src/service/metrics.ts';
import { ROLES, keyOf } from '../deployment.ts';
import { createRehearsal } from './desks.ts';
import type { Rehearsal } from './desks.ts';
import { makeReports, spoilProof, uuidOf } from './reports.ts';
import type { Report } from './reports.ts';

const MANAGER = [
  'ingestions_found', 'incomplete_ingestions_found', 'aggregate_ingestions_found',
  'aggregate_incomplete_ingestions_found', 'peer_validations_found',
  'incomplete_peer_validations_found', 'intake_tasks_scheduled',
  'intake_tasks_skipped_due_to_marker', 'aggregation_tasks_scheduled',
  'aggregation_tasks_skipped_due_to_marker', 'number_of_batches_in_aggregation',
]; // prettier-ignore
const FACILITATOR = [
  'intake_tasks_started', 'aggregate_tasks_started', 'intake_tasks_finished',
  'aggregate_tasks_finished', 'intake_packets_per_ingestion_batch_count',
  'intake_ingestion_packets_processed', 'intake_bytes_processed',
  'aggregate_packets_per_batch_count', 'aggregate_packets_processed',
  'aggregate_bytes_processed', 'aggregate_packets_per_sum_part_count',
]; // prettier-ignore

const reports = makeReports('operators', 5);
const [bad] = makeReports('operators bad', 1, spoilProof(0)) as [Report];
const broken = { ...reports[4]!, leader: reports[4]!.leader.with(70, 1) };
const A = { batchUuid: uuidOf('a'), reports: [...reports.slice(0, 4), bad, broken] };

async function wholeRun(): Promise<Rehearsal> {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(A);
  await rehearsal.ingest({ batchUuid: uuidOf('b'), reports: [reports[0]!], header: { prime: 7 } });
  const signer = { keyId: 'nobody', sign: () => new Uint8Array(70) };
  await rehearsal.ingest({ batchUuid: uuidOf('c'), reports: [reports[0]!], signer });
  await rehearsal.settle();
  return rehearsal;
}

describe('metrics', () => {
  test('every name of 2021 has a value after one run', async () => {
    const rehearsal = await wholeRun();
    const { metrics } = await rehearsal.open('leader');
    const text = await metrics.text();
    const names = [
      ...MANAGER.map((name) => `workflow_manager_${name}`),
      ...FACILITATOR.map((name) => `facilitator_${name}`),
      'facilitator_invalid_ingestion_validation_batches',
    ];
    const valueOf = (name: string): string | undefined =>
      new RegExp(`^${name}\\{[^}]*aggregation_id="kittens-seen"[^}]*\\} (.*)$`, 'm').exec(
        text,
      )?.[1];
    expect(names.filter((name) => valueOf(name) === undefined)).toEqual([]);
    expect(text).toMatch(/^facilitator_api_latency_ms_bucket\{le="45000",service="store"/m);
    const exact = {
      workflow_manager_ingestions_found: '3',
      workflow_manager_aggregate_ingestions_found: '3',
      workflow_manager_peer_validations_found: '1',
      workflow_manager_incomplete_peer_validations_found: '0',
      workflow_manager_number_of_batches_in_aggregation: '1',
      workflow_manager_intake_tasks_scheduled: '3',
      facilitator_intake_ingestion_packets_processed: '6',
      facilitator_aggregate_packets_processed: '6',
    };
    const found = Object.keys(exact).map((name) => [name, valueOf(name)]);
    expect(Object.fromEntries(found)).toEqual(exact);
    const refused = 'priolab_packets_refused{aggregation_id="kittens-seen"';
    expect(text).toContain(`${refused},reason="decrypt-failed"} 1`);
  });

  test('a time is there once there is one to tell, and stays', async () => {
    const metrics = createMetrics();
    expect(await metrics.text()).not.toMatch(/last_(success|failure)_seconds/);
    metrics.scanned({ nowMs: 5000, tookMs: 20, ok: true });
    const first = await metrics.text();
    expect(first).toContain('workflow_manager_last_success_seconds 5\n');
    expect(first).not.toContain('last_failure_seconds');
    metrics.scanned({ nowMs: 9000, tookMs: 250, ok: false });
    const second = await metrics.text();
    expect(second).toContain('workflow_manager_last_success_seconds 5\n');
    expect(second).toContain('workflow_manager_last_failure_seconds 9\n');
    expect(second).toContain('workflow_manager_runtime_seconds 0.25\n');
  });
});

describe('the operators’ server', () => {
  async function serving(health: Partial<Health>, metrics = () => Promise.resolve('a 1\n')) {
    const all: Health = {
      isReady: true,
      problem: undefined,
      fields: { failedScans: 2 },
      ...health,
    };
    const options = { host: '127.0.0.1', port: 0, health: () => all, metrics };
    const server = await serveOperators(options);
    onTestFinished(() => server.close());
    return async (path: string, method = 'GET') => {
      const response = await fetch(`${server.url}${path}`, { method });
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
  }

  test('answers three questions, and nothing else', async () => {
    const ask = await serving({});
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
    const ready = await ask('/readyz?verbose');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toEqual({ ready: true, problem: null, failedScans: 2 });
    const metrics = await ask('/metrics');
    expect(metrics).toMatchObject({ status: 200, text: 'a 1\n' });
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await ask('/healthz', 'HEAD')).toMatchObject({ status: 200, text: '' });
    for (const path of ['/', '/config', '/healthz/', '/../etc/passwd', '//healthz']) {
      expect((await ask(path)).status).toBe(404);
    }
    for (const method of ['POST', 'DELETE', 'PUT']) {
      expect((await ask('/healthz', method)).status).toBe(405);
    }
  });

  test('is alive before it is ready', async () => {
    const ask = await serving({ isReady: false });
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(503);
  });

  test('is ill where nothing goes on, whatever its metrics answer', async () => {
    const ask = await serving({ problem: 'nothing has gone on for 600 s' });
    expect((await ask('/healthz')).status).toBe(503);
    expect((await ask('/readyz')).status).toBe(503);
    expect((await ask('/metrics')).status).toBe(200);
  });

  test('tells no error of ours', async () => {
    const ask = await serving({}, () => Promise.reject(new Error('secret')));
    const { status, text } = await ask('/metrics');
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
  });
});

test('nothing that is logged, reported or written holds a key or a share', async () => {
  const rehearsal = await wholeRun();
  // Packets and batches that go wrong, and a block that is opened again, are in it.
  const texts = rehearsal.logs.map((line) => JSON.stringify(line));
  expect(texts.length).toBeGreaterThan(10);
  for (const role of ROLES) {
    const { metrics, queue } = await rehearsal.open(role);
    texts.push(await metrics.text(), JSON.stringify(await queue.rejected()));
  }
  const log = texts.join('\n');
  const secrets: Uint8Array[] = [];
  for (const name of ['leader packet', 'helper packet', 'leader signing', 'helper signing']) {
    const keyPair = keyOf(name);
    secrets.push(keyPair.scalar);
    for (const text of [encodeKeyPair(keyPair), encodeSigningKey(keyPair)]) {
      expect(log).not.toContain(text);
    }
  }
  for (const role of ROLES) secrets.push(...openedShares(role));
  secrets.push(...reports.flatMap(({ leader, helper }) => [leader, helper]));
  expect(secrets.length).toBeGreaterThan(20);
  for (const secret of secrets) {
    // A part of one is as bad, wherever base64 begins.
    const part = secret.subarray(-24);
    expect(log).not.toContain(toHex(part));
    for (const from of [0, 1, 2]) {
      expect(log).not.toContain(Buffer.from(part.subarray(from)).toString('base64').slice(0, 20));
    }
    expect(log).not.toContain([...part.subarray(0, 8)].join(','));
  }
  for (const { bits } of reports) expect(log).not.toContain(JSON.stringify(bits));
});

function openedShares(role: 'leader' | 'helper'): Uint8Array[] {
  const backend = createBackend('wasm');
  const privateKey = backend.privateKey(keyOf(`${role} packet`).scalar);
  return reports.map((report) => {
    const sealed = report[role];
    const plain = new Uint8Array(sealed.length - 81);
    const status = new Uint8Array(1);
    backend.open({
      count: 1,
      privateKey,
      sealed: { bytes: sealed, offset: 0, stride: sealed.length },
      sealedSize: sealed.length,
      plaintexts: { bytes: plain, offset: 0, stride: plain.length },
      status,
      failure: 1,
    });
    expect(status[0]).toBe(0);
    return plain;
  });
}
