/**
 * The plain upload form over HTTP, both ends: `POST /v1/uploads` with the bytes of roles'
 * messages/upload.ts, answered by a status and, where refused, a problem document whose `reason` is
 * a word of `REASONS`. It carries uploads and answers and reads neither: what an upload holds is
 * checked by whoever receives it, what an answer means by whoever sent it.
 */

import { REASONS, type Reason } from '@priolab/roles';
import { TransportError } from '@priolab/runtime';
import {
  json,
  problem,
  type ClientResponse,
  type HttpClient,
  type HttpResponse,
  type HttpService,
  type RequestHead,
} from '@priolab/runtime/http';

export const UPLOAD_PATH = '/v1/uploads';
export const UPLOAD_TYPE = 'application/vnd.priolab.upload';

export type UploadAnswer =
  | { readonly kind: 'stored' | 'stored-before' }
  | {
      readonly kind: 'refused';
      readonly reason: Reason;
      readonly detail: string;
      readonly retryAfterS?: number;
    }
  | { readonly kind: 'try-again'; readonly detail: string; readonly retryAfterS: number };

/** Those of a processor, which no ingestor gives: 422. `none` is no refusal. */
const STATUS_OTHER = 422;
const STATUS_BY_REASON: Readonly<Partial<Record<Reason, number>>> = {
  truncated: 400,
  'unknown-version': 400,
  'wrong-share-size': 400,
  'wrong-task': 404,
  'bad-certificate': 403,
  'bad-signature': 403,
  replayed: 409,
  'duplicate-report-id': 409,
  stale: 410,
  oversized: 413,
  'rate-limited': 429,
};

export function uploadStatus(reason: Reason): number {
  return STATUS_BY_REASON[reason] ?? STATUS_OTHER;
}

/** Longest wait that is believed: a day. */
const RETRY_AFTER_S_MAX = 86_400;
const DETAIL_LENGTH_MAX = 500;

/** @param options.sizeMax bytes of an upload; a longer one is answered 413 and not read */
export function createUploadService(options: {
  readonly sizeMax: number;
  readonly receive: (upload: Uint8Array, head: RequestHead) => Promise<UploadAnswer>;
}): HttpService {
  const { sizeMax, receive } = options;
  return {
    bodySizeMax: (head) => (misdirected(head) === undefined ? sizeMax : 0),
    async respond({ body, ...head }) {
      return misdirected(head) ?? uploadResponse(await receive(body, head));
    },
  };
}

/** The answer to a request that is no upload; undefined if it is one. */
function misdirected({ method, target, headers }: RequestHead): HttpResponse | undefined {
  if (target !== UPLOAD_PATH) return problem(404, 'not-found', `expected ${UPLOAD_PATH}`);
  if (method !== 'POST') {
    return problem(405, 'method', 'expected POST', { headers: { allow: 'POST' } });
  }
  if (headers['content-type'] !== UPLOAD_TYPE) {
    return problem(415, 'content-type', `expected content-type ${UPLOAD_TYPE}`);
  }
  return undefined;
}

export function uploadResponse(answer: UploadAnswer): HttpResponse {
  switch (answer.kind) {
    case 'stored':
      return json(201, { answer: 'stored' });
    case 'stored-before':
      return json(200, { answer: 'stored-before' });
    case 'try-again':
      return problem(503, 'try-again', answer.detail, { headers: retryAfter(answer.retryAfterS) });
    case 'refused': {
      const { reason, detail, retryAfterS } = answer;
      if (reason === 'none') throw new RangeError('an upload is not refused for no reason');
      return problem(uploadStatus(reason), reason, detail, {
        members: { reason },
        headers: retryAfterS === undefined ? {} : retryAfter(retryAfterS),
      });
    }
  }
}

function retryAfter(seconds: number): Record<string, string> {
  return { 'retry-after': String(Math.min(RETRY_AFTER_S_MAX, Math.max(1, Math.ceil(seconds)))) };
}

export interface UploadClient {
  /** @throws TransportError where no answer of an ingestor came; whether it stored is unknown */
  send(upload: Uint8Array, signal?: AbortSignal): Promise<UploadAnswer>;
}

/** @param options.url the ingestor's origin, `http://127.0.0.1:8080`; the path is added */
export function createUploadClient(options: {
  readonly client: HttpClient;
  readonly url: string;
}): UploadClient {
  const url = new URL(UPLOAD_PATH, options.url).href;
  return {
    async send(upload, signal) {
      const response = await options.client.send({
        method: 'POST',
        url,
        headers: { 'content-type': UPLOAD_TYPE },
        body: upload,
        ...(signal === undefined ? {} : { signal }),
      });
      const answer = readAnswer(response);
      if (answer !== undefined) return answer;
      throw new TransportError(
        response.status >= 500 ? 'unavailable' : 'corrupt',
        `expected an ingestor's answer from ${url}, got status ${response.status}`,
        { retryable: true, definite: false },
      );
    },
  };
}

/**
 * Undefined for what no ingestor answers. A status alone says nothing: a captive portal answers 200
 * to everything, and a phone that believed it would lose its report.
 */
function readAnswer({ status, headers, body }: ClientResponse): UploadAnswer | undefined {
  const retryAfterS = readRetryAfter(headers['retry-after']);
  if (status === 503 && retryAfterS !== undefined) {
    return { kind: 'try-again', detail: textOf(membersOf(body)?.['detail']), retryAfterS };
  }
  const members = membersOf(body);
  if (members === undefined) return undefined;
  if (status === 201 && members['answer'] === 'stored') return { kind: 'stored' };
  if (status === 200 && members['answer'] === 'stored-before') return { kind: 'stored-before' };
  const detail = textOf(members['detail']);
  // Said by the server before the service sees the upload.
  if (status === 413) return { kind: 'refused', reason: 'oversized', detail };
  const reason = REASONS.find((word) => word !== 'none' && word === members['reason']);
  if (reason === undefined || uploadStatus(reason) !== status) return undefined;
  return {
    kind: 'refused',
    reason,
    detail,
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  };
}

function membersOf(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, DETAIL_LENGTH_MAX) : '';
}

function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined || !/^[0-9]{1,9}$/.test(value)) return undefined;
  return Math.min(Number(value), RETRY_AFTER_S_MAX);
}
