/** What the verifier refuses, and as what: forged chains, wrong keys, other apps, times, caches. */

import { fromHex, publicKeyToSpki, toHex } from '@priolab/crypto';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../src/certificate.ts';
import {
  BIT_STRING,
  BOOLEAN,
  INTEGER,
  OCTET_STRING,
  SEQUENCE,
  SET,
  contents,
  contextTag,
  cursorOf,
  encode,
  isAtEnd,
  last,
  next,
  nextOfAny,
  wholeOf,
} from '../src/der.ts';
import { DAY_MS, createAndroidAttestor, serializePayload } from '../src/index.ts';
import type { AndroidUpload, AndroidVerifierOptions } from '../src/index.ts';
import {
  certificateOf,
  extension,
  keyUsage,
  nameOf,
  tbsOf,
  validityOf,
} from '../src/simulated-authority.ts';
import {
  apkDigest,
  attestorOf,
  authority,
  authorityNamed,
  backend,
  faultOf,
  metric,
  nowMs,
  packageName,
  phone,
  publicKey,
  reissue,
  scalarOf,
  signatureOf,
  uploadOf,
  verifierOf,
} from './samples.ts';

const upload = uploadOf();
const [leaf, intermediate, root] = upload.certificateChain as [Uint8Array, Uint8Array, Uint8Array];

function faultWith(
  changes: Partial<AndroidUpload>,
  options: Partial<AndroidVerifierOptions> = {},
  atMs = nowMs,
): string {
  return faultOf(verifierOf(options).verify({ ...upload, ...changes }, atMs));
}

/** The fault of a leaf in which these bytes are others, certified by the right authority. */
function faultOfLeaf(from: string, to: string): string {
  const changed = reissue(leaf, [fromHex(from), fromHex(to)]);
  return faultWith({ certificateChain: [changed, intermediate, root] });
}

/** A certificate of `subject`'s key, signed by `issuer`'s. */
function certify(options: {
  readonly issuer: { readonly name: string; readonly scalar: Uint8Array };
  readonly subject: { readonly name: string; readonly scalar: Uint8Array };
  readonly extensions?: readonly Uint8Array[];
  readonly spki?: Uint8Array;
}): Uint8Array {
  const { issuer, subject, extensions = [mayCertify()] } = options;
  const tbs = tbsOf({
    serial: Uint8Array.of(7),
    issuer: nameOf(issuer.name),
    validity: validityOf(Date.UTC(2020, 0, 1), Date.UTC(2030, 0, 1)),
    subject: nameOf(subject.name),
    spki: options.spki ?? publicKeyToSpki(backend.privateKey(subject.scalar).publicKey),
    extensions,
  });
  return certificateOf(tbs, signatureOf(tbs, issuer.scalar));
}

/** A SEQUENCE with another element at `index`. */
function withElement(sequence: Uint8Array, index: number, element: Uint8Array): Uint8Array {
  const elements: Uint8Array[] = [];
  const cursor = contents(last(cursorOf(sequence), SEQUENCE, 'a sequence'));
  while (!isAtEnd(cursor)) elements.push(wholeOf(nextOfAny(cursor, 'an element')));
  return encode(SEQUENCE, ...elements.with(index, element));
}

/** The extension of a key description. */
function described(description: Uint8Array): Uint8Array {
  return extension(fromHex('2b06010401d679020111'), new Uint8Array(), description);
}

const TRUE = encode(BOOLEAN, Uint8Array.of(0xff));
const BASIC_CONSTRAINTS = Uint8Array.of(0x55, 0x1d, 0x13);

/** Basic constraints of an authority with `below` others below it at most. */
function mayCertify(below?: number): Uint8Array {
  const length = below === undefined ? [] : [encode(INTEGER, Uint8Array.of(below))];
  return extension(BASIC_CONSTRAINTS, TRUE, encode(SEQUENCE, TRUE, ...length));
}

/** What software enforces, in a key description. */
function softwareOf(description: Uint8Array): Uint8Array {
  const cursor = contents(last(cursorOf(description), SEQUENCE, 'a description'));
  for (let before = 0; before < 6; before++) nextOfAny(cursor, 'an element');
  return wholeOf(next(cursor, SEQUENCE, 'a list'));
}

const vendorRoot = { name: 'Priolab simulated root', scalar: scalarOf('vendor root') };
const keystore = { name: 'Priolab simulated keystore', scalar: authority.scalar };

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
