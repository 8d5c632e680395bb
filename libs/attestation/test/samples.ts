/** One simulated vendor, phone and upload, and ways to make others from them. */

import { createBackend, sha256 } from '@priolab/crypto';

import { readCertificate } from '../src/certificate.ts';
import {
  createAndroidAttestor,
  createAndroidAuthority,
  createAndroidVerifier,
} from '../src/index.ts';
import type { AndroidUpload, AndroidVerifierOptions, SecurityLevel } from '../src/index.ts';
import { certificateOf, signAll } from '../src/simulated-authority.ts';

export const backend = createBackend('node');
export const packageName = 'org.priolab.phone';
export const metric = 'histogramMetric-v2';
/** 15 March 2021, a Monday. */
export const nowMs = Date.UTC(2021, 2, 15, 13, 45, 10, 123);
export const scalarOf = (name: string): Uint8Array => sha256(new TextEncoder().encode(name));
export const apkDigest = scalarOf('apk');
export const phone = scalarOf('phone');
export const publicKey = backend.privateKey(phone).publicKey;

export function authorityNamed(name: string) {
  const scalars = (what: string) => ({
    scalar: scalarOf(`${name} ${what}`),
    nonce: scalarOf(`${name} ${what} nonce`),
  });
  return createAndroidAuthority({
    root: scalars('root'),
    intermediate: scalars('intermediate'),
    notBeforeMs: Date.UTC(2018, 4, 25),
    notAfterMs: Date.UTC(2028, 4, 22),
    backend,
  });
}
export const authority = authorityNamed('vendor');

export function attestorOf(options: { securityLevel?: SecurityLevel } = {}) {
  return createAndroidAttestor({ authority, backend, packageName, apkDigest, ...options });
}

const unsigned = {
  uuid: '0f8fad5b-d9cb-469f-a165-70867728950e',
  metric,
  createdMs: nowMs,
  schemaVersion: 2,
  prioParams: { bins: 1344, prime: 4293918721, epsilon: 8, numberServers: 2 },
  shares: ['leader', 'helper'].map((name) => ({
    payload: Uint8Array.of(...scalarOf(name), ...scalarOf(`${name} 2`)),
    encryptionKeyId: `key of ${name}`,
  })),
};

/** An upload that verifies, unless `chain` says otherwise; signed after `changes`. */
export function uploadOf(
  changes: Partial<AndroidUpload> = {},
  attestor = attestorOf(),
): AndroidUpload {
  const parts = { ...unsigned, ...changes };
  const key = { scalar: phone, nonce: scalarOf('document') };
  const [signature] = attestor.signAll([{ upload: parts, ...key }]);
  const time = { metric: parts.metric, nowMs: parts.createdMs };
  const [certificateChain] = attestor.attestAll([{ publicKey, nonce: scalarOf('leaf'), ...time }]);
  return { signature: signature!, certificateChain: certificateChain!, ...parts };
}

export function verifierOf(options: Partial<AndroidVerifierOptions> = {}) {
  return createAndroidVerifier({
    roots: [authority.root],
    packageName,
    apkDigests: [apkDigest],
    leafDates: 'check',
    ...options,
  });
}

/** A signature with a nonce that says what is signed. */
export function signatureOf(message: Uint8Array, scalar: Uint8Array): Uint8Array {
  const nonce = sha256(Uint8Array.of(...message, ...scalar));
  return signAll(backend, [{ scalar, nonce, message }])[0]!;
}

/** The certificate with something else at the place of `from`, signed by `scalar` again. */
export function reissue(
  der: Uint8Array,
  [from, to]: readonly [from: Uint8Array, to: Uint8Array],
  scalar = authority.scalar,
): Uint8Array {
  const { tbs } = readCertificate(der);
  const at = Buffer.from(tbs).indexOf(from);
  if (at < 0 || from.length !== to.length) throw new RangeError('expected bytes of the leaf');
  const changed = Uint8Array.from(tbs);
  changed.set(to, at);
  return certificateOf(changed, signatureOf(changed, scalar));
}

/** Fault of an answer, 'none' where it is verified. */
export function faultOf(answer: { readonly ok: boolean; readonly fault?: string }): string {
  return answer.ok ? 'none' : answer.fault!;
}
