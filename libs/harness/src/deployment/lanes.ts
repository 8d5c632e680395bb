/** A phone's way to its vendor's ingestor: the plain form, or a document as Firestore takes it. */

import { createUploadClient } from '@priolab/nodes/upload-http';
import type { UploadAnswer } from '@priolab/nodes/upload-http';
import { REASONS } from '@priolab/roles';
import type { Reason } from '@priolab/roles';
import { TransportError } from '@priolab/runtime/stores';
import type { ClientResponse, HttpClient } from '@priolab/runtime/http';

import type { Lane } from './sender.ts';
import type { UploadForm } from './shard-uploads.ts';

const LINE_END = 0x0a;
const DETAIL_LENGTH_MAX = 200;
const WAIT_S = 1;

/** @param url origin of the ingestor */
export function laneOf(form: UploadForm, client: HttpClient, url: string): Lane {
  return form === 'plain' ? plainLane(client, url) : documentLane(client, url);
}

function plainLane(client: HttpClient, url: string): Lane {
  const uploads = createUploadClient({ client, url });
  return { tellsRepeats: true, send: (upload) => uploads.send(upload) };
}

/** Uploads are a target, a line's end and a body. */
function documentLane(client: HttpClient, url: string): Lane {
  return {
    tellsRepeats: false,
    async send(upload) {
      const end = upload.indexOf(LINE_END);
      const target = Buffer.from(upload.subarray(0, end)).toString('latin1');
      const response = await client.send({
        method: 'POST',
        url: `${url}${target}`,
        headers: { 'content-type': 'application/json' },
        body: upload.subarray(end + 1),
      });
      return answerOf(response);
    },
  };
}

/** @throws TransportError for an answer that no ingestor gives */
function answerOf({ status, headers, body }: ClientResponse): UploadAnswer {
  if (status === 200) return { kind: 'stored' };
  const { reason, message } = readFailure(body);
  const asked = Number(headers['retry-after'] ?? NaN);
  if (status === 503) {
    const retryAfterS = Number.isFinite(asked) ? asked : WAIT_S;
    return { kind: 'try-again', detail: message, retryAfterS };
  }
  if (reason === undefined) {
    const text = `expected a document or a reason, got status ${status}: ${message}`;
    throw new TransportError('unavailable', text, { retryable: true, definite: false });
  }
  const refused = { kind: 'refused' as const, reason, detail: message };
  return Number.isFinite(asked) ? { ...refused, retryAfterS: asked } : refused;
}

interface Failure {
  readonly error?: {
    readonly message?: unknown;
    readonly details?: readonly { readonly reason?: unknown }[];
  };
}

function readFailure(body: Uint8Array): { reason: Reason | undefined; message: string } {
  let failure: Failure | null;
  try {
    failure = JSON.parse(new TextDecoder().decode(body)) as Failure | null;
  } catch {
    failure = null;
  }
  const details = failure?.error?.details;
  const found: unknown = Array.isArray(details) ? details[0]?.reason : undefined;
  const reason = REASONS.find((one) => one === found);
  const message: unknown = failure?.error?.message;
  const text = typeof message === 'string' ? message : 'no message';
  return { reason, message: text.slice(0, DETAIL_LENGTH_MAX) };
}
