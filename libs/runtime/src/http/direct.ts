/**
 * A service called directly, as a client would reach it: no network, the same limits and the same
 * answers. What is sent is a copy, so that neither end sees the other write into it.
 */

import {
  RESPONSE_SIZE_MAX,
  tooLong,
  transportError,
  type ClientOptions,
  type HttpClient,
} from './client.ts';
import {
  answerOf,
  bodyBytes,
  createBodyBuffer,
  hasBody,
  isStream,
  pump,
  tooLarge,
  type OnError,
} from './exchange.ts';
import type { HttpRequest, HttpResponse, HttpService } from './handler.ts';

export function createDirectClient(
  service: HttpService,
  options: ClientOptions & { readonly onError?: OnError } = {},
): HttpClient {
  const { onError = () => {}, responseSizeMax = RESPONSE_SIZE_MAX } = options;
  return {
    async send({ method, url, headers = {}, body = new Uint8Array(), signal }) {
      const { pathname, search } = new URL(url);
      const head = { method, target: pathname + search, headers: lowerCased(headers), remote: '' };
      const request = { ...head, body, signal: signal ?? new AbortController().signal };
      try {
        const response = await unlessAborted(request.signal, () => ask(service, request, onError));
        const { status } = response;
        const wanted = hasBody(method, status) ? response.body : undefined;
        return {
          status,
          headers: lowerCased(response.headers ?? {}),
          body: await wholeBody(wanted, responseSizeMax, request.signal, onError),
        };
      } catch (error) {
        throw transportError(method, url, error, signal);
      }
    },
    async close() {},
  };
}

async function ask(
  service: HttpService,
  request: HttpRequest,
  onError: OnError,
): Promise<HttpResponse> {
  const sizeMax = service.bodySizeMax(request);
  if (request.body.length > sizeMax) return tooLarge(sizeMax);
  return answerOf(service, { ...request, body: request.body.slice() }, onError);
}

async function wholeBody(
  body: HttpResponse['body'],
  sizeMax: number,
  signal: AbortSignal,
  onError: OnError,
): Promise<Uint8Array> {
  const buffer = createBodyBuffer(sizeMax);
  const enough = new AbortController();
  const write = (piece: string | Uint8Array): undefined => {
    if (!buffer.append(bodyBytes(piece))) enough.abort();
  };
  if (isStream(body)) {
    await pump(body, { signal: AbortSignal.any([signal, enough.signal]), onError, write });
  } else {
    write(bodyBytes(body));
  }
  signal.throwIfAborted();
  if (enough.signal.aborted) throw tooLong(sizeMax);
  return buffer.bytes();
}

async function unlessAborted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new Error('given up', { cause: signal.reason }));
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
