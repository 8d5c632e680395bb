/**
 * The published manifests (prio-server facilitator/src/manifest.rs): "load_" must parse, "invalid_"
 * must fail at parse or at key extraction. The two others are documents that the facilitator's
 * tests fetch and use, `ingestor_global_manifest` and `ingestor_specific_manifest_fallback`: they
 * must parse and give their key.
 */

import { readVector, vectorsDir } from '@priolab/vectors';
import { publicKeyFromPem } from '@priolab/crypto';
import { describe, expect, test } from 'vitest';

import {
  ManifestError,
  batchSigningKeys,
  expiredSigningKeys,
  lintManifest,
  packetEncryptionKeys,
  readIngestorManifest,
  readPortalManifest,
  readProcessorGlobalManifest,
  readProcessorManifest,
} from '../../../../src/messages/enpa/manifest/index.ts';
import type { ManifestKind } from '../../../../src/messages/enpa/manifest/index.ts';

interface Case {
  readonly test: string;
  readonly comment: string | null;
  readonly text: string;
}

interface Vectors {
  readonly cases: readonly Case[];
  readonly ingestion_test_manifest_format0: object;
}

const vectors = vectorsDir && readVector<Vectors>('enpa/manifests.json');
const cases = vectors ? vectors.cases : [];

/** By the words of the test's name. */
function kindOf(name: string): ManifestKind {
  if (name.includes('portal')) return 'portal';
  if (name.includes('ingestor')) return 'ingestor';
  return name.includes('data_share_processor_global') ? 'global' : 'processor';
}

/** Reads a manifest and then its keys, as the facilitator at its start. */
const readers: Record<ManifestKind, (text: string) => unknown> = {
  ingestor: (text) => batchSigningKeys(readIngestorManifest(text)),
  processor: (text) => batchSigningKeys(readProcessorManifest(text)),
  global: readProcessorGlobalManifest,
  portal: readPortalManifest,
};

/** Not read at their loading: the placeholder "fake" stands for their keys. */
const withoutKeys = 'load_data_share_processor_specific_manifest_v2';

describe.skipIf(vectorsDir === undefined)('published manifests', () => {
  test('are all here', () => {
    expect(cases).toHaveLength(46);
    const count = (prefix: string) => cases.filter((one) => one.test.startsWith(prefix)).length;
    expect([count('load_'), count('invalid_')]).toEqual([9, 35]);
  });

  test.each(cases)('$test: $comment', ({ test: name, text }) => {
    const kind = kindOf(name);
    const read = name === withoutKeys ? readProcessorManifest : readers[kind];
    if (name.startsWith('invalid_')) {
      expect(() => read(text)).toThrow(ManifestError);
      const errors = lintManifest(kind, text).filter(({ level }) => level === 'error');
      expect(errors).not.toEqual([]);
    } else {
      expect(read(text)).toBeDefined();
    }
  });

  test('those with an unreadable key fail at its extraction and not before', () => {
    const found = cases.filter((one) => one.test === 'invalid_specific_public_key');
    expect(found).toHaveLength(3);
    for (const { text } of found) {
      const manifest = readProcessorManifest(text);
      expect(() => batchSigningKeys(manifest)).toThrow(/^batch-signing-public-keys\.fake-key-2\./);
    }
  });

  test('account ids keep all their digits', () => {
    const { serverIdentity } = readProcessorGlobalManifest(cases[0]!.text);
    expect(serverIdentity.awsAccountId).toBe(12345678901234567n);
  });

  test('version 1 of a processor: all fields and both keys', () => {
    const { text } = cases.find((one) => one.test.endsWith('specific_manifest_v1'))!;
    const manifest = readProcessorManifest(text);
    expect(manifest).toMatchObject({
      format: 1,
      ingestionBucket: 's3://us-west-1/ingestion',
      ingestionIdentity: 'arn:aws:iam:something:fake',
      peerValidationBucket: 'gs://validation/path/fragment',
    });
    const { keys } = readVector<{ keys: Record<string, string> }>('enpa/prio_server_keys.json');
    const spki = keys['DEFAULT_INGESTOR_SUBJECT_PUBLIC_KEY_INFO']!;
    const pem = `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`;
    expect([...batchSigningKeys(manifest, 0)]).toEqual([['fake-key-2', publicKeyFromPem(pem)]]);
    expect([...packetEncryptionKeys(manifest).keys()]).toEqual(['fake-key-1']);
    expect(packetEncryptionKeys(manifest).get('fake-key-1')).toHaveLength(65);
    expect(lintManifest('processor', text)).toEqual([
      expect.objectContaining({ code: 'no-expiration' }),
    ]);
  });

  test('the two that tests fetched give their key', () => {
    const fetched = cases.filter((one) => one.test.startsWith('ingestor_'));
    expect(fetched).toHaveLength(2);
    for (const { text } of fetched) {
      const manifest = readIngestorManifest(text);
      expect([...batchSigningKeys(manifest).keys()]).toEqual(['key-identifier-1']);
      expect(manifest.serverIdentity.awsIamEntity).toContain('role/ingestor-1-role');
    }
  });

  test('an expiration is enforced where the caller gives a time', () => {
    const text = cases.find((one) => one.test === 'ingestor_global_manifest')!.text;
    const manifest = readIngestorManifest(text);
    const end = Date.UTC(2021, 0, 15, 18, 53, 20);
    expect(batchSigningKeys(manifest, end - 1).size).toBe(1);
    expect(batchSigningKeys(manifest, end).size).toBe(0);
    expect(batchSigningKeys(manifest).size).toBe(1);
    expect(expiredSigningKeys(manifest, end - 1)).toEqual([]);
    expect(expiredSigningKeys(manifest, end)).toEqual(['key-identifier-1']);
  });

  test('format 0 of 2020, with certificates', () => {
    const text = JSON.stringify((vectors as Vectors).ingestion_test_manifest_format0);
    const manifest = readProcessorManifest(text);
    expect(manifest.format).toBe(0);
    const id = 'demo-gcp-test-pha-1-ingestion-packet-decryption-key';
    expect(packetEncryptionKeys(manifest).get(id)).toHaveLength(65);
    expect(batchSigningKeys(manifest).size).toBe(1);
    expect(lintManifest('processor', text).map(({ code }) => code)).toEqual(['old-format']);
    expect(() => readProcessorManifest(text.replace('"format":0', '"format":1'))).toThrow('format');
  });
});
