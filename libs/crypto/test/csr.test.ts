/** Certificate requests: ours for others' readers, others' for ours, and all that is none. */

import { readVector, vectorsDir } from '@priolab/vectors';
import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { createCsr, readCsr, readCsrDer } from '../src/csr.ts';
import { CryptoError, KeyPair, decodeKeyPair, publicKeyToSpki, sha256 } from '../src/index.ts';
import { toHex } from '../src/index.ts';
import { utf8 } from './blocks.ts';

const keyPair = new KeyPair(sha256(utf8('csr')));
const commonName = 'narnia.test.example.org';
const pem = createCsr({ keyPair, commonName });
const der = derOf(pem);
const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;

function derOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(/-----[^-]*-----|\s/g, ''), 'base64'));
}

/** What a reader throws; undefined where it takes the input. */
function refusalOf(read: () => unknown): CryptoError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof CryptoError) return error;
    throw error;
  }
}

describe('a request of ours', () => {
  it('reads', () => {
    const expected = { publicKey: keyPair.publicKey, commonName, isSelfSigned: true };
    expect(readCsr(pem)).toEqual(expected);
    expect(
      readCsr(`-----BEGIN CERTIFICATE REQUEST-----${Buffer.from(der).toString('base64')}
-----END CERTIFICATE REQUEST-----`),
    ).toEqual(expected);
  });

  it('takes any name of up to 64 characters, and no other', () => {
    const names = fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' });
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(Array.from(name).length <= 64 && !/\p{C}/u.test(name));
        expect(readCsr(createCsr({ keyPair, commonName: name })).commonName).toBe(name);
      }),
      { numRuns: 50 },
    );
    for (const name of ['', 'x'.repeat(65), 'a\nb']) {
      expect(() => createCsr({ keyPair, commonName: name })).toThrow('invalid-key');
    }
  });

  it('is read and verified by an independent library', async () => {
    // That library asks for a polyfill of Reflect's metadata, which it needs for nothing here.
    Object.assign(Reflect, { getMetadata() {}, getOwnMetadata() {}, defineMetadata() {} });
    const x509 = createRequire(import.meta.url)(
      '@peculiar/x509',
    ) as typeof import('@peculiar/x509');
    const request = new x509.Pkcs10CertificateRequest(pem);
    expect(request.subject).toBe(`CN=${commonName}`);
    const spki = toHex(new Uint8Array(request.publicKey.rawData));
    expect(spki).toBe(toHex(publicKeyToSpki(keyPair.publicKey)));
    expect(await request.verify()).toBe(true);
  });

  it.skipIf(!hasOpenSsl)('is read and verified by the openssl command', () => {
    const args = ['req', '-verify', '-noout', '-subject', '-pubkey', '-nameopt', 'RFC2253'];
    const done = spawnSync('openssl', args, { input: pem, encoding: 'utf8' });
    expect(done).toMatchObject({ status: 0 });
    expect(done.stdout).toContain(`CN=${commonName}`);
    expect(done.stderr + done.stdout).toMatch(/verify OK/);
  });
});

describe.skipIf(vectorsDir === undefined)('the published requests', () => {
  it('read', () => {
    const { keys } = readVector<{ keys: Record<string, string> }>('enpa/prio_server_keys.json');
    const named = 'DEFAULT_PACKET_ENCRYPTION_CERTIFICATE_SIGNING_REQUEST';
    const request = readCsr(keys[named]!);
    expect(request).toEqual({
      publicKey: decodeKeyPair(keys[`${named}_PRIVATE_KEY`]!).publicKey,
      commonName: 'narnia.amir-facil.certificates.isrg-prio.org',
      isSelfSigned: true,
    });
    const bare = readCsrDer(Buffer.from(keys['DEFAULT_PACKET_ENCRYPTION_CSR']!, 'base64'));
    expect(bare.commonName).toBe('us-ct.prod-us.certificates.isrg-prio.org');
    expect(bare.isSelfSigned).toBe(true);
  });
});

describe.skipIf(!hasOpenSsl)('requests of the openssl command', () => {
  const request = (curve: readonly string[], ...more: readonly string[]): string =>
    execFileSync(
      'openssl',
      ['req', '-new', '-newkey', ...curve, '-nodes', '-keyout', '-', '-batch', ...more],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    ).replace(/-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----/, '');
  const p256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

  it('with several names and attributes read', () => {
    const text = request(
      p256,
      '-subj',
      '/C=US/CN=first/CN=second',
      '-addext',
      'subjectAltName=DNS:a',
    );
    expect(readCsr(text)).toMatchObject({ commonName: 'first', isSelfSigned: true });
  });

  it('signed with another digest read, but are not vouched for', () => {
    const text = request(p256, '-subj', '/CN=a', '-sha384');
    expect(readCsr(text)).toMatchObject({ commonName: 'a', isSelfSigned: false });
  });

  it('for other keys are refused as such', () => {
    const curve = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'];
    for (const algorithm of [curve, ['rsa:2048']]) {
      const refusal = refusalOf(() => readCsr(request(algorithm, '-subj', '/CN=a')));
      expect(refusal?.code).toBe('unsupported-key');
    }
  });
});

describe('what is no request', () => {
  it.each([
    ['nothing', ''],
    ['another label', pem.replaceAll('REQUEST', 'REQUESTS')],
    ['text before it', `a ${pem}`],
    ['two of them', pem + pem],
    ['too long', pem.replace('\n', '\n'.repeat(20_000))],
    ['foreign characters', pem.replace('MI', 'M*')],
    ['too few', pem.replace(/\n[^\n]*\n-----END/, '\n-----END')],
  ])('%s', (_, text) => {
    expect(refusalOf(() => readCsr(text))?.code).toBe('invalid-key');
  });

  it('a changed byte: refused, or not vouched for', () => {
    for (let at = 0; at < der.length; at++) {
      for (const change of [1, 0x80]) {
        const changed = Uint8Array.from(der, (byte, i) => (i === at ? byte ^ change : byte));
        let found: unknown;
        const refusal = refusalOf(() => (found = readCsrDer(changed)));
        if (refusal === undefined)
          expect(found, `byte ${at}`).toMatchObject({ isSelfSigned: false });
      }
    }
  });

  it('every cut, and more bytes after the end', () => {
    for (let size = 0; size < der.length; size++) {
      expect(
        refusalOf(() => readCsrDer(der.subarray(0, size))),
        `${size}`,
      ).toBeDefined();
    }
    expect(refusalOf(() => readCsrDer(Uint8Array.of(...der, 0)))).toBeDefined();
    expect(refusalOf(() => readCsrDer(new Uint8Array(9000)))).toBeDefined();
  });

  it('any bytes give the one error', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, (found) => {
        expect(refusalOf(() => readCsrDer(found))).toBeDefined();
      }),
    );
  });

  it('a request signed by another key is not vouched for', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const info = der.subarray(3, 3 + 3 + der[5]!);
    const signature = sign('sha256', info, privateKey);
    const algorithm = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    const body = [...info, ...algorithm, 3, signature.length + 1, 0, ...signature];
    const found = readCsrDer(Uint8Array.of(0x30, 0x81, body.length, ...body));
    expect(found).toMatchObject({ publicKey: keyPair.publicKey, isSelfSigned: false });
  });
});
