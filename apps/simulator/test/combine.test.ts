/** `priolab combine` over buckets in folders: what it prints, what it names, how it ends. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generateKeyPair, publicKeyToPem, sha256 } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import { UsageError } from '@priolab/harness';
import {
  createBatchSigner,
  encodeContainer,
  records,
  sealHeader,
  sumPartPath,
} from '@priolab/roles/enpa';
import type { ServerIndex } from '@priolab/roles/enpa';
import { writeProcessorManifest } from '@priolab/roles/manifest';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';

import { combine } from '../src/commands/combine.ts';

/** The prime of ENPA. */
const FIELD_MODULUS = 4_293_918_721;
const START = Date.UTC(2021, 11, 1);
const END = START + 28_800_000;
const REFUSED = '00000000-0000-4000-8000-000000000002';
const keys = [generateKeyPair(), generateKeyPair()];
let folder = '';
const folders: string[] = [];
afterAll(() => folders.forEach((one) => rmSync(one, { recursive: true })));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'priolab-combine-'));
  folders.push(folder);
  for (const server of [0, 1]) {
    mkdirSync(join(folder, `sums-${server}`));
    const keyPair = keys[server]!;
    const text = writeProcessorManifest({
      format: 1,
      ingestionBucket: 'ingestion',
      peerValidationBucket: 'validations',
      batchSigningPublicKeys: new Map([
        [`key-${server}`, { publicKey: publicKeyToPem(keyPair.publicKey), expiration: '' }],
      ]),
      packetEncryptionKeys: new Map([
        ['p', { certificateSigningRequest: createCsr({ keyPair, commonName: 'a' }) }],
      ]),
    });
    writeFileSync(join(folder, `${server}.json`), text);
  }
});

/** A signed sum part in its bucket, and the list of refused reports before it. */
function write(server: ServerIndex, sum: number[], change: { clients?: number; at?: string } = {}) {
  const { clients = 9, at = 'us-wa-apple' } = change;
  const form = { sync: new Uint8Array(16) };
  const packets = encodeContainer(records.invalidPacket, [{ uuid: REFUSED }], form);
  const header = {
    batchUuids: ['00000000-0000-4000-8000-000000000001'],
    name: 'seen',
    bins: 2,
    epsilon: 4,
    prime: FIELD_MODULUS,
    numberOfServers: 2,
    hammingWeight: null,
    sum,
    aggregationStartTime: START,
    aggregationEndTime: END,
    packetFileDigest: sha256(packets),
    totalIndividualClients: clients,
  };
  const signer = createBatchSigner({ keyId: `key-${server}`, keyPair: keys[server]! });
  const sealed = sealHeader(records.sumPart, header, signer, form);
  const names = sumPartPath({ instance: at, aggregation: 'seen', start: START, end: END }, server);
  const objects = { [names.packets]: packets, [names.header]: sealed.header };
  for (const [key, bytes] of Object.entries({ ...objects, [names.signature]: sealed.signature })) {
    const path = join(folder, `sums-${server}`, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  return join(folder, `sums-${server}`, names.header);
}

const run = (...more: string[]) => runOn(['sums-0', 'sums-1'], ...more);

async function runOn(buckets: readonly [string, string], ...more: string[]) {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    const at = (name: string): string => join(folder, name);
    const pha = ['--pha', at(buckets[0]), '--pha-manifest', at('0.json')];
    const facilitator = ['--facilitator', at(buckets[1]), '--facilitator-manifest', at('1.json')];
    const code = await combine([...pha, ...facilitator, ...more]);
    const textOf = ({ mock }: typeof log) => mock.calls.map(([text]) => text as string).join('\n');
    return { code, out: textOf(log), err: textOf(told) };
  } finally {
    log.mockRestore();
    told.mockRestore();
  }
}

const fits = (at?: string): void => {
  write(0, [10, FIELD_MODULUS - 3], at === undefined ? {} : { at });
  write(1, [FIELD_MODULUS - 8, 12], at === undefined ? {} : { at });
};

test('what fits is paired: totals, clients, estimates', async () => {
  fits();
  const { code, out } = await run();
  expect(code).toBe(0);
  expect(out).toContain('us-wa-apple seen 2021-12-01T00:00Z to 2021-12-01T08:00Z: 9 clients');
  expect(out).toMatch(/ {2}total +2 +9\n/);
  expect(out).toMatch(/ {2}estimate +1\.9 +9\.2\n/);
  expect(out).toContain('1 paired, 0 held, 0 unreadable');
});

test('as one JSON document, of the instances that are asked for', async () => {
  fits();
  fits('us-ca-apple');
  const { code, out } = await run('--json', '--instance', 'us-ca-apple');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'priolab-combination/1',
    totals: [
      {
        instance: 'us-ca-apple',
        aggregation: 'seen',
        start: '2021-12-01T00:00:00.000Z',
        clients: 9,
        refused: [REFUSED],
        totals: [2, 9],
      },
    ],
    held: [],
    unreadable: [],
  });
});

test('what does not fit is held and named', async () => {
  write(0, [10, FIELD_MODULUS - 3]);
  write(1, [FIELD_MODULUS - 8, 12], { clients: 8 });
  const { code, out } = await run();
  expect(code).toBe(1);
  expect(out).toContain('HELD  us-wa-apple seen 2021-12-01T00:00Z to 2021-12-01T08:00Z: counts');
});

test('what can not be read is named', async () => {
  fits();
  writeFileSync(write(1, [FIELD_MODULUS - 8, 12]), 'no container');
  const { code, out } = await run();
  expect(code).toBe(1);
  expect(out).toMatch(/^UNREADABLE {2}facilitator us-wa-apple\/seen\/.*sum_1\.sig: invalid-sig/m);
  expect(out).toContain('no-helper-share');
});

test('one side alone is held', async () => {
  write(0, [10, FIELD_MODULUS - 3]);
  const { code, out, err } = await run();
  expect(code).toBe(1);
  expect(out).toContain('no-helper-share');
  expect(err).toBe('');
});

test('a bucket that has only other objects is told, as is one that is named twice', async () => {
  write(0, [10, FIELD_MODULUS - 3]);
  const same = await runOn(['sums-0', 'sums-0']);
  expect(same.code).toBe(1);
  expect(same.err).toBe(
    '--facilitator: 3 objects, but no sum part of the facilitator (.sum_1): ' +
      '--pha and --facilitator are the same',
  );
  const swapped = await runOn(['sums-1', 'sums-0']);
  expect(swapped.err).toMatch(/^--facilitator: .* is it the right one\?$/);
});

test('an expired key is trusted: its sum parts may be older than its end', async () => {
  fits();
  for (const server of [0, 1]) {
    const file = join(folder, `${server}.json`);
    const text = readFileSync(file, 'utf8');
    const expired = text.replace(/"expiration": ?""/, '"expiration":"2022-01-01T00:00:00Z"');
    expect(expired).not.toBe(text);
    writeFileSync(file, expired);
  }
  expect((await run()).code).toBe(0);
});

test('nothing there is no pass', async () => {
  expect(await run()).toEqual({ code: 6, out: '0 paired, 0 held, 0 unreadable', err: '' });
});

test('mistakes are told', async () => {
  await expect(combine(['--pha', 'x'])).rejects.toThrow(/--facilitator is missing/);
  rmSync(join(folder, 'sums-1'), { recursive: true });
  await expect(run()).rejects.toThrow(UsageError);
  writeFileSync(join(folder, '0.json'), '{}');
  await expect(run()).rejects.toThrow(/0\.json/);
});
