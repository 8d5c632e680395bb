/**
 * Whom a processor believes, and with which keys: validations and sets that are not the peer's,
 * keys that are rotated, expire or are missing for a while.
 * Source: ENPA sections 4 "Key forms", 6.6 "Key life", 9.2 nos. 31 to 34.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { encodeKeyPair, encodeSigningKey, sha256 } from '@priolab/crypto';
import type { ProcessorRole } from '@priolab/roles';
import {
  createBatchSigner,
  decodeContainer,
  decodeOne,
  encodeContainer,
  records,
  sealHeader,
} from '@priolab/roles/enpa';
import type { BatchSigner, ValidityHeader } from '@priolab/roles/enpa';
import {
  readProcessorManifest,
  writeIngestorManifest,
  writeProcessorManifest,
} from '@priolab/roles/manifest';
import type { ProcessorManifest } from '@priolab/roles/manifest';

import { syncOf } from '../../src/service/places.ts';
import { INGESTOR_KEY_ID, ROLES, keyOf, signingKey } from '../deployment.ts';
import { AFTERNOON, createRehearsal, expectSums } from './desks.ts';
import type { Rehearsal } from './desks.ts';
import { ingestor, makeReports, spoilProof, uuidOf } from './reports.ts';

const [A, B] = ['a', 'b']
  .map((name) => ({ batchUuid: uuidOf(name), reports: makeReports(`trust ${name}`, 4) }))
  .sort((a, b) => (a.batchUuid < b.batchUuid ? -1 : 1)) as [Content, Content];
type Content = { batchUuid: string; reports: ReturnType<typeof makeReports> };

const baseOf = ({ batchUuid }: Content): string =>
  `kittens-seen/2021/12/01/08/10/${batchUuid}.validity_0`;
const leaderSigner = createBatchSigner({
  keyId: 'leader-signing-1',
  keyPair: keyOf('leader signing'),
});

/** The leader's validation header with other members, signed again, in the helper's bucket. */
async function resign(
  { bucket }: Rehearsal,
  batch: Content,
  how: { header?: Partial<ValidityHeader>; signer?: BatchSigner },
): Promise<void> {
  const store = bucket('helper-validations');
  const base = baseOf(batch);
  const header = decodeOne(records.validityHeader, (await store.get(base))!);
  const sealed = sealHeader(
    records.validityHeader,
    { ...header, ...how.header },
    how.signer ?? leaderSigner,
    { sync: syncOf(base) },
  );
  await store.put(base, sealed.header, { overwrite: true });
  await store.put(`${base}.sig`, sealed.signature, { overwrite: true });
}

describe('a validation that is not the peer’s word on the batch', () => {
  const signer = (keyId: string, name: string): BatchSigner =>
    createBatchSigner({ keyId, keyPair: keyOf(name) });
  const cases: [string, string, (rehearsal: Rehearsal) => Promise<void>][] = [
    [
      'is signed by another under its name',
      'invalid-signature',
      (rehearsal) => resign(rehearsal, B, { signer: signer('leader-signing-1', 'stranger') }),
    ],
    [
      'has packets of another digest',
      'digest-mismatch',
      (rehearsal) => resign(rehearsal, B, { header: { packetFileDigest: new Uint8Array(32) } }),
    ],
    [
      'has other parameters',
      'header-mismatch',
      (rehearsal) => resign(rehearsal, B, { header: { epsilon: 3 } }),
    ],
    [
      'is that of another batch',
      'header-mismatch',
      async ({ bucket }) => {
        const store = bucket('helper-validations');
        for (const ending of ['', '.avro', '.sig']) {
          const bytes = (await store.get(`${baseOf(A)}${ending}`))!;
          await store.put(`${baseOf(B)}${ending}`, bytes, { overwrite: true });
        }
      },
    ],
  ];

  test.each(cases)('it %s: the batch is in no sum', async (_, code, tamper) => {
    const rehearsal = await createRehearsal();
    for (const batch of [A, B]) await rehearsal.ingest(batch);
    await rehearsal.settle(['leader']);
    await tamper(rehearsal);
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
    expect(rehearsal.told('helper', 'validation-refused')).toMatchObject([
      { batch: B.batchUuid, code },
    ]);
    expect(rehearsal.told('leader', 'batch-left-out')).toMatchObject([
      { batch: B.batchUuid, code: 'batch-unmatched' },
    ]);
  });

  test('packets that the peer did not evaluate, evaluated twice, or out of the field', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    await rehearsal.settle(['leader']);
    const store = rehearsal.bucket('helper-validations');
    const key = `${baseOf(A)}.avro`;
    const [first, second, third] = decodeContainer(records.validityPacket, (await store.get(key))!);
    // In another order; of the second there is a second word; the third is no field element.
    const said = [third!, second!, { ...second!, fR: 1 }, first!].map((packet) =>
      packet === third ? { ...packet, hR: 2 ** 32 - 1 } : packet,
    );
    const bytes = encodeContainer(records.validityPacket, said, { sync: syncOf(key) });
    await store.put(key, bytes, { overwrite: true });
    await resign(rehearsal, A, { header: { packetFileDigest: sha256(bytes) } });
    await rehearsal.settle(['helper']);
    await rehearsal.settle(['leader']);
    await rehearsal.settle(['helper']);
    const helper = (await rehearsal.sumPart('helper'))!;
    expect(helper.header.totalIndividualClients).toBe(2);
    expect(helper.invalid).toEqual(A.reports.slice(2).map(({ uuid }) => uuid));
  });
});

