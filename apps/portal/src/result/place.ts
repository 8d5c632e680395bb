/**
 * Where a sum comes from: the instance `{locality}-{ingestor}` as country, state and provider.
 * Source: ENPA sections 1.1 (locality names, ingestor labels), 1.7 (codes in records).
 */

export type Provider = 'apple' | 'google';

export interface Place {
  /** `us-wa`, or `mn` where a whole country is one. */
  readonly locality: string;
  readonly country: string;
  /** Empty where a whole country is one locality. */
  readonly state: string;
  readonly provider: Provider;
}

/** A country, and a part of it (ISO 3166-2). */
const LOCALITY = /^[a-z]{2}(-[a-z0-9]{1,3})?$/;

/** Labels of ingestors; `g-enpa` is what Google's was called in 2021. */
const INGESTORS: readonly (readonly [label: string, provider: Provider])[] = [
  ['g-enpa', 'google'],
  ['google', 'google'],
  ['apple', 'apple'],
];

export function isLocality(text: string): boolean {
  return LOCALITY.test(text);
}

/** Country and state of a locality. */
export function codesOf(locality: string): { readonly country: string; readonly state: string } {
  const [country = '', state = ''] = locality.split('-');
  return { country, state };
}

/** Undefined for an instance of no known ingestor, or of no locality that a key can be for. */
export function readPlace(instance: string): Place | undefined {
  for (const [label, provider] of INGESTORS) {
    if (!instance.endsWith(`-${label}`)) continue;
    const locality = instance.slice(0, -label.length - 1);
    return isLocality(locality) ? { locality, ...codesOf(locality), provider } : undefined;
  }
  return undefined;
}
