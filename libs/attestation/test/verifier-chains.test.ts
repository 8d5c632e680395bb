/** What is refused of a chain: forged, too long, of the wrong names, not of authorities. */

import { fromHex, toHex } from '@priolab/crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../src/certificate.ts';
import { BIT_STRING, encode, SEQUENCE } from '../src/der.ts';
import { createAndroidAttestor } from '../src/index.ts';
import { extension, keyUsage } from '../src/simulated-authority.ts';
import {
  BASIC_CONSTRAINTS,
  certify,
  described,
  faultWith,
  intermediate,
  keystore,
  leaf,
  mayCertify,
  root,
  TRUE,
  upload,
  vendorRoot,
  withElement,
} from './forgery.ts';
import {
  apkDigest,
  authority,
  authorityNamed,
  backend,
  faultOf,
  nowMs,
  packageName,
  phone,
  publicKey,
  scalarOf,
  signatureOf,
  uploadOf,
  verifierOf,
} from './samples.ts';

describe('chains', () => {
  it('of our own attestor verify', () => {
    expect(verifierOf().verify(upload, nowMs)).toMatchObject({ ok: true, publicKey });
    expect(faultWith({ certificateChain: [leaf, intermediate, root] })).toBe('none');
  });

  it('by a vendor of the same names are refused', () => {
    const forger = authorityNamed('forger');
    const attestor = createAndroidAttestor({ authority: forger, backend, packageName, apkDigest });
    const forged = uploadOf({}, attestor).certificateChain;
    expect(toHex(readCertificate(forged[1]!).subject)).toBe(toHex(authority.name));
    expect(faultWith({ certificateChain: forged })).toBe('root');
    expect(faultWith({ certificateChain: forged.with(2, root) })).toBe('chain');
    expect(faultWith({ certificateChain: [leaf, forged[1]!, root] })).toBe('chain');
    expect(faultWith({ certificateChain: [forged[0]!, intermediate, root] })).toBe('chain');
  });

  it('may end in a new certificate of the root key, and not in one that it did not sign', () => {
    const renewed = certify({ issuer: vendorRoot, subject: vendorRoot });
    expect(faultWith({ certificateChain: [leaf, intermediate, renewed] })).toBe('none');
    const forged = certify({
      issuer: { ...vendorRoot, scalar: scalarOf('forger') },
      subject: vendorRoot,
    });
    expect(faultWith({ certificateChain: [leaf, intermediate, forged] })).toBe('chain');
  });

  it('have names that fit, whoever signed', () => {
    const other = certify({ issuer: vendorRoot, subject: { ...keystore, name: 'other' } });
    expect(faultWith({ certificateChain: [leaf, other, root] })).toBe('chain');
    const fits = certify({ issuer: vendorRoot, subject: keystore });
    expect(faultWith({ certificateChain: [leaf, fits, root] })).toBe('none');
    const stranger = certify({ issuer: { ...vendorRoot, name: 'other' }, subject: keystore });
    expect(faultWith({ certificateChain: [leaf, stranger, root] })).toBe('chain');
  });

  it('have authorities that may be ones', () => {
    const faultUnder = (...extensions: readonly Uint8Array[]) => {
      const above = certify({ issuer: vendorRoot, subject: keystore, extensions });
      return faultWith({ certificateChain: [leaf, above, root] });
    };
    const notCritical = new Uint8Array();
    const empty = encode(SEQUENCE);
    expect(faultUnder(mayCertify(), keyUsage(Uint8Array.of(2, 0x04)))).toBe('none');
    expect(faultUnder(extension(Uint8Array.of(0x55, 0x1d, 0x1f), notCritical, empty))).toBe(
      'chain',
    );
    expect(faultUnder(extension(BASIC_CONSTRAINTS, TRUE, empty))).toBe('chain');
    expect(faultUnder(mayCertify(), keyUsage(Uint8Array.of(7, 0x80)))).toBe('chain');
    expect(faultUnder(mayCertify(), mayCertify())).toBe('chain');
    const unknown = Uint8Array.of(0x55, 0x1d, 0x24);
    expect(faultUnder(mayCertify(), extension(unknown, notCritical, empty))).toBe('none');
    expect(faultUnder(mayCertify(), extension(unknown, TRUE, empty))).toBe('chain');
  });

  it('are signed as they say', () => {
    const { tbs } = readCertificate(leaf);
    const faultWithAlgorithm = (hex: string) => {
      const algorithm = fromHex(hex);
      const changed = withElement(tbs, 2, algorithm);
      const signature = signatureOf(changed, authority.scalar);
      const bits = encode(BIT_STRING, Uint8Array.of(0), signature);
      const certificate = encode(SEQUENCE, changed, algorithm, bits);
      return faultWith({ certificateChain: [certificate, intermediate, root] });
    };
    // ECDSA with SHA-256, with and without parameters; with SHA-384; with SHA-1; RSA.
    expect(faultWithAlgorithm('300c06082a8648ce3d0403020500')).toBe('none');
    expect(faultWithAlgorithm('300a06082a8648ce3d040302')).toBe('none');
    expect(faultWithAlgorithm('300c06082a8648ce3d0403030500')).toBe('chain');
    expect(faultWithAlgorithm('300906072a8648ce3d0401')).toBe('chain');
    expect(faultWithAlgorithm('300d06092a864886f70d01010b0500')).toBe('chain');
    expect(faultWithAlgorithm('300d06082a8648ce3d040302050100')).toBe('chain');
  });

  it('are as long as their authorities allow', () => {
    const middle = { name: 'middle', scalar: scalarOf('middle') };
    const faultOver = (below: number) => {
      const above = certify({
        issuer: vendorRoot,
        subject: middle,
        extensions: [mayCertify(below)],
      });
      const lower = certify({ issuer: middle, subject: keystore });
      return faultWith({ certificateChain: [leaf, lower, above, root] });
    };
    expect([0, 1, 2].map(faultOver)).toEqual(['chain', 'none', 'none']);
  });

  it('do not go on below a key that is attested', () => {
    // The phone's own app certifies another key with what it likes to say about it.
    const app = { name: 'Android Keystore Key', scalar: phone };
    const description = readCertificate(leaf).keyDescription!;
    const attested = described(description);
    const below = certify({
      issuer: app,
      subject: { name: 'x', scalar: scalarOf('x') },
      extensions: [attested],
    });
    expect(faultWith({ certificateChain: [below, ...upload.certificateChain] })).toBe('chain');
    const asAuthority = certify({
      issuer: keystore,
      subject: app,
      extensions: [mayCertify(), attested],
    });
    const chain = [below, asAuthority, intermediate, root];
    expect(verifierOf().verify({ ...upload, certificateChain: chain }, nowMs)).toMatchObject({
      fault: 'chain',
      detail: 'an authority whose key is itself attested',
    });
  });

  it("are no chains where they are Priolab's plain credentials", () => {
    const credential = Uint8Array.of(...publicKey, 0, 0, 0x49, 0x20, ...new Uint8Array(64).fill(9));
    expect(faultWith({ certificateChain: [credential, intermediate, root] })).toBe('chain');
    expect(faultWith({ certificateChain: [credential, credential, credential] })).toBe('chain');
  });
});

