/** Our own chains: the same bytes for the same inputs, and right to others' readers as well. */

import { backendNames, createBackend, publicKeyToSpki, toHex } from '@priolab/crypto';
import { NonStandardKeyDescription } from '@peculiar/asn1-android';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../src/certificate.ts';
import {
  attestationChallenge,
  createAndroidAttestor,
  createAndroidAuthority,
  dayOf,
  keyAlias,
} from '../src/index.ts';
import {
  apkDigest,
  attestorOf,
  authority,
  backend,
  faultOf,
  metric,
  nowMs,
  packageName,
  phone,
  publicKey,
  scalarOf,
  uploadOf,
  verifierOf,
} from './samples.ts';

const request = { publicKey, nonce: scalarOf('leaf'), metric, nowMs };
const chain = attestorOf().attestAll([request])[0]!;

describe('an attestor', () => {
  it('gives the same bytes with each backend', () => {
    for (const name of backendNames) {
      const other = createBackend(name);
      const again = createAndroidAuthority({
        root: { scalar: scalarOf('vendor root'), nonce: scalarOf('vendor root nonce') },
        intermediate: {
          scalar: scalarOf('vendor intermediate'),
          nonce: scalarOf('vendor intermediate nonce'),
        },
        notBeforeMs: Date.UTC(2018, 4, 25),
        notAfterMs: Date.UTC(2028, 4, 22),
        backend: other,
      });
      const options = { authority: again, backend: other, packageName, apkDigest };
      const attestor = createAndroidAttestor(options);
      expect(attestor.attestAll([request])[0]!.map(toHex)).toEqual(chain.map(toHex));
      const key = { scalar: phone, nonce: scalarOf('document') };
      const upload = uploadOf();
      const [signature] = attestor.signAll([{ upload, ...key }]);
      expect(toHex(signature!)).toBe(toHex(upload.signature));
    }
  });

  it('makes another leaf where anything is another', () => {
    const others = [
      { ...request, nonce: scalarOf('leaf 2') },
      { ...request, metric: 'fakeMetric-v1' },
      { ...request, nowMs: nowMs + 1000 },
      { ...request, publicKey: backend.privateKey(scalarOf('phone 2')).publicKey },
    ];
    const alone = others.map((other) => toHex(attestorOf().attestAll([other])[0]![0]!));
    expect(new Set([...alone, toHex(chain[0]!)]).size).toBe(5);
    const together = attestorOf().attestAll(others);
    expect(together.map(([leaf]) => toHex(leaf!))).toEqual(alone);
    expect(attestorOf().attestAll([])).toEqual([]);
  });

  it('attests at any time of these decades', () => {
    const verifier = verifierOf();
    const times = fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(times, (createdMs) => {
        const upload = uploadOf({ createdMs });
        expect(faultOf(verifier.verify(upload, createdMs))).toBe('none');
        const leaf = readCertificate(upload.certificateChain[0]!);
        const secondMs = 1000 * Math.floor(createdMs / 1000);
        expect(leaf.notBeforeMs).toBe(secondMs);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses what would not fit into its certificates', () => {
    const attest = (changes: object) => attestorOf().attestAll([{ ...request, ...changes }]);
    expect(() => attest({ publicKey: new Uint8Array(64) })).toThrow(RangeError);
    expect(() => attest({ nowMs: Date.UTC(2050, 0, 1) })).toThrow(RangeError);
    expect(() => attest({ nowMs: Date.UTC(1980, 0, 1) })).toThrow(RangeError);
    expect(() => attest({ nonce: new Uint8Array(31) })).toThrow(RangeError);
    expect(() => attest({ nonce: new Uint8Array(32) })).toThrow('invalid-scalar');
  });
});

describe('a chain of ours', () => {
  it('is one to OpenSSL', () => {
    const [leaf, intermediate, root] = chain.map((der) => new X509Certificate(der));
    for (const [below, above] of [
      [leaf!, intermediate!],
      [intermediate!, root!],
      [root!, root!],
    ] as const) {
      expect(below.checkIssued(above)).toBe(true);
      expect(below.verify(above.publicKey)).toBe(true);
    }
    expect([leaf, intermediate, root].map((one) => one!.ca)).toEqual([false, true, true]);
    expect(new Uint8Array(leaf!.publicKey.export({ type: 'spki', format: 'der' }))).toEqual(
      publicKeyToSpki(publicKey),
    );
    expect(leaf!.validFrom).toBe('Mar 15 13:45:10 2021 GMT');
    expect(leaf!.validTo).toBe('Mar 16 13:15:10 2021 GMT');
    expect(authority.root).toEqual(chain[2]);
  });

  it('describes its key as an independent reader of key descriptions has it', () => {
    const leaf = AsnConvert.parse(chain[0]!, Certificate);
    const extensions = leaf.tbsCertificate.extensions ?? [];
    const id = '1.3.6.1.4.1.11129.2.1.17';
    const { extnValue } = extensions.find(({ extnID }) => extnID === id)!;
    const description = AsnConvert.parse(extnValue.buffer, NonStandardKeyDescription);
    const challenge = attestationChallenge({ packageName, metric, day: dayOf(nowMs) });
    const bytesOf = ({ buffer }: OctetString) => toHex(new Uint8Array(buffer));
    expect(description).toMatchObject({
      attestationVersion: 4,
      attestationSecurityLevel: 2,
      keymasterVersion: 41,
      keymasterSecurityLevel: 2,
    });
    expect(bytesOf(description.attestationChallenge)).toBe(toHex(challenge));
    const [hardware, software] = [description.teeEnforced, description.softwareEnforced];
    expect(hardware.findProperty('origin')).toBe(0);
    expect([...hardware.findProperty('purpose')!]).toEqual([2, 3]);
    expect(hardware.findProperty('keySize')).toBe(256);
    expect(Number(software.findProperty('creationDateTime'))).toBe(nowMs);
    expect(Number(software.findProperty('usageExpireDateTime'))).toBe(nowMs + 23.5 * 3_600_000);
    const application = bytesOf(software.findProperty('attestationApplicationId')!);
    expect(application).toContain(toHex(Buffer.from(packageName)));
    expect(application).toContain(toHex(apkDigest));
  });
});

describe('names of keys', () => {
  it('differ by app, metric and day, and from challenges', () => {
    const use = { packageName, metric, day: 18_701 };
    const uses = [use, { ...use, packageName: 'x' }, { ...use, metric: 'x' }, { ...use, day: 1 }];
    const names = uses.flatMap((one) => [
      keyAlias(one),
      Buffer.from(attestationChallenge(one)).toString('base64'),
    ]);
    expect(new Set(names).size).toBe(8);
    // printf 'ENPA::aliasorg.priolab.phonehistogramMetric-v220210315' |
    // openssl dgst -sha256 -binary | base64
    expect(keyAlias(use)).toBe('V+jZCyFdySYxc+EI95eCj3BVbskpzDwgojnrQYzXQqE=');
    expect(dayOf(nowMs)).toBe(use.day);
  });
});
