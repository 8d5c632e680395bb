/** A chain of the simulated vendor, and forged ones: certificates that say what one likes. */

import { fromHex, publicKeyToSpki } from '@priolab/crypto';
import {
  BOOLEAN,
  contents,
  cursorOf,
  encode,
  INTEGER,
  isAtEnd,
  last,
  next,
  nextOfAny,
  SEQUENCE,
  wholeOf,
} from '../src/der.ts';
import type { AndroidUpload, AndroidVerifierOptions } from '../src/index.ts';
import { certificateOf, extension, nameOf, tbsOf, validityOf } from '../src/simulated-authority.ts';
import {
  authority,
  backend,
  faultOf,
  nowMs,
  reissue,
  scalarOf,
  signatureOf,
  uploadOf,
  verifierOf,
} from './samples.ts';

export const upload = uploadOf();
export const [leaf, intermediate, root] = upload.certificateChain as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

export function faultWith(
  changes: Partial<AndroidUpload>,
  options: Partial<AndroidVerifierOptions> = {},
  atMs = nowMs,
): string {
  return faultOf(verifierOf(options).verify({ ...upload, ...changes }, atMs));
}

/** The fault of a leaf in which these bytes are others, certified by the right authority. */
export function faultOfLeaf(from: string, to: string): string {
  const changed = reissue(leaf, [fromHex(from), fromHex(to)]);
  return faultWith({ certificateChain: [changed, intermediate, root] });
}

/** A certificate of `subject`'s key, signed by `issuer`'s. */
export function certify(options: {
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
export function withElement(sequence: Uint8Array, index: number, element: Uint8Array): Uint8Array {
  const elements: Uint8Array[] = [];
  const cursor = contents(last(cursorOf(sequence), SEQUENCE, 'a sequence'));
  while (!isAtEnd(cursor)) elements.push(wholeOf(nextOfAny(cursor, 'an element')));
  return encode(SEQUENCE, ...elements.with(index, element));
}

/** The extension of a key description. */
export function described(description: Uint8Array): Uint8Array {
  return extension(fromHex('2b06010401d679020111'), new Uint8Array(), description);
}

export const TRUE = encode(BOOLEAN, Uint8Array.of(0xff));
export const BASIC_CONSTRAINTS = Uint8Array.of(0x55, 0x1d, 0x13);

/** Basic constraints of an authority with `below` others below it at most. */
export function mayCertify(below?: number): Uint8Array {
  const length = below === undefined ? [] : [encode(INTEGER, Uint8Array.of(below))];
  return extension(BASIC_CONSTRAINTS, TRUE, encode(SEQUENCE, TRUE, ...length));
}

/** What software enforces, in a key description. */
export function softwareOf(description: Uint8Array): Uint8Array {
  const cursor = contents(last(cursorOf(description), SEQUENCE, 'a description'));
  for (let before = 0; before < 6; before++) nextOfAny(cursor, 'an element');
  return wholeOf(next(cursor, SEQUENCE, 'a list'));
}

export const vendorRoot = { name: 'Priolab simulated root', scalar: scalarOf('vendor root') };
export const keystore = { name: 'Priolab simulated keystore', scalar: authority.scalar };
