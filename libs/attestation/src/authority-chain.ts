/**
 * The authorities of a chain, from the one that certified the phone's key up to the root. Phones of
 * one make share them, so what was verified once is kept: afterwards a chain costs one signature
 * check. Only chains that lead to a trusted root are kept, so that no outsider can fill the cache.
 * Source: RFC 5280 section 6.1; Android's "Verify hardware-backed key pairs with key attestation".
 */

import type { KeyObject } from 'node:crypto';

import { createDigest, toHex } from '@priolab/crypto';

import { authorityKeyOf, isSignedBy, readCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { Refusal } from './refusal.ts';

/** What is known of verified authorities; none of it views the bytes it was read from. */
export interface AuthorityChain {
  /** Of the one that certifies leaves: its name in hex, its key. */
  readonly issuer: string;
  readonly key: KeyObject;
  readonly serials: readonly string[];
  /** All of them are valid from here to there. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface AuthorityChains {
  /**
   * @param certificates DER, from the leaf's issuer to the root
   * @throws Refusal `chain` or `root`
   */
  verify(certificates: readonly Uint8Array[]): AuthorityChain;
}

/**
 * @param options.roots DER certificates; only their public keys count, since Google has issued new
 *   certificates for its root's key
 * @param options.keptCount how many chains are remembered, 0 for none
 * @throws Refusal where a root is no certificate
 */
export function createAuthorityChains(options: {
  readonly roots: readonly Uint8Array[];
  readonly keptCount: number;
}): AuthorityChains {
  const rootKeys = new Set(options.roots.map((root) => toHex(readCertificate(root).spki)));
  /** The least recently used first. */
  const kept = new Map<string, AuthorityChain>();
  return {
    verify(certificates) {
      if (options.keptCount === 0) return verifyAuthorities(certificates, rootKeys);
      const id = idOf(certificates);
      const chain = kept.get(id) ?? verifyAuthorities(certificates, rootKeys);
      kept.delete(id);
      kept.set(id, chain);
      if (kept.size > options.keptCount) kept.delete(kept.keys().next().value!);
      return chain;
    },
  };
}

/** Sizes are part of it: the same bytes, cut elsewhere, are not the same certificates. */
function idOf(certificates: readonly Uint8Array[]): string {
  const digest = createDigest();
  digest.update(new Uint8Array(Uint32Array.from(certificates, ({ length }) => length).buffer));
  for (const certificate of certificates) digest.update(certificate);
  return toHex(digest.finish());
}

function verifyAuthorities(
  certificates: readonly Uint8Array[],
  rootKeys: ReadonlySet<string>,
): AuthorityChain {
  const chain = certificates.map(readCertificate);
  const root = chain.at(-1);
  if (root === undefined) throw refusal('expected certificates of authorities');
  if (!rootKeys.has(toHex(root.spki))) {
    throw new Refusal('root', 'the last certificate has no key of a trusted root');
  }
  chain.forEach((certificate, index) => checkAuthority(certificate, index));
  if (chain.slice(0, -1).some(({ spki }) => rootKeys.has(toHex(spki)))) {
    throw refusal('a certificate after that of a root');
  }
  // Downwards, so that no key is used before it is certified; the root signs itself.
  let key = authorityKeyOf(root);
  let issuer = toHex(root.subject);
  for (const certificate of chain.toReversed()) {
    if (toHex(certificate.issuer) !== issuer) throw refusal("another name than the issuer's");
    if (!isSignedBy(certificate, key)) throw refusal("an authority's signature does not verify");
    if (certificate !== root) key = authorityKeyOf(certificate);
    issuer = toHex(certificate.subject);
  }
  return {
    issuer,
    key,
    serials: chain.map(({ serial }) => serial),
    notBeforeMs: Math.max(...chain.map(({ notBeforeMs }) => notBeforeMs)),
    notAfterMs: Math.min(...chain.map(({ notAfterMs }) => notAfterMs)),
  };
}

/** @param belowCount authorities between it and the leaf */
function checkAuthority(certificate: Certificate, belowCount: number): void {
  const { isAuthority, pathLengthMax, keyDescription } = certificate;
  if (!isAuthority) throw refusal('a certificate that may not certify others');
  if (pathLengthMax !== undefined && belowCount > pathLengthMax) {
    throw refusal('more authorities than one of them allows');
  }
  // An attested key must not certify another: its app could then describe keys as it likes.
  if (keyDescription !== undefined) throw refusal('an authority whose key is itself attested');
}

function refusal(detail: string): Refusal<'chain'> {
  return new Refusal('chain', detail);
}
