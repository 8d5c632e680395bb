/**
 * Calls of an S3 server: signed, each within a time limit, never redirected, with what went wrong
 * as a transport error that says truly whether it can have had an effect. Retries are the caller's;
 * only a connection that the server had closed while it was idle is tried once more, and only where
 * doing it twice is doing it once (ENPA section 9.2 no. 11). No message holds a header or a key.
 */

import { AwsClient } from 'aws4fetch';

import { TransportError, type TransportErrorCode } from '../../transport-error.ts';
import { StoreSettingsError, type Query } from './address.ts';
import { childText, parseXml, type XmlElement } from './xml.ts';

/** Of 1,000 keys of 1,024 bytes, each byte as '%xx', and what is around them. */
const TEXT_BYTES_MAX = 8 * 1024 * 1024;

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3ClientOptions {
  readonly url: (key: string, query?: Query) => string;
  readonly region: string;
  readonly credentials: S3Credentials;
  /** For a call, and for each chunk of what is read in chunks. */
  readonly timeoutMs: number;
}

export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** In the bucket; '' is the bucket itself. */
  readonly key: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Nothing is lost by doing it twice, and the answer is the same. */
  readonly isIdempotent: boolean;
  /** Others can see what it does: when its answer is lost, it may have happened. */
  readonly hasEffect: boolean;
  /** Statuses besides 2xx that the caller understands. */
  readonly expected?: readonly number[];
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The whole body, within the time limit. @throws TransportError */
  text(): Promise<string>;
  /** The body in chunks; the time limit is for each. @throws TransportError */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

export interface S3Client {
  /** The answer; its body must be read or thrown away. @throws TransportError */
  call(call: S3Call): Promise<S3Answer>;
  /** The same, with the body as XML; undefined where there is none. @throws TransportError */
  callForXml(call: S3Call): Promise<{ status: number; headers: Headers; xml?: XmlElement }>;
}

export function createS3Client(options: S3ClientOptions): S3Client {
  const { url, region, credentials, timeoutMs } = options;
  checkCredentials(credentials);
  const aws = new AwsClient({ ...credentials, service: 's3', region, retries: 0 });

  const send = async (call: S3Call, signal: AbortSignal): Promise<Response> => {
    const { method, key, query, body } = call;
    const headers = { ...call.headers, 'x-amz-content-sha256': await sha256Hex(body) };
    const init = { method, headers, signal, redirect: 'manual' as const };
    const request = await aws
      .sign(url(key, query), body === undefined ? init : { ...init, body: body as BodyInit })
      .catch((): never => {
        // Its message may hold the header that was made.
        const text = `${what(call)}: the request could not be signed`;
        throw new TransportError('refused', text, { retryable: false, definite: true });
      });
    return fetch(request);
  };

  const call = async (one: S3Call, attempt = 1): Promise<S3Answer> => {
    const limit = createLimit(timeoutMs);
    let response: Response;
    try {
      response = await send(one, limit.signal);
    } catch (error) {
      limit.stop();
      const isIdle = isReset(error) && !limit.signal.aborted;
      if (isIdle && one.isIdempotent && attempt === 1) return call(one, 2);
      throw toTransport(error, one, limit);
    }
    const answer = answerOf(response, one, limit);
    if (response.ok || one.expected?.includes(response.status) === true) return answer;
    throw await refusal(answer, one);
  };

  return {
    call,
    async callForXml(one) {
      const answer = await call(one);
      const { status, headers } = answer;
      const text = (await answer.text()).trim();
      if (text === '') return { status, headers };
      const xml = readXml(text, one);
      // 200 OK with an error in its body (ENPA section 9.2 no. 8).
      if (answer.status < 300 && xml.name === 'Error') throw errorOf(xml, one, 500);
      return { status, headers, xml };
    },
  };
}

const what = ({ method, key, query }: S3Call): string =>
  `S3 ${method} ${key === '' ? 'of the bucket' : key}${query?.['uploadId'] ? ' (upload)' : ''}`;

/** What could not be a header would be told in an error by whoever tries. */
function checkCredentials(credentials: S3Credentials): void {
  for (const [name, value] of Object.entries(credentials)) {
    if (!/^[\x21-\x7e]+$/.test(String(value))) {
      throw new StoreSettingsError(`S3 ${name}: expected ASCII without blanks, and not empty`);
    }
  }
}

interface Limit {
  readonly signal: AbortSignal;
  begin(): void;
  stop(): void;
}

/** A time limit that runs from the start, and may be begun anew. */
function createLimit(timeoutMs: number): Limit {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  const begin = () => {
    stop();
    timer = setTimeout(() => controller.abort(), timeoutMs);
  };
  begin();
  return { signal: controller.signal, begin, stop };
}

