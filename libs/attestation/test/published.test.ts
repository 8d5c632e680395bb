/** A real upload of 2020 verifies byte for byte, and nothing of it can be changed unnoticed. */

import { sha256, toHex } from '@priolab/crypto';
import { vectorsDir } from '@priolab/vectors';
import { describe, expect, it } from 'vitest';
import {
  attestationChallenge,
  createAndroidVerifier,
  dayOf,
  encodeDocument,
  readDocument,
  serializePayload,
} from '../src/index.ts';
import type { AndroidUpload, AndroidVerifierOptions, PrioParams } from '../src/index.ts';
import { readPublished } from './published.ts';
import type { Published } from './published.ts';
import { authorityNamed, faultOf } from './samples.ts';

/** Without vectors, the tests below are named and skipped. */
const published = vectorsDir === undefined ? ({} as Published) : readPublished();

describe.skipIf(vectorsDir === undefined)('the published upload', () => {
  const { upload, signedPayload, challenge, packageName, apkDigest } = published;
  const root = upload?.certificateChain[3] as Uint8Array;

  function verifierOf(options: Partial<AndroidVerifierOptions> = {}) {
    const apkDigests = [apkDigest];
    const common = { roots: [root], packageName, apkDigests, leafDates: 'ignore' as const };
    return createAndroidVerifier({ ...common, ...options });
  }
  const verifier = upload && verifierOf();

  function faultAt(changes: Partial<AndroidUpload>, atMs = upload.createdMs): string {
    return faultOf(verifier!.verify({ ...upload, ...changes }, atMs));
  }

  it('verifies, by a key of StrongBox', () => {
    const publicKey = upload.certificateChain[0]!.subarray(170, 235);
    expect(verifier!.verify(upload, upload.createdMs)).toEqual({
      ok: true,
      keyHash: sha256(publicKey),
      publicKey: Uint8Array.from(publicKey),
      securityLevel: 'strongbox',
    });
  });

  it('has the payload and the challenge that we make', () => {
    expect(signedPayload).toHaveLength(383);
    expect(toHex(serializePayload(upload))).toBe(toHex(signedPayload));
    const day = dayOf(upload.createdMs);
    const ours = attestationChallenge({ packageName, metric: upload.metric, day });
    expect(toHex(ours)).toBe(toHex(challenge));
  });

  it('survives the document', () => {
    const { target, body } = encodeDocument(upload, { project: 'enpa', prefix: 7 });
    const rules = {
      project: 'enpa',
      metrics: new Set([upload.metric]),
      nowMs: upload.createdMs,
      binsMax: 10,
    };
    expect(target).toContain(`/uuid7/${upload.uuid}/2020-10-30-06?documentId=fakeMetric-v1`);
    expect(readDocument(target, body, rules)).toEqual(upload);
  });

  it('has a leaf of 2001, which is refused where leaf dates are checked', () => {
    const strict = verifierOf({ leafDates: 'check' });
    expect(strict.verify(upload, upload.createdMs)).toMatchObject({
      fault: 'expired',
      detail: "the phone's certificate is no longer valid",
    });
    expect(faultOf(strict.verify(upload, Date.UTC(2001, 5, 1)))).toBe('expired');
  });

  it('has authorities that are valid from June 2018 to May 2026', () => {
    const from = Date.UTC(2018, 5, 20, 22, 14, 2);
    const to = Date.UTC(2026, 4, 24, 16, 28, 52);
    expect([from - 1, from, to, to + 1].map((atMs) => faultAt({}, atMs))).toEqual([
      'expired',
      'none',
      'none',
      'expired',
    ]);
  });

  it('belongs to its day in UTC', () => {
    const day = Date.UTC(2020, 9, 30);
    const next = Date.UTC(2020, 9, 31);
    const times = [day - 1, day, next - 1, next];
    const faults = times.map((createdMs) => faultAt({ createdMs }));
    expect(faults).toEqual(['challenge', 'none', 'none', 'challenge']);
  });

  it('belongs to its metric and its app', () => {
    expect(faultAt({ metric: 'fakeMetric-v2' })).toBe('challenge');
    const other = (options: Partial<AndroidVerifierOptions>) =>
      faultOf(verifierOf(options).verify(upload, upload.createdMs));
    expect(other({ packageName: `${packageName}.other` })).toBe('challenge');
    expect(other({ apkDigests: [apkDigest.map((byte) => byte ^ 1)] })).toBe('application');
    expect(other({ apkDigests: [] })).toBe('application');
    expect(other({ apkDigests: undefined })).toBe('none');
  });

  it('is signed in every byte of its shares', () => {
    for (const index of [0, 1]) {
      const share = upload.shares[index]!;
      for (let at = 0; at < share.payload.length; at++) {
        const payload = Uint8Array.from(share.payload);
        payload[at]! ^= 1 << (at % 8);
        const shares = upload.shares.with(index, { ...share, payload });
        expect(faultAt({ shares }), `share ${index}, byte ${at}`).toBe('signature');
      }
    }
  });

  it('is signed in all its members', () => {
    const params = (changes: Partial<PrioParams>) => ({
      prioParams: { ...upload.prioParams, ...changes },
    });
    const [leader, helper] = upload.shares;
    const changes: readonly Partial<AndroidUpload>[] = [
      { uuid: upload.uuid.replace('13', '14') },
      { schemaVersion: 2 },
      params({ bins: 11 }),
      params({ epsilon: 99 }),
      params({ prime: 4293918722 }),
      params({ numberServers: 3 }),
      params({ hammingWeight: 1 }),
      { shares: [helper!, leader!] },
      { shares: [leader!] },
      { shares: [leader!, helper!, helper!] },
      { signature: upload.signature.slice(0, -1) },
      { signature: Uint8Array.of(...upload.signature, 0) },
      { signature: new Uint8Array() },
    ];
    expect(changes.map((change) => faultAt(change))).toEqual(changes.map(() => 'signature'));
  });

  it('does not sign the ids of the keys that its shares are sealed to', () => {
    const shares = upload.shares.map((share) => ({ ...share, encryptionKeyId: 'another' }));
    expect(faultAt({ shares })).toBe('none');
  });

  it('has certificates of which no bit can be changed', () => {
    for (const [index, certificate] of upload.certificateChain.entries()) {
      // Every seventh byte, so that the bit that is changed goes round as well.
      for (let at = index; at < certificate.length; at += 7) {
        const changed = Uint8Array.from(certificate);
        changed[at]! ^= 1 << (at % 8);
        const certificateChain = upload.certificateChain.with(index, changed);
        const fault = faultAt({ certificateChain });
        const expected = index === 3 ? ['chain', 'root'] : ['chain'];
        expect(expected, `certificate ${index}, byte ${at}`).toContain(fault);
      }
    }
  });

  it('has a chain in one order, of all its certificates, and of no other', () => {
    const chain = upload.certificateChain;
    const [leaf, first, second] = chain as [Uint8Array, Uint8Array, Uint8Array];
    const without = (...indexes: readonly number[]) => chain.filter((_, i) => !indexes.includes(i));
    const cases: readonly (readonly [string, readonly Uint8Array[]])[] = [
      ['root', chain.toReversed()],
      ['root', without(3)],
      ['root', [leaf, first, root, second]],
      ['root', [...chain, second]],
      ['chain', [leaf, second, first, root]],
      ['chain', [first, leaf, second, root]],
      ['chain', without(0)],
      ['chain', without(1)],
      ['chain', without(2)],
      ['chain', without(1, 2)],
      ['chain', without(0, 1, 2)],
      ['chain', [...chain, root]],
      ['chain', [leaf, first, first, second, root]],
      ['chain', [leaf, ...Array.from({ length: 10 }, () => root)]],
      ['chain', []],
    ];
    for (const [fault, certificateChain] of cases) {
      expect(faultAt({ certificateChain })).toBe(fault);
    }
  });

  it('has certificates that neither end early nor go on', () => {
    for (const [index, certificate] of upload.certificateChain.entries()) {
      for (const changed of [
        certificate.subarray(0, -1),
        certificate.subarray(0, certificate.length / 2),
        certificate.subarray(1),
        Uint8Array.of(...certificate, 0),
        new Uint8Array(),
      ]) {
        expect(faultAt({ certificateChain: upload.certificateChain.with(index, changed) })).toBe(
          'chain',
        );
      }
    }
  });

  it('is not trusted by those who trust another root', () => {
    const other = verifierOf({ roots: [authorityNamed('other').root] });
    expect(other.verify(upload, upload.createdMs)).toMatchObject({ ok: false, fault: 'root' });
  });
});
