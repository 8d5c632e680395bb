/** What is refused of an upload whose chain is right: times, revoked certificates, signatures. */

import { toHex } from '@priolab/crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../src/certificate.ts';
import { DAY_MS, serializePayload } from '../src/index.ts';
import type { AndroidUpload } from '../src/index.ts';
import { faultWith, leaf, upload } from './forgery.ts';
import {
  attestorOf,
  backend,
  faultOf,
  metric,
  nowMs,
  scalarOf,
  signatureOf,
  uploadOf,
  verifierOf,
} from './samples.ts';

describe('times', () => {
  it('of a leaf are those of a key that lives for 23.5 hours', () => {
    const fromMs = Math.floor(nowMs / 1000) * 1000;
    const toMs = fromMs + 23.5 * 3_600_000;
    const faults = [fromMs - 1, fromMs, toMs, toMs + 1000].map((atMs) => faultWith({}, {}, atMs));
    expect(faults).toEqual(['expired', 'none', 'none', 'expired']);
    expect(faultWith({}, { leafDates: 'ignore' }, toMs + 1000)).toBe('none');
  });

  it('of authorities count always, also when they were verified before', () => {
    const verifier = verifierOf({ leafDates: 'ignore' });
    const endMs = Date.UTC(2028, 4, 22);
    const beginMs = Date.UTC(2018, 4, 25);
    const faults = [beginMs - 1, beginMs, endMs, endMs + 1].map((atMs) =>
      faultOf(verifier.verify(upload, atMs)),
    );
    expect(faults).toEqual(['expired', 'none', 'none', 'expired']);
  });

  it('of a day are in UTC', () => {
    const dayMs = DAY_MS * Math.floor(nowMs / DAY_MS);
    for (const madeMs of [dayMs, dayMs + DAY_MS - 1]) {
      const { certificateChain } = uploadOf({ createdMs: madeMs });
      const faults = [dayMs - 1, dayMs, dayMs + DAY_MS - 1, dayMs + DAY_MS].map((createdMs) =>
        faultWith({ createdMs, certificateChain }, { leafDates: 'ignore' }),
      );
      expect(faults).toEqual(['challenge', 'none', 'none', 'challenge']);
    }
  });
});

describe('revoked certificates', () => {
  it('are refused wherever they are in the chain, from when they are on the list', () => {
    const revoked = new Set<string>();
    const verifier = verifierOf({ revoked });
    for (const certificate of upload.certificateChain) {
      expect(faultOf(verifier.verify(upload, nowMs))).toBe('none');
      const { serial } = readCertificate(certificate);
      revoked.add(serial);
      expect(faultOf(verifier.verify(upload, nowMs))).toBe('revoked');
      revoked.delete(serial);
    }
    expect(readCertificate(leaf).serial).toBe('1');
  });
});

describe('documents', () => {
  it('are signed by the key that is attested', () => {
    const signature = signatureOf(serializePayload(upload), scalarOf('other phone'));
    expect(faultWith({ signature })).toBe('signature');
  });

  it('of another uuid, metric or day need a key and a signature of their own', () => {
    expect(faultWith({ uuid: upload.uuid.replace('0', '1') })).toBe('signature');
    expect(faultWith({ metric: 'DateExposure14d-v3' })).toBe('challenge');
    expect(faultWith({ createdMs: nowMs + DAY_MS }, { leafDates: 'ignore' })).toBe('challenge');
    const other = uploadOf({ metric: 'DateExposure14d-v3' });
    expect(faultOf(verifierOf().verify(other, nowMs))).toBe('none');
    expect(faultWith({ certificateChain: other.certificateChain })).toBe('challenge');
    expect(upload.metric).toBe(metric);
  });

  it('of one key have one hash, and of another key another', () => {
    const hashOf = (one: AndroidUpload) => {
      const answer = verifierOf().verify(one, one.createdMs);
      return answer.ok ? toHex(answer.keyHash) : answer.fault;
    };
    expect(hashOf(uploadOf({ metric: 'DateExposure14d-v3' }))).toBe(hashOf(upload));
    const phone2 = backend.privateKey(scalarOf('phone 2')).publicKey;
    const request = { publicKey: phone2, nonce: scalarOf('leaf 2'), metric, nowMs };
    const certificateChain = attestorOf().attestAll([request])[0]!;
    const signature = signatureOf(serializePayload(upload), scalarOf('phone 2'));
    const second = hashOf({ ...upload, certificateChain, signature });
    expect(second).toMatch(/^[0-9a-f]{64}$/);
    expect(second).not.toBe(hashOf(upload));
  });
});