function answerOf(response: Response, call: S3Call, limit: Limit): S3Answer {
  const { status, headers } = response;
  // The limit goes on until the body is read; one without a body needs none.
  if (response.body === null || call.method === 'HEAD') limit.stop();
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        limit.begin();
        const { done, value } = await reader.read();
        // Not while the caller is at work on it.
        limit.stop();
        if (done) return;
        yield value as Uint8Array;
      }
    } catch (error) {
      throw toTransport(error, call, limit);
    } finally {
      limit.stop();
      await reader.cancel().catch(() => undefined);
    }
  }
  return { status, headers, chunks, text: () => readText(response, call, limit) };
}

async function readText(response: Response, call: S3Call, limit: Limit): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) break;
      parts.push(value as Uint8Array);
      size += (value as Uint8Array).length;
      if (size > TEXT_BYTES_MAX) {
        await reader?.cancel();
        throw malformed(call, `expected up to ${TEXT_BYTES_MAX} bytes, got more`);
      }
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (error) {
    throw toTransport(error, call, limit);
  } finally {
    limit.stop();
  }
}

function readXml(text: string, call: S3Call): XmlElement {
  try {
    return parseXml(text);
  } catch (error) {
    throw malformed(call, `not XML: ${(error as Error).message}`);
  }
}

/** An answer that makes no sense: whatever was asked for may have happened. */
export function malformed(call: S3Call, problem: string): TransportError {
  const text = `${what(call)}: the answer is malformed: ${problem}`;
  return new TransportError('unavailable', text, { retryable: true, definite: !call.hasEffect });
}

/** Nothing can have been sent. */
const UNSENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT\w*)$/;

function toTransport(error: unknown, call: S3Call, { signal }: Limit): TransportError {
  if (error instanceof TransportError) return error;
  if (signal.aborted) {
    const text = `${what(call)}: no answer within the time limit`;
    return new TransportError('timeout', text, { retryable: true, definite: !call.hasEffect });
  }
  const code = causeCode(error);
  return new TransportError('unavailable', `${what(call)}: no connection (${code})`, {
    retryable: true,
    definite: !call.hasEffect || UNSENT.test(code),
  });
}

/** The system's code of what is behind `fetch failed`; of several addresses the first one's. */
function causeCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z_0-9]+$/.test(code)) return code;
  }
  return 'unknown';
}

const isReset = (error: unknown): boolean => {
  const code = causeCode(error);
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
};

async function refusal(answer: S3Answer, call: S3Call): Promise<TransportError> {
  const { status, headers } = answer;
  const text = call.method === 'HEAD' ? '' : await answer.text().catch(() => '');
  let error: XmlElement = { name: 'Error', children: [], text: '' };
  try {
    error = parseXml(text.trim());
  } catch {
    // Proxies answer in HTML; the status tells enough.
  }
  const region = headers.get('x-amz-bucket-region');
  return errorOf(error, call, status, status < 400 && region ? `; it is in ${region}` : '');
}

/** Codes that tell more than the status does; those of S3's list that mean 'not done'. */
const CODES: ReadonlyMap<string, readonly [TransportErrorCode, boolean]> = new Map<
  string,
  readonly [TransportErrorCode, boolean]
>([
  ['SlowDown', ['unavailable', true]],
  ['ServiceUnavailable', ['unavailable', true]],
  ['RequestTimeout', ['timeout', true]],
  ['NoSuchBucket', ['not-found', true]],
  ['NoSuchUpload', ['not-found', false]],
  ['ConditionalRequestConflict', ['unavailable', true]],
  ['OperationAborted', ['unavailable', true]],
  ['RequestTimeTooSkewed', ['refused', true]],
  ['EntityTooLarge', ['refused', true]],
  ['NotImplemented', ['refused', true]],
  ['XMinioStorageFull', ['full', true]],
]);

function errorOf(xml: XmlElement, call: S3Call, status: number, hint = ''): TransportError {
  // Not the message: of a wrong signature it holds what was signed.
  const code = childText(xml, 'Code')
    ?.replace(/[^\w.-]/g, '')
    .slice(0, 60);
  const [kind, isUndone] = CODES.get(code ?? '') ?? [
    kindOf(status),
    status < 500 || status === 507,
  ];
  const text = `${what(call)}: status ${status}${code ? ` ${code}` : ''}${hint}`;
  return new TransportError(kind, text, {
    retryable: kind === 'unavailable' || kind === 'timeout' || kind === 'full',
    definite: isUndone || !call.hasEffect,
  });
}

function kindOf(status: number): TransportErrorCode {
  if (status === 404) return 'not-found';
  if (status === 408) return 'timeout';
  if (status === 507) return 'full';
  if (status === 412) return 'exists';
  if (status === 409 || status === 429 || status >= 500) return 'unavailable';
  return 'refused';
}

async function sha256Hex(bytes: Uint8Array | undefined): Promise<string> {
  const digest = await crypto.subtle.digest(
    'SHA-256',
    (bytes ?? new Uint8Array(0)) as BufferSource,
  );
  return Buffer.from(digest).toString('hex');
}