test('a set that is not the peer’s is not believed', async () => {
  const rehearsal = await createRehearsal();
  await rehearsal.ingest(A);
  await rehearsal.settle(['leader']);
  await rehearsal.settle(['helper']);
  await rehearsal.settle(['leader']);
  const store = rehearsal.bucket('helper-validations');
  const [key] = (await store.list('priolab-window-sets/')).filter((one) => !one.endsWith('.sig'));
  const text = Buffer.from((await store.get(key!))!).toString();
  await store.put(key!, Buffer.from(text.replace(A.batchUuid, B.batchUuid)), { overwrite: true });
  await rehearsal.settle(['helper']);
  expect(await rehearsal.rejected('helper')).toEqual(['invalid-signature']);
  expect(await rehearsal.sumPart('helper')).toBeUndefined();
});

describe('signing keys', () => {
  const manifestOf = ({ deployment }: Rehearsal, role: ProcessorRole): string =>
    deployment.path(`manifests/${role}.json`);

  function publish(
    rehearsal: Rehearsal,
    role: ProcessorRole,
    keys: readonly (readonly [string, ReturnType<typeof signingKey>])[],
  ): void {
    const file = manifestOf(rehearsal, role);
    const manifest = readProcessorManifest(readFileSync(file, 'utf8')) as ProcessorManifest;
    const changed = { ...manifest, batchSigningPublicKeys: new Map(keys) };
    writeFileSync(file, writeProcessorManifest(changed));
  }

  function changeConfig(rehearsal: Rehearsal, role: ProcessorRole, change: object): void {
    const file = rehearsal.deployment.config(role);
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, ...change }));
  }

  test('a peer with its next key is heard once its manifest was read again', async () => {
    const rehearsal = await createRehearsal();
    await rehearsal.ingest(A);
    await rehearsal.open('helper');
    const file = rehearsal.deployment.path('keys/leader-2.signing-key');
    writeFileSync(file, `${encodeSigningKey(keyOf('leader signing 2'))}\n`, { mode: 0o600 });
    changeConfig(rehearsal, 'leader', { signingKey: { id: 'leader-signing-2', file } });
    const old = ['leader-signing-1', signingKey(keyOf('leader signing'))] as const;
    const next = ['leader-signing-2', signingKey(keyOf('leader signing 2'))] as const;
    publish(rehearsal, 'leader', [old, next]);
    await rehearsal.settle();
    expect(await rehearsal.sumPart('helper')).toBeUndefined();
    expect(rehearsal.told('helper', 'validation-refused')[0]).toMatchObject({
      code: 'unknown-key',
    });
    const { renewTrust } = await rehearsal.opened('helper');
    await renewTrust();
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  });

  test('an ingestor with its next key is believed without waiting for the next look', async () => {
    const rehearsal = await createRehearsal({
      settings: {
        schedule: { graceSeconds: 3600, manifestsEverySeconds: 86_400, scanEverySeconds: 0.01 },
      },
    });
    for (const role of ROLES) await rehearsal.open(role);
    const keyPair = keyOf('ingestor 2');
    const text = writeIngestorManifest({
      format: 1,
      serverIdentity: { gcpServiceAccountEmail: 'ingestor@example.org' },
      batchSigningPublicKeys: new Map([['ingestor-2', signingKey(keyPair)]]),
    });
    writeFileSync(rehearsal.deployment.path('manifests/ingestor.json'), text);
    const signer = createBatchSigner({ keyId: 'ingestor-2', keyPair });
    await rehearsal.ingest({ ...A, signer });
    await rehearsal.settle();
    // Taken in at the second try, and summed after the next look.
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
    for (const role of ROLES) {
      expect(rehearsal.told(role, 'task-failed')).toMatchObject([{ code: 'unknown-key' }]);
    }
  });

  test('a key that has expired, or was taken away, is none', async () => {
    const rehearsal = await createRehearsal();
    const { deployment, ingest, settle, rejected, opened } = rehearsal;
    const write = (expiration: string, id = INGESTOR_KEY_ID): void => {
      const key = signingKey(keyOf('ingestor'), expiration);
      const text = writeIngestorManifest({
        format: 1,
        serverIdentity: { gcpServiceAccountEmail: 'ingestor@example.org' },
        batchSigningPublicKeys: new Map([[id, key]]),
      });
      writeFileSync(deployment.path('manifests/ingestor.json'), text);
    };
    write('2021-12-01T17:00:00Z');
    await ingest(A);
    await settle();
    for (const role of ROLES) expect(await rejected(role)).toEqual(['unknown-key']);
    write('2021-12-01T18:00:00Z');
    for (const role of ROLES) {
      const { desk, renewTrust } = await opened(role);
      await renewTrust();
      await desk.queue.retryRejected((await desk.queue.rejected())[0]!.id);
    }
    await settle();
    await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
    // A manifest that can't be read changes nothing.
    writeFileSync(deployment.path('manifests/ingestor.json'), '{');
    const { desk, renewTrust } = await opened('leader');
    await renewTrust();
    expect(rehearsal.told('leader', 'manifests-unread')).toMatchObject([{ code: 'manifest' }]);
    const { trust } = desk.instances.get('us-wa-apple')!;
    const bytes = new Uint8Array(3);
    expect(trust.ingestor.verify(INGESTOR_KEY_ID, bytes, ingestor.sign(bytes))).toBe('good');
    write('', 'another');
    await renewTrust();
    expect(trust.ingestor.verify(INGESTOR_KEY_ID, bytes, ingestor.sign(bytes))).toBe('unknown-key');
  });
});

