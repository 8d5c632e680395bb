/**
 * An object store in an S3 bucket, or below a prefix of one. Put-if-absent is the server's own
 * condition, which AWS, R2, Ceph and MinIO know. A server that ignores it would let two writers
 * both win: for such ones there is 'check-first', which has just that race and is for tests.
 *
 * A bucket should have a rule that removes unfinished uploads after some days.
 */

import type { ObjectStat } from '../object-store.ts';
import { ObjectKeyError, checkKey, checkPrefix, sortKeys } from '../object-key.ts';
import type { OnStoreStep, StreamingStore } from '../streaming-store.ts';
import { TransportError } from '../../transport-error.ts';
import { StoreSettingsError, createAddresses, type S3Address } from './address.ts';
import { createS3Client, malformed } from './client.ts';
import type { S3Call, S3Client, S3Credentials } from './client.ts';
import { createUploads } from './upload.ts';
import { childText, type XmlElement } from './xml.ts';

export interface S3StoreOptions extends S3Address {
  /** Keys are below it: 'a/b' makes the object 'a/b/<key>'. */
  readonly prefix?: string;
  readonly credentials: S3Credentials;
  /** How long a call, or a chunk of what is read, may take. 60 s where it is left out. */
  readonly timeoutMs?: number;
  /** Larger objects are sent in parts of this size, two or so in memory. 5 MiB, and no less. */
  readonly partBytes?: number;
  /** See above. 'native' where it is left out. */
  readonly conditionalPut?: 'native' | 'check-first';
  /** 'store.put', 'store.upload-begun', 'part-sent', 'upload-completed', 'deleted'. */
  readonly onStep?: OnStoreStep;
}

const TIMEOUT_MS = 60_000;
/** S3's own limit, but for the last part; 10,000 of them are 48 GiB. */
const PART_BYTES_MIN = 5 * 1024 * 1024;

/** Nothing is asked of the server before the first operation. @throws StoreSettingsError */
export function createS3Store(options: S3StoreOptions): StreamingStore {
  const { region, credentials, timeoutMs = TIMEOUT_MS, onStep } = options;
  const { partBytes = PART_BYTES_MIN, conditionalPut = 'native' } = options;
  if (!Number.isSafeInteger(partBytes) || partBytes < PART_BYTES_MIN) {
    throw new StoreSettingsError(`S3 part size ${partBytes}: expected ${PART_BYTES_MIN} or more`);
  }
  const base = readBase(options.prefix ?? '');
  const url = createAddresses(options);
  const client = createS3Client({ url, region, credentials, timeoutMs });
  const nameOf = (key: string): string => {
    checkKey(key);
    if (base !== '') checkKey(base + key);
    return base + key;
  };
  const stat = (name: string) => statObject(client, name);
  const exists = async (name: string) => (await stat(name)) !== undefined;
  const uploads = createUploads({ client, partBytes, conditionalPut, exists, onStep });

  return {
    put: async (key, bytes, how) => uploads.put(nameOf(key), bytes, how),
    write: async (key, chunks, how) => uploads.write(nameOf(key), chunks, how),
    stat: async (key) => stat(nameOf(key)),
    async get(key) {
      const parts: Uint8Array[] = [];
      const chunks = await getChunks(client, nameOf(key));
      if (chunks === undefined) return undefined;
      for await (const chunk of chunks) parts.push(chunk);
      return Buffer.concat(parts);
    },
    async read(key) {
      const name = nameOf(key);
      // The bytes are asked for when it is iterated: an answer left unread holds a connection.
      if (!(await exists(name))) return undefined;
      return { [Symbol.asyncIterator]: () => chunksOf(client, name) };
    },
    async list(prefix) {
      checkPrefix(prefix);
      if (base !== '') checkPrefix(base + prefix);
      const names = await listObjects(client, base + prefix);
      return sortKeys(names.map((name) => name.slice(base.length)));
    },
    async delete(key) {
      const name = nameOf(key);
      await client.callForXml({
        method: 'DELETE',
        key: name,
        isIdempotent: true,
        hasEffect: true,
      });
      await onStep?.('store.deleted', name);
    },
  };
}

