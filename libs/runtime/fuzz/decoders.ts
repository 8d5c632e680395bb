/**
 * What a store reads from its server, for `npm run fuzz:decoders`: the form is that of the table of
 * decoders in `libs/roles/fuzz`, which this layer can't import.
 */

import { XmlError, parseXml } from '../src/stores/s3/xml.ts';

const LISTING = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>sums</Name><Prefix/>
<KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>
<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>
<Contents><Key>a/2021/b.batch</Key><ETag>&quot;fba9&quot;</ETag><Size>434</Size></Contents>
<!-- and --><Contents><Key>a &amp; &#x1F600;</Key><Size>0</Size></Contents></ListBucketResult>`;
const FAILURE = `<Error><Code>NoSuchKey</Code><Message>It&apos;s not there.</Message></Error>`;

export const runtimeDecoders = [
  {
    name: 's3-xml',
    seeds: [LISTING, FAILURE].map((text) => new TextEncoder().encode(text)),
    decode: (bytes: Uint8Array): { value: unknown } => ({
      value: parseXml(Buffer.from(bytes).toString('utf8')),
    }),
    codeOf: (error: unknown): string | undefined =>
      error instanceof XmlError ? error.code : undefined,
  },
];