describe('remembered chains', () => {
  const others = Array.from({ length: 4 }, (_, i) => {
    const lower = certify({
      issuer: vendorRoot,
      subject: keystore,
      extensions: [mayCertify(i)],
    });
    return [leaf, lower, root];
  });

  it('are few, and whichever are left, answers are the same', () => {
    const verifiers = [0, 1, 2, 1024].map((keptChainCount) => verifierOf({ keptChainCount }));
    const forged = [leaf, others[0]![1]!.with(200, 1), root];
    for (const index of [0, 1, 0, 2, 3, 3, 1, 0, 2]) {
      for (const verifier of verifiers) {
        const certificateChain = others[index]!;
        expect(faultOf(verifier.verify({ ...upload, certificateChain }, nowMs))).toBe('none');
        const bad = { ...upload, certificateChain: forged };
        expect(faultOf(verifier.verify(bad, nowMs))).toBe('chain');
      }
    }
  });

  it('are not those of the same bytes cut elsewhere', () => {
    const verifier = verifierOf();
    expect(faultOf(verifier.verify(upload, nowMs))).toBe('none');
    const joined = Uint8Array.of(...intermediate, ...root);
    const certificateChain = [leaf, joined];
    expect(faultOf(verifier.verify({ ...upload, certificateChain }, nowMs))).toBe('chain');
  });
});
