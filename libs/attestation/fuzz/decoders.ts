/**
 * What Google's ingestor reads from phones, for `npm run fuzz:decoders`: the form is that of the
 * table of decoders in `libs/roles/fuzz`, which this layer can't import.
 */

import { readCertificate } from '../src/certificate.ts';
import { encodeDocument, readDocument } from '../src/index.ts';
import { applicationOf, originOf, purposesOf, readKeyDescription } from '../src/key-description.ts';
import { Refusal } from '../src/refusal.ts';
import { metric, nowMs, uploadOf, verifierOf } from '../test/samples.ts';

const upload = uploadOf();
const [leaf, ...authorities] = upload.certificateChain;
const place = { project: 'enpa-us', prefix: 42 };
const { target, body } = encodeDocument(upload, place);
const rules = { project: place.project, metrics: new Set([metric]), nowMs, binsMax: 1344 };
const verifier = verifierOf();

const codeOf = (error: unknown): string | undefined =>
  error instanceof Refusal ? error.fault : undefined;

export const attestationDecoders = [
  {
    name: 'android-document',
    seeds: [body],
    decode: (bytes: Uint8Array): { value: unknown } => {
      const value = readDocument(target, bytes, rules);
      if ('fault' in value) throw new Refusal(value.fault, value.detail);
      const again = encodeDocument(value, place);
      if ('fault' in readDocument(again.target, again.body, rules)) throw new Error('no way back');
      return { value };
    },
    codeOf,
  },
  {
    name: 'android-leaf',
    seeds: [leaf!],
    decode: (bytes: Uint8Array): { value: unknown } => {
      const certificateChain = [bytes, ...authorities];
      const answer = verifier.verify({ ...upload, certificateChain }, nowMs);
      if (!answer.ok) throw new Refusal(answer.fault, answer.detail);
      if (Buffer.compare(bytes, leaf!) !== 0) throw new Error('a forged leaf verifies');
      return { value: answer };
    },
    codeOf,
  },
  {
    name: 'certificate',
    seeds: upload.certificateChain,
    decode: (bytes: Uint8Array): { value: unknown } => ({ value: readCertificate(bytes) }),
    codeOf,
  },
  {
    name: 'key-description',
    seeds: [readCertificate(leaf!).keyDescription!],
    decode: (bytes: Uint8Array): { value: unknown } => {
      const { challenge, software, hardware } = readKeyDescription(bytes);
      const lists = [software, hardware];
      const value = lists.map((list) => [purposesOf(list), originOf(list), applicationOf(list)]);
      return { value: [challenge, value] };
    },
    codeOf,
  },
];