test('a key that has expired is trusted where that is asked for, as in 2021', async () => {
  const rehearsal = await createRehearsal({ settings: { legacy: ['trust-expired-keys'] } });
  const key = signingKey(keyOf('ingestor'), '2021-12-01T08:00:00Z');
  const text = writeIngestorManifest({
    format: 1,
    serverIdentity: { gcpServiceAccountEmail: 'ingestor@example.org' },
    batchSigningPublicKeys: new Map([[INGESTOR_KEY_ID, key]]),
  });
  writeFileSync(rehearsal.deployment.path('manifests/ingestor.json'), text);
  await rehearsal.ingest(A);
  await rehearsal.settle();
  await expectSums(rehearsal, { counted: A.reports, batches: [A.batchUuid] });
  expect(rehearsal.told('leader', 'signing-key-expired')).toHaveLength(1);
});

describe('packet keys', () => {
  const keyFile = ({ deployment }: Rehearsal, name: string): string => {
    const file = deployment.path(`keys/${name.replaceAll(' ', '-')}`);
    writeFileSync(file, `${encodeKeyPair(keyOf(name))}\n`, { mode: 0o600 });
    return file;
  };
  const useKeys = (rehearsal: Rehearsal, names: readonly string[]): void => {
    const file = rehearsal.deployment.config('leader');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    const packetKeys = names.map((name) => keyFile(rehearsal, name));
    writeFileSync(file, JSON.stringify({ ...config, packetKeys }));
  };
  const next = makeReports('next key', 4, {
    keys: { leader: 'leader packet 2', helper: 'helper packet' },
  });

  test('are tried in order, for each packet', async () => {
    const rehearsal = await createRehearsal();
    useKeys(rehearsal, ['leader packet 3', 'leader packet 2', 'leader packet']);
    const reports = [A.reports[0]!, next[0]!, A.reports[1]!, next[1]!];
    await rehearsal.ingest({ batchUuid: A.batchUuid, reports });
    await rehearsal.settle();
    await expectSums(rehearsal, { counted: reports, batches: [A.batchUuid] });
  });

  test('one that is gone when a block is opened again is missed: the task comes back', async () => {
    const rehearsal = await createRehearsal();
    const { deployment, ingest, settle, close, rejected, open } = rehearsal;
    deployment.setClock('2021-12-01T09:00:00Z');
    // A bad proof, so that the sum noted at intake can't be used.
    const [bad] = makeReports('bad', 1, spoilProof(0)) as [(typeof next)[0]];
    await ingest({ batchUuid: A.batchUuid, reports: [...A.reports, bad] });
    await ingest(B);
    await settle();
    await close('leader');
    useKeys(rehearsal, ['leader packet 2']);
    deployment.setClock(AFTERNOON);
    await settle();
    expect(await rejected('leader')).toEqual(['packet-decryption']);
    expect(await rehearsal.sumPart('leader')).toBeUndefined();
    await close('leader');
    useKeys(rehearsal, ['leader packet 2', 'leader packet']);
    const { queue } = await open('leader');
    await queue.retryRejected((await queue.rejected())[0]!.id);
    await settle();
    const counted = [...A.reports, ...B.reports];
    const batches = [A.batchUuid, B.batchUuid];
    await expectSums(rehearsal, { counted, batches, invalid: [bad.uuid] });
  });

  test('is missed where the sum noted at intake is whole, too: the state is no key', async () => {
    const rehearsal = await createRehearsal();
    rehearsal.deployment.setClock('2021-12-01T09:00:00Z');
    await rehearsal.ingest(A);
    await rehearsal.settle();
    await rehearsal.close('leader');
    useKeys(rehearsal, ['leader packet 2']);
    rehearsal.deployment.setClock(AFTERNOON);
    await rehearsal.settle();
    expect(await rehearsal.rejected('leader')).toEqual(['packet-decryption']);
    expect(await rehearsal.sumPart('leader')).toBeUndefined();
  });
});
