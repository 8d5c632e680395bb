/**
 * Writing to S3. An object is there whole or not at all: by one PUT, or by parts that become an
 * object when the upload is completed. Put-if-absent is the server's `If-None-Match: *` on that
 * last call. An object without bytes is a PUT: an upload needs a part (ENPA section 9.2 no. 6).
 */

import { setTimeout as delay } from 'node:timers/promises';

import { TransportError } from '../../transport-error.ts';
import { inPieces } from '../pieces.ts';
import type { OnStoreStep, PutOptions } from '../streaming-store.ts';
import { malformed, type S3Call, type S3Client } from './client.ts';
import { childText, escapeXml } from './xml.ts';

/** S3's own limit. */
const PARTS_MAX = 10_000;
/** Two writers at once: the server asks to try again. */
const CONFLICT_ATTEMPTS = 5;
const CONFLICT_DELAY_MS = 20;

export interface UploadOptions {
  readonly client: S3Client;
  readonly partBytes: number;
  /** 'check-first' looks and then writes: another writer in between is overwritten. */
  readonly conditionalPut: 'native' | 'check-first';
  readonly exists: (key: string) => Promise<boolean>;
  readonly onStep: OnStoreStep | undefined;
}

export interface Uploads {
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean>;
  write(key: string, chunks: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<boolean>;
}

export function createUploads(options: UploadOptions): Uploads {
  const { client, partBytes, conditionalPut, exists, onStep } = options;
  const isNative = conditionalPut === 'native';

  const put = async (key: string, bytes: Uint8Array, how?: PutOptions): Promise<boolean> => {
    const isOverwriting = how?.overwrite === true;
    if (!isOverwriting && !isNative && (await exists(key))) return false;
    const call: S3Call = {
      method: 'PUT',
      key,
      body: bytes,
      headers: !isOverwriting && isNative ? { 'if-none-match': '*' } : {},
      // A second one would find the first one's object there.
      isIdempotent: isOverwriting,
      hasEffect: true,
      expected: isOverwriting ? [] : [409, 412],
    };
    for (let attempt = 1; ; attempt++) {
      const { status } = await client.callForXml(call);
      if (status < 300) break;
      if (status === 412) return false;
      if (attempt === CONFLICT_ATTEMPTS) throw conflict(key);
      await delay(CONFLICT_DELAY_MS * attempt);
    }
    await onStep?.('store.put', key);
    return true;
  };

  const write = async (
    key: string,
    chunks: AsyncIterable<Uint8Array>,
    how?: PutOptions,
  ): Promise<boolean> => {
    const pieces = inPieces(chunks, { size: partBytes, isKept: true });
    try {
      const first = await pieces.next();
      if (first.done === true) return await put(key, new Uint8Array(0), how);
      const second = await pieces.next();
      if (second.done === true) return await put(key, first.value, how);
      // Much would be sent only to be thrown away.
      if (how?.overwrite !== true && (await exists(key))) return false;
      return await uploadParts(client, {
        key,
        parts: joined([first.value, second.value], pieces),
        isConditional: how?.overwrite !== true && isNative,
        exists,
        onStep,
      });
    } finally {
      await pieces.return();
    }
  };
  return { put, write };
}

const conflict = (key: string): TransportError => {
  const text = `S3 PUT ${key}: another writer was at it each of ${CONFLICT_ATTEMPTS} times`;
  return new TransportError('unavailable', text, { retryable: true, definite: true });
};

async function* joined(first: Uint8Array[], rest: AsyncIterable<Uint8Array>) {
  // Taken out, so that no piece is held longer than it takes to send it.
  while (first.length > 0) yield first.shift()!;
  yield* rest;
}

interface Parts {
  readonly key: string;
  readonly parts: AsyncIterable<Uint8Array>;
  readonly isConditional: boolean;
  readonly exists: (key: string) => Promise<boolean>;
  readonly onStep: OnStoreStep | undefined;
}

async function uploadParts(client: S3Client, upload: Parts): Promise<boolean> {
  const { key, onStep } = upload;
  const uploadId = await beginUpload(client, key);
  const abort = () =>
    client
      .callForXml({
        method: 'DELETE',
        key,
        query: { uploadId },
        isIdempotent: true,
        hasEffect: false,
        expected: [404],
      })
      // What stays behind is not seen, and a rule of the bucket removes it after some days.
      .catch(() => undefined);
  let tags: string[];
  try {
    await onStep?.('store.upload-begun', key);
    tags = await sendParts(client, upload, uploadId);
  } catch (error) {
    await abort();
    throw error;
  }
  try {
    const isNew = await completeUpload(client, upload, { uploadId, tags });
    if (!isNew) await abort();
    else await onStep?.('store.upload-completed', key);
    return isNew;
  } catch (error) {
    // Where it is not known whether it was completed, it may be about to be.
    if (error instanceof TransportError && error.definite) await abort();
    throw error;
  }
}

async function beginUpload(client: S3Client, key: string): Promise<string> {
  const call: S3Call = {
    method: 'POST',
    key,
    query: { uploads: '' },
    isIdempotent: false,
    hasEffect: false,
  };
  const { xml } = await client.callForXml(call);
  const uploadId = xml && childText(xml, 'UploadId');
  if (xml?.name === 'InitiateMultipartUploadResult' && uploadId) return uploadId;
  throw malformed(call, 'expected an UploadId');
}

async function sendParts(
  client: S3Client,
  { key, parts, onStep }: Parts,
  uploadId: string,
): Promise<string[]> {
  const tags: string[] = [];
  for await (const body of parts) {
    if (tags.length === PARTS_MAX) {
      const text = `S3 PUT ${key}: expected up to ${PARTS_MAX} parts, got more`;
      throw new TransportError('refused', text, { retryable: false, definite: true });
    }
    const call: S3Call = {
      method: 'PUT',
      key,
      query: { partNumber: String(tags.length + 1), uploadId },
      body,
      isIdempotent: true,
      hasEffect: false,
    };
    const { headers } = await client.callForXml(call);
    const tag = headers.get('etag');
    if (tag === null) throw malformed(call, 'expected an ETag');
    tags.push(tag);
    await onStep?.('store.part-sent', key);
  }
  return tags;
}

/** @returns false where there is an object of that name */
async function completeUpload(
  client: S3Client,
  { key, isConditional, exists }: Parts,
  { uploadId, tags }: { readonly uploadId: string; readonly tags: readonly string[] },
): Promise<boolean> {
  const parts = tags.map((tag, index) => {
    const number = `<PartNumber>${index + 1}</PartNumber>`;
    return `<Part>${number}<ETag>${escapeXml(tag)}</ETag></Part>`;
  });
  const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
  const call: S3Call = {
    method: 'POST',
    key,
    query: { uploadId },
    headers: isConditional ? { 'if-none-match': '*' } : {},
    body: new TextEncoder().encode(body),
    isIdempotent: false,
    hasEffect: true,
    expected: isConditional ? [409, 412] : [],
  };
  const { status, xml } = await client.callForXml(call);
  if (status === 412) return false;
  if (status === 409) {
    // The parts are void then, and the stream can't be read again.
    if (await exists(key)) return false;
    throw conflict(key);
  }
  if (xml?.name !== 'CompleteMultipartUploadResult') {
    throw malformed(call, `expected CompleteMultipartUploadResult, got ${xml?.name ?? 'nothing'}`);
  }
  return true;
}
