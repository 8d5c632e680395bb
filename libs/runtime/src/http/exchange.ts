/**
 * What every way to a service does alike, socket or not: reads a body no further than allowed,
 * turns a failure of the service into a 500 that says nothing, and lets no answer out whose headers
 * could smuggle another (CR, LF) or frame it otherwise than its body.
 */

import {
  NetworkFailure,
  problem,
  type HttpRequest,
  type HttpResponse,
  type HttpService,
} from './handler.ts';

/** Told of failures that the other end is not told of. */
export type OnError = (error: unknown) => void;

/** RFC 9110 section 5.6.2: a token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 section 5.5: visible characters, blank, tab; no control characters. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** How long a body is and when a connection ends is the server's matter. */
const FRAMING = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

export function tooLarge(sizeMax: number): HttpResponse {
  return problem(413, 'body-too-large', `expected a body of at most ${sizeMax} bytes, got more`);
}

/** The service's answer, checked; what it throws is told to `onError`. @throws NetworkFailure */
export async function answerOf(
  service: HttpService,
  request: HttpRequest,
  onError: OnError,
): Promise<HttpResponse> {
  try {
    const response = await service.respond(request);
    checkResponse(response);
    return response;
  } catch (error) {
    if (error instanceof NetworkFailure) throw error;
    onError(error);
    return problem(500, 'internal', 'the request could not be answered');
  }
}

function checkResponse(response: HttpResponse): void {
  const { status } = response;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`expected a status of 200..599, got ${status}`);
  }
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    if (!TOKEN.test(name)) throw new TypeError('a response header has a name that is no token');
    if (!VALUE.test(value)) {
      throw new TypeError(`response header ${name} holds a character that no header may hold`);
    }
    if (FRAMING.has(name.toLowerCase())) {
      throw new TypeError(`response header ${name} is written by the server, not by the service`);
    }
  }
}

/** True if an answer has a body at all: not to HEAD, and not with such a status. */
export function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

export function bodyBytes(body: string | Uint8Array | undefined): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : (body ?? new Uint8Array());
}

export function isStream(body: HttpResponse['body']): body is AsyncIterable<string> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

/** Gathers a body in one piece of memory at most twice its size, however small its pieces are. */
export interface BodyBuffer {
  /** False if the body is longer than allowed; nothing of the piece is kept then. */
  append(piece: Uint8Array): boolean;
  bytes(): Uint8Array;
}

export function createBodyBuffer(sizeMax: number): BodyBuffer {
  let buffer = new Uint8Array();
  let size = 0;
  return {
    append(piece) {
      const needed = size + piece.length;
      if (needed > sizeMax) return false;
      if (needed > buffer.length) {
        const grown = new Uint8Array(Math.min(sizeMax, Math.max(needed, 2 * buffer.length, 1024)));
        grown.set(buffer.subarray(0, size));
        buffer = grown;
      }
      buffer.set(piece, size);
      size = needed;
      return true;
    },
    bytes: () => buffer.subarray(0, size),
  };
}

/**
 * Gives out a stream's pieces one after the other until it ends or `signal` is aborted; then the
 * stream is ended even while its next piece is awaited.
 */
export async function pump(
  stream: AsyncIterable<string>,
  options: {
    readonly signal: AbortSignal;
    readonly write: (piece: string) => Promise<void> | undefined;
    readonly onError: OnError;
  },
): Promise<void> {
  const { signal, write, onError } = options;
  const iterator = stream[Symbol.asyncIterator]();
  let leave = (): void => {};
  const left = new Promise<'left'>((resolve) => {
    leave = () => resolve('left');
  });
  signal.addEventListener('abort', leave, { once: true });
  try {
    while (!signal.aborted) {
      const next = iterator.next();
      const won = await Promise.race([next, left]);
      if (won === 'left') {
        next.catch(onError);
        break;
      }
      if (won.done === true) return;
      await write(won.value);
    }
    iterator.return?.().catch(onError);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
