/** Manifests of ours: written and read again, every problem told, and no key quoted. */

import { KeyPair, encodeKeyPair, publicKeyToPem, sha256 } from '@priolab/crypto';
import { createCsr } from '@priolab/crypto/csr';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  ManifestError,
  batchSigningKeys,
  lintManifest,
  manifestDecoders,
  packetEncryptionKeys,
  readExpiration,
  readIngestorManifest,
  readPortalManifest,
  readProcessorGlobalManifest,
  readProcessorManifest,
  writeIngestorManifest,
  writePortalManifest,
  writeProcessorGlobalManifest,
  writeProcessorManifest,
} from '../../../../src/messages/enpa/manifest/index.ts';
import type {
  LintOptions,
  ProcessorManifest,
} from '../../../../src/messages/enpa/manifest/index.ts';

const pairOf = (name: string) => new KeyPair(sha256(new TextEncoder().encode(name)));
const [signing, packet, other] = [pairOf('signing'), pairOf('packet'), pairOf('other')] as const;
const expiration = '2022-03-01T00:00:00Z';
const requestOf = (keyPair: KeyPair) => ({
  certificateSigningRequest: createCsr({ keyPair, commonName: 'processor.example.org' }),
});
const processor: ProcessorManifest = {
  format: 2,
  ingestionBucket: 's3://us-west-1/ingestion/prefix',
  ingestionIdentity: 'arn:aws:iam::1:role/writer',
  peerValidationBucket: 'gs://validation',
  batchSigningPublicKeys: new Map([
    ['signing-1', { publicKey: publicKeyToPem(signing.publicKey), expiration }],
  ]),
  packetEncryptionKeys: new Map([['packet-1', requestOf(packet)]]),
};
const ingestor = {
  format: 1,
  serverIdentity: { awsIamEntity: 'arn:aws:iam::1:role/a', gcpServiceAccountEmail: 'a@b.c' },
  batchSigningPublicKeys: processor.batchSigningPublicKeys,
} as const;
const global = {
  format: 1,
  serverIdentity: { awsAccountId: 2n ** 64n - 1n, gcpServiceAccountEmail: 'a@b.c' },
} as const;
const portal = {
  format: 1,
  facilitatorSumPartBucket: 'gs://facilitator',
  phaSumPartBucket: 's3://us-west-1/pha',
} as const;
const processorText = writeProcessorManifest(processor);

