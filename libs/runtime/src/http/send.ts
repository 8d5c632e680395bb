/** An answer onto a socket: whole, as a stream, or before the request was read to its end. */

import type { IncomingMessage, ServerResponse } from 'node:http';

import { bodyBytes, hasBody, isStream, pump, type OnError } from './exchange.ts';
import type { HttpResponse } from './handler.ts';

export interface Sending {
  readonly method: string;
  /** Aborted when the other end is gone. */
  readonly signal: AbortSignal;
  /** Aborted when the server closes: a stream, which may have no end, is ended. */
  readonly closing: AbortSignal;
  /** Within which the other end must take what is written. */
  readonly sendTimeoutMs: number;
  readonly onError: OnError;
}

export async function sendResponse(
  response: ServerResponse,
  found: HttpResponse,
  sending: Sending,
): Promise<void> {
  const { method, signal, closing, sendTimeoutMs, onError } = sending;
  const { status, headers = {}, body } = found;
  const left = new AbortController();
  const taken = async (event: 'drain' | 'finish'): Promise<void> => {
    if (await happens(response, event, sendTimeoutMs)) return;
    left.abort();
    response.destroy();
  };
  if (!isStream(body)) {
    const bytes = bodyBytes(body);
    const length = status === 204 || status === 304 ? {} : { 'content-length': bytes.length };
    response.writeHead(status, { ...headers, ...length });
    response.end(hasBody(method, status) ? bytes : undefined);
    return taken('finish');
  }
  response.writeHead(status, headers);
  if (hasBody(method, status)) {
    response.flushHeaders();
    const ended = AbortSignal.any([signal, closing, left.signal]);
    await pump(body, {
      signal: ended,
      onError,
      write: (piece) => (response.write(piece) ? undefined : taken('drain')),
    });
  }
  response.end();
  return taken('finish');
}

/** How much more, and how long, is read of a request that is refused before its end. */
const LINGER_SIZE_MAX = 256 * 1024;
const LINGER_MS = 1_000;

/**
 * Answers a request whose body is not wanted, and closes the connection. The rest of the body is
 * thrown away for a moment: closed at once, the connection would be reset under the answer.
 */
export async function sendEarly(
  request: IncomingMessage,
  response: ServerResponse,
  found: HttpResponse,
): Promise<void> {
  const bytes = bodyBytes(found.body as string | Uint8Array);
  response.writeHead(found.status, {
    ...found.headers,
    'content-length': bytes.length,
    connection: 'close',
  });
  if (request.method !== 'HEAD') response.write(bytes);
  let size = 0;
  request.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > LINGER_SIZE_MAX) request.destroy();
  });
  request.resume();
  const ended = request.complete || (await happens(request, 'end', LINGER_MS));
  response.end();
  if (!ended) response.destroy();
}

/** False if it did not happen in time, or never will. */
function happens(
  stream: IncomingMessage | ServerResponse,
  event: 'drain' | 'end' | 'finish',
  timeoutMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (happened: boolean) => (): void => {
      clearTimeout(timer);
      stream.off(event, onEvent);
      stream.off('close', onClose);
      resolve(happened);
    };
    const onEvent = settle(true);
    const onClose = settle(false);
    const timer = setTimeout(onClose, timeoutMs);
    stream.once(event, onEvent);
    stream.once('close', onClose);
    if (event === 'finish' && (stream as ServerResponse).writableFinished) onEvent();
    if (stream.destroyed) onClose();
  });
}
