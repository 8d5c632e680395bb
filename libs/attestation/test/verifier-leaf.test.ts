/** What is refused of a leaf that the right authority certified: its key, its app. */

import { publicKeyToSpki, toHex } from '@priolab/crypto';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../src/certificate.ts';
import { contextTag, encode, INTEGER, OCTET_STRING, SEQUENCE, SET } from '../src/der.ts';
import {
  certify,
  described,
  faultOfLeaf,
  faultWith,
  intermediate,
  keystore,
  leaf,
  root,
  softwareOf,
  withElement,
} from './forgery.ts';
import {
  apkDigest,
  attestorOf,
  nowMs,
  packageName,
  phone,
  publicKey,
  scalarOf,
  uploadOf,
  verifierOf,
} from './samples.ts';

describe('keys', () => {
  it('of software are refused unless allowed, and said to be such', () => {
    const soft = uploadOf({}, attestorOf({ securityLevel: 'software' }));
    expect(verifierOf().verify(soft, nowMs)).toMatchObject({ fault: 'security-level' });
    const answer = verifierOf({ softwareKeys: 'allow' }).verify(soft, nowMs);
    expect(answer).toMatchObject({ ok: true, securityLevel: 'software' });
    const environment = uploadOf({}, attestorOf({ securityLevel: 'trusted-environment' }));
    const expected = { ok: true, securityLevel: 'trusted-environment' };
    expect(verifierOf().verify(environment, nowMs)).toMatchObject(expected);
  });

  it('are as safe as the less safe of the key and its attestation', () => {
    const levels = (attestation: number, key: number) =>
      `0201040a010${attestation}0201290a010${key}`;
    expect(faultOfLeaf(levels(2, 2), levels(0, 2))).toBe('security-level');
    expect(faultOfLeaf(levels(2, 2), levels(2, 0))).toBe('security-level');
    expect(faultOfLeaf(levels(2, 2), levels(2, 1))).toBe('none');
    expect(faultOfLeaf(levels(2, 2), levels(2, 3))).toBe('chain');
  });

  it('were made by the keystore, for signatures', () => {
    // [702] origin: 0 generated, 2 imported; [1] purpose: 2 sign, 3 verify, 0 encrypt.
    expect(faultOfLeaf('bf853e03020100', 'bf853e03020102')).toBe('key');
    expect(faultOfLeaf('a1083106020102020103', 'a1083106020100020102')).toBe('key');
    expect(faultOfLeaf('a1083106020102020103', 'a1083106020103020103')).toBe('key');
    expect(faultOfLeaf('a1083106020102020103', 'a1083106020102020102')).toBe('none');
    // Without a purpose: what was [1] is now [0], which nobody knows.
    expect(faultOfLeaf('a1083106', 'a0083106')).toBe('key');
    // The algorithm once more, where the curve was.
    expect(faultOfLeaf('aa03020101', 'a203020103')).toBe('chain');
    // keyUsage without digitalSignature.
    expect(faultOfLeaf('03020780', '03020700')).toBe('key');
  });

  it('are on P-256', () => {
    const description = readCertificate(leaf).keyDescription!;
    const extensions = [described(description)];
    const subject = { name: 'key', scalar: phone };
    const faultOfKey = (spki: Uint8Array) => {
      const certificate = certify({ issuer: keystore, subject, extensions, spki });
      return faultWith({ certificateChain: [certificate, intermediate, root] });
    };
    const spkiOf = (key: { publicKey: import('node:crypto').KeyObject }) =>
      new Uint8Array(key.publicKey.export({ type: 'spki', format: 'der' }));
    const good = publicKeyToSpki(publicKey);
    expect(faultOfKey(good)).toBe('none');
    expect(faultOfKey(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })))).toBe('key');
    expect(faultOfKey(spkiOf(generateKeyPairSync('rsa', { modulusLength: 2048 })))).toBe('key');
    expect(faultOfKey(good.with(good.length - 1, good.at(-1)! ^ 1))).toBe('key');
  });
});

describe('applications', () => {
  it('are the one that the challenge names', () => {
    expect(faultWith({}, { packageName: 'org.other' })).toBe('challenge');
    const other = Buffer.from(packageName.replace('phone', 'fraud'));
    expect(faultOfLeaf(toHex(Buffer.from(packageName)), toHex(other))).toBe('application');
    expect(faultWith({}, { apkDigests: [scalarOf('other'), apkDigest] })).toBe('none');
    expect(faultWith({}, { apkDigests: [scalarOf('other')] })).toBe('application');
    expect(faultWith({}, { apkDigests: undefined })).toBe('none');
  });

  it('are signed by those who may, and by no one else', () => {
    // Where apps share a user id, every signer of each of them is there.
    const faultOfSigners = (...digests: readonly Uint8Array[]) => {
      const info = encode(
        SEQUENCE,
        encode(OCTET_STRING, Buffer.from(packageName)),
        encode(INTEGER, Uint8Array.of(1)),
      );
      const signers = encode(SET, ...digests.map((digest) => encode(OCTET_STRING, digest)));
      const id = encode(OCTET_STRING, encode(SEQUENCE, encode(SET, info), signers));
      const description = readCertificate(leaf).keyDescription!;
      const software = softwareOf(description);
      const application = encode(contextTag(709), id);
      const changed = withElement(description, 6, withElement(software, 3, application));
      const certificate = certify({
        issuer: keystore,
        subject: { name: 'key', scalar: phone },
        extensions: [described(changed)],
      });
      return faultWith({ certificateChain: [certificate, intermediate, root] });
    };
    expect(faultOfSigners(apkDigest)).toBe('none');
    expect(faultOfSigners(apkDigest, scalarOf('other'))).toBe('application');
    expect(faultOfSigners()).toBe('application');
  });

  it('are named, and not all', () => {
    // [709] attestationApplicationId becomes [708]; [503] noAuthRequired becomes [600].
    expect(faultOfLeaf('bf8545', 'bf8544')).toBe('application');
    expect(faultOfLeaf('bf8377020500', 'bf8458020500')).toBe('application');
  });
});