/** What a reader throws. */
function refusalOf(read: () => unknown): ManifestError {
  try {
    read();
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('each kind reads as it was written', () => {
  expect(readProcessorManifest(processorText)).toEqual(processor);
  expect(readIngestorManifest(writeIngestorManifest(ingestor))).toEqual(ingestor);
  expect(readProcessorGlobalManifest(writeProcessorGlobalManifest(global))).toEqual(global);
  expect(readPortalManifest(writePortalManifest(portal))).toEqual(portal);
  expect(processorText).toContain('"batch-signing-public-keys": {\n    "signing-1": {');
});

test('the writer refuses what would not be read', () => {
  const both = { ...global.serverIdentity, gcpServiceAccountId: '1' };
  expect(() => writeProcessorGlobalManifest({ ...global, serverIdentity: both })).toThrow('both');
  expect(() => writePortalManifest({ ...portal, phaSumPartBucket: 's3://region' })).toThrow(
    'pha-sum-part-bucket: expected s3://region/name[/prefix], got "s3://region"',
  );
});

test('null is nothing where a field may be left out, and only there', () => {
  const text = writeIngestorManifest(ingestor);
  const without = text.replace('"arn:aws:iam::1:role/a"', 'null');
  expect(readIngestorManifest(without).serverIdentity).toEqual({ gcpServiceAccountEmail: 'a@b.c' });
  const refusal = refusalOf(() => readIngestorManifest(text.replace('"a@b.c"', 'null')));
  expect(refusal.problems).toEqual([
    { path: 'server-identity.gcp-service-account-email', expected: 'a string', got: 'null' },
  ]);
});

describe('refused', () => {
  test('with all problems at once, each with its path', () => {
    const text = JSON.stringify({
      format: 3,
      extra: 1,
      'ingestion-bucket': 7,
      'peer-validation-bucket': 'https://bucket',
      'batch-signing-public-keys': { 'Key 1': { 'public-key': [], expires: '' } },
      'packet-encryption-keys': [],
    });
    const { problems, message, code } = refusalOf(() => readProcessorManifest(text));
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'batch-signing-public-keys["Key 1"].expiration',
      'batch-signing-public-keys["Key 1"].expires',
      'batch-signing-public-keys["Key 1"].public-key',
      'extra',
      'format',
      'ingestion-bucket',
      'packet-encryption-keys',
      'peer-validation-bucket',
    ]);
    expect(message).toContain('format: expected 1 or 2, got the number 3\n');
    expect(code).toBe('manifest');
  });

  test('members that stand twice', () => {
    const twice = processorText.replace('"signing-1": {', '"signing-1": {}, "signing-1": {');
    const { problems } = refusalOf(() => readProcessorManifest(twice));
    const path = 'batch-signing-public-keys.signing-1';
    expect(problems).toEqual([{ path, expected: 'one member of this name', got: 'another one' }]);
  });

  test.each([
    ['no JSON', '{"format": 1,}', 'one JSON document, got other text in line 1'],
    ['text after it', `${processorText} x`, 'one JSON document'],
    ['too deep', '['.repeat(100_000), 'more than 8 levels'],
    ['too long', ' '.repeat(300_000), 'characters at most'],
    ['too many keys', manyKeys(64), '64 keys at most, got 65'],
    ['half a pair', processorText.replace('signing-1', '\\ud800'), 'half of a surrogate pair'],
    ['a long key id', processorText.replace('signing-1', 'k'.repeat(600)), 'a key id of 1 to 512'],
    ['no object', 'null', 'manifest: expected an object, got null'],
  ])('%s', (_, text, message) => {
    expect(refusalOf(() => readProcessorManifest(text)).message).toContain(message);
  });

  test('account ids that are no unsigned 64-bit number', () => {
    const text = writeProcessorGlobalManifest(global);
    for (const number of ['18446744073709551616', '-1', '1.0', '1e3', '"1"']) {
      const changed = text.replace('18446744073709551615', number);
      expect(() => readProcessorGlobalManifest(changed)).toThrow('an unsigned 64-bit number');
    }
  });

  test('a private key pasted anywhere is not quoted', () => {
    const secret = encodeKeyPair(packet);
    const quotes = [...processorText.matchAll(/"[^"]*"/g)].map(([text]) => text);
    expect(quotes.length).toBeGreaterThan(15);
    for (const text of quotes) {
      const changed = processorText.replace(text, JSON.stringify(secret));
      const said = JSON.stringify(lintManifest('processor', changed, { packetKeys: [packet] }));
      for (let at = 0; at < secret.length; at += 44) {
        expect(said).not.toContain(secret.slice(at, at + 44));
      }
    }
  });
});

/** With so many signing keys beside its own. */
function manyKeys(count: number): string {
  const member = (_: unknown, i: number) => `"k-${i}": {"public-key": "", "expiration": ""}, `;
  const members = Array.from({ length: count }, member).join('');
  return processorText.replace('"signing-1"', `${members}"signing-1"`);
}

test.each([
  ['', undefined],
  ['2021-10-05T22:36:08Z', Date.UTC(2021, 9, 5, 22, 36, 8)],
  ['2021-10-05T22:36:08.5+01:30', Date.UTC(2021, 9, 5, 21, 6, 8, 500)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2023-02-29T00:00:00Z', 'unreadable'],
  ['2021-13-05T22:36:08Z', 'unreadable'],
  ['2021-10-05T24:36:08Z', 'unreadable'],
  ['2021-10-05 22:36:08Z', 'unreadable'],
  ['2021-10-05T22:36:08', 'unreadable'],
  ['2021-10-05', 'unreadable'],
])('an expiration %j', (text, expected) => {
  expect(readExpiration(text)).toBe(expected);
});

test('an expiration that can not be read is refused where it would be enforced', () => {
  const text = processorText.replace(expiration, 'tomorrow');
  const manifest = readProcessorManifest(text);
  expect(batchSigningKeys(manifest).size).toBe(1);
  expect(() => batchSigningKeys(manifest, 0)).toThrow('got "tomorrow"');
});

test('a request that is signed by another key is no packet key', () => {
  const foreign = withForeignSignature();
  expect(() => packetEncryptionKeys(readProcessorManifest(foreign))).toThrow('got another');
});

/** The request of `packet` with the signature of `other`: two whole requests of equal form. */
function withForeignSignature(): string {
  const bytes = (keyPair: KeyPair) => {
    const { certificateSigningRequest: pem } = requestOf(keyPair);
    return Buffer.from(pem.replaceAll(/-----[^-]*-----|\s/g, ''), 'base64');
  };
  const mine = bytes(packet);
  let theirs = bytes(other);
  while (mine.length !== theirs.length) theirs = bytes(other);
  const infoEnd = 6 + mine[5]!;
  const der = Buffer.concat([mine.subarray(0, infoEnd), theirs.subarray(infoEnd)]);
  const label = 'CERTIFICATE REQUEST';
  const pem = `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
  const keys = new Map([['packet-1', { certificateSigningRequest: pem }]]);
  return writeProcessorManifest({ ...processor, packetEncryptionKeys: keys });
}

describe('lint', () => {
  const codesOf = (text: string, options: LintOptions = {}) =>
    lintManifest('processor', text, options).map(({ level, code }) => `${level} ${code}`);
  const change = (part: Partial<ProcessorManifest>) =>
    writeProcessorManifest({ ...processor, ...part });
  const [publicKey] = [...processor.batchSigningPublicKeys.values()];

  test('has nothing to say against a manifest that fits its owner', () => {
    const signingKeys = new Map([['signing-1', signing]]);
    const nowMs = Date.UTC(2022, 1, 1);
    expect(codesOf(processorText, { packetKeys: [packet], signingKeys, nowMs })).toEqual([]);
  });

  test.each<[string, string[], string, LintOptions]>([
    [
      'us-la: another private key',
      ['error no-private-key', 'warning unlisted-packet-key'],
      processorText,
      { packetKeys: [other] },
    ],
    [
      'a key that is not listed yet',
      ['warning unlisted-packet-key'],
      processorText,
      { packetKeys: [packet, other] },
    ],
    [
      'a key id that is not listed',
      ['error unlisted-key-id'],
      processorText,
      { signingKeys: new Map([['signing-2', signing]]) },
    ],
    [
      'a key id of another key',
      ['error other-signing-key'],
      processorText,
      { signingKeys: new Map([['signing-1', other]]) },
    ],
    ['expired', ['error expired'], processorText, { nowMs: Date.parse(expiration) }],
    ['no expiration', ['warning no-expiration'], processorText.replace(expiration, ''), {}],
    ['an odd expiration', ['error bad-expiration'], processorText.replace(expiration, 'x'), {}],
    [
      'keys that are none',
      ['error bad-key', 'error bad-key'],
      processorText.replaceAll('-----BEGIN', '-----BEGINS'),
      {},
    ],
    ['a foreign signature', ['error not-self-signed'], withForeignSignature(), {}],
    ['a local path', ['warning local-bucket'], change({ ingestionBucket: 'buckets/one' }), {}],
    [
      'gs with an identity',
      ['warning needless-identity'],
      change({ peerValidationIdentity: 'account' }),
      {},
    ],
    [
      'one key twice',
      ['warning same-key'],
      change({
        batchSigningPublicKeys: new Map([
          ['a', publicKey!],
          ['b', publicKey!],
        ]),
      }),
      {},
    ],
    [
      'no keys',
      ['error no-keys', 'error no-keys'],
      change({ batchSigningPublicKeys: new Map(), packetEncryptionKeys: new Map() }),
      {},
    ],
    ['malformed', ['error malformed'], processorText.replace('s3://', 's3:///'), {}],
  ])('%s', (_, expected, text, options) => {
    expect(codesOf(text, options)).toEqual(expected);
  });

  test('the other kinds', () => {
    const text = writeIngestorManifest(ingestor);
    const [found] = lintManifest('ingestor', text, { signingKeys: new Map([['k', signing]]) });
    expect(found).toMatchObject({ code: 'unlisted-key-id', path: 'batch-signing-public-keys.k' });
    expect(lintManifest('global', writeProcessorGlobalManifest(global))).toEqual([]);
    expect(lintManifest('global', text)[0]).toMatchObject({ code: 'malformed' });
    const local = writePortalManifest({ ...portal, phaSumPartBucket: 'here' });
    expect(lintManifest('portal', local)).toMatchObject([{ path: 'pha-sum-part-bucket' }]);
  });
});

describe('any bytes', () => {
  const texts = [processorText, writeIngestorManifest(ingestor), writePortalManifest(portal)];
  const seeds = texts.map((text) => new TextEncoder().encode(text));
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([seed, changes]) => {
      const bytes = Uint8Array.from(seed);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
  const anything = fc.oneof(mutated, fc.uint8Array({ maxLength: 64 }), fc.json().map(utf8));

  function utf8(text: string): Uint8Array {
    return new TextEncoder().encode(text);
  }

  test.each(Object.entries(manifestDecoders))('%s: a value or a typed error', (_, decode) => {
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect((error as Error).name).toMatch(/^(ManifestError|CryptoError)$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
