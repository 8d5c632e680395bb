/** One document, what it must fit, and ways to change it in one place. */

import { encodeDocument, readDocument } from '../src/index.ts';
import type { DocumentRules } from '../src/index.ts';
import { nowMs, uploadOf } from './samples.ts';

export const HOUR_MS = 3_600_000;
export const upload = uploadOf();
export const place = { project: 'enpa-us', prefix: 42 };
export const { target, body } = encodeDocument(upload, place);
export const rules: DocumentRules = {
  project: place.project,
  metrics: new Set([upload.metric, 'fakeMetric-v1']),
  nowMs,
  binsMax: 2000,
};

/** JSON as it is parsed; lists too, by index. */
export interface Tree {
  [name: string]: Tree;
}
export const tree = () => JSON.parse(Buffer.from(body).toString()) as Tree;
export const bytesOf = (json: unknown) => Buffer.from(JSON.stringify(json));

/** The fault of the sample with `change` made to its JSON; 'none' where it is taken. */
export function faultAfter(change: (document: Tree) => unknown): string {
  const document = tree();
  change(document);
  return faultOf(readDocument(target, bytesOf(document), rules));
}

export function faultOf(answer: object): string {
  return 'fault' in answer ? String(answer.fault) : 'none';
}

export const faultAt = (changed: string, others: Partial<DocumentRules> = {}) =>
  faultOf(readDocument(changed, body, { ...rules, ...others }));

export const payloadIn = (document: Tree) =>
  document['fields']!['payload']!['mapValue']!['fields']!;
export const paramsIn = (document: Tree) =>
  payloadIn(document)['prioParams']!['mapValue']!['fields']!;
export const sharesIn = (document: Tree) =>
  payloadIn(document)['encryptedDataShares']!['arrayValue']!['values']!;
export const chainIn = (document: Tree) =>
  document['fields']!['certificateChain']!['arrayValue']!['values']!;
export const set = (parent: Tree, name: string | number, value: unknown) =>
  Object.assign(parent, { [name]: value });
export const text = (length: number) => ({ stringValue: 'A'.repeat(length) });
export const integer = (value: unknown) => ({ integerValue: value });