/** With a '/' at its end, if it is not empty. */
function readBase(prefix: string): string {
  const trimmed = prefix.replace(/\/$/, '');
  if (trimmed === '') return '';
  try {
    checkKey(trimmed);
  } catch (error) {
    throw new StoreSettingsError(`S3 prefix: ${(error as ObjectKeyError).message}`);
  }
  return `${trimmed}/`;
}

const reading = { isIdempotent: true, hasEffect: false } as const;

async function statObject(client: S3Client, key: string): Promise<ObjectStat | undefined> {
  const call: S3Call = { method: 'HEAD', key, ...reading, expected: [404] };
  const { status, headers } = await client.call(call);
  if (status === 404) return undefined;
  const size = Number(headers.get('content-length') ?? Number.NaN);
  const writtenMs = Date.parse(headers.get('last-modified') ?? '');
  if (!Number.isSafeInteger(size) || Number.isNaN(writtenMs)) {
    throw malformed(call, 'expected Content-Length and Last-Modified');
  }
  return { size, writtenMs };
}

async function getChunks(
  client: S3Client,
  key: string,
): Promise<AsyncGenerator<Uint8Array, void, undefined> | undefined> {
  const call: S3Call = { method: 'GET', key, ...reading, expected: [404] };
  const answer = await client.call(call);
  if (answer.status !== 404) return wholeBody(answer, call);
  // A bucket that is not there is not an object that is not there.
  if (/<Code>NoSuchBucket<\/Code>/.test(await answer.text())) {
    const text = `S3 GET ${key}: the bucket is not there`;
    throw new TransportError('not-found', text, { retryable: false, definite: true });
  }
  return undefined;
}

/** Nothing less than what was announced. */
async function* wholeBody(
  answer: Awaited<ReturnType<S3Client['call']>>,
  call: S3Call,
): AsyncGenerator<Uint8Array, void, undefined> {
  const announced = answer.headers.get('content-length');
  let size = 0;
  for await (const chunk of answer.chunks()) {
    size += chunk.length;
    yield chunk;
  }
  if (announced !== null && Number(announced) !== size) {
    throw malformed(call, `expected ${announced} bytes, got ${size}`);
  }
}

async function* chunksOf(
  client: S3Client,
  key: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = await getChunks(client, key);
  if (chunks === undefined) {
    const text = `S3 GET ${key}: expected it to be there, it was deleted`;
    throw new TransportError('not-found', text, { retryable: false, definite: true });
  }
  yield* chunks;
}

async function listObjects(client: S3Client, prefix: string): Promise<string[]> {
  const names: string[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = { 'list-type': '2', 'encoding-type': 'url', prefix };
    const query = token === undefined ? page : { ...page, 'continuation-token': token };
    const call: S3Call = { method: 'GET', key: '', query, ...reading };
    const { xml } = await client.callForXml(call);
    if (xml?.name !== 'ListBucketResult') throw malformed(call, 'expected ListBucketResult');
    names.push(...keysOf(xml, call).filter((name) => isKey(name, prefix)));
    token = nextToken(xml, call);
    // A server that gives a page again would be asked for ever.
    if (token !== undefined && seen.has(token)) throw malformed(call, 'a page comes again');
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
  return names;
}

function keysOf(xml: XmlElement, call: S3Call): string[] {
  const isEncoded = childText(xml, 'EncodingType') === 'url';
  return xml.children
    .filter(({ name }) => name === 'Contents')
    .map((contents) => {
      const key = childText(contents, 'Key');
      if (key === undefined) throw malformed(call, 'expected a Key in Contents');
      try {
        return isEncoded ? decodeURIComponent(key.replaceAll('+', '%20')) : key;
      } catch {
        throw malformed(call, 'expected keys in URL encoding');
      }
    });
}

function nextToken(xml: XmlElement, call: S3Call): string | undefined {
  const isTruncated = childText(xml, 'IsTruncated');
  if (isTruncated === 'false') return undefined;
  const token = childText(xml, 'NextContinuationToken');
  if (isTruncated === 'true' && token) return token;
  // Without it there would be a part of the bucket only (ENPA section 9.2 no. 22).
  throw malformed(call, 'expected IsTruncated, and with it a NextContinuationToken');
}

/** Whether it begins with the prefix and can be asked for: a console's 'a/' for a folder can't. */
function isKey(name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  try {
    checkKey(name);
    return true;
  } catch {
    return false;
  }
}
