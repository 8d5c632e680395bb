/**
 * A client's end: one request, one answer. Over `fetch`, which an interceptor can take, or over a
 * pool of connections, for load.
 */

import { Pool, type Dispatcher } from 'undici';

import { TransportError } from '../transport-error.ts';
import { createBodyBuffer } from './exchange.ts';

export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

export interface ClientResponse {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpClient {
  /**
   * @throws TransportError `unavailable`, or `timeout` where the signal was aborted: no answer
   * came, and whether the server acted is unknown; `corrupt`: one longer than the client reads
   */
  send(request: ClientRequest): Promise<ClientResponse>;
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Longest body of an answer that is read. Default: 1 MiB. */
  readonly responseSizeMax?: number;
}

export const RESPONSE_SIZE_MAX = 1024 * 1024;

/** Over the global `fetch`. Follows no redirect: what is sent is for the server it was sent to. */
export function createFetchClient(options: ClientOptions = {}): HttpClient {
  const { responseSizeMax = RESPONSE_SIZE_MAX } = options;
  return {
    async send({ method, url, headers = {}, body, signal }) {
      // Also aborted before an answer is left unread: an interceptor keeps a copy of each, and the
      // end of our copy would be waited for until the other's.
      const left = new AbortController();
      const leave = (): void => left.abort(signal?.reason);
      signal?.addEventListener('abort', leave, { once: true });
      try {
        signal?.throwIfAborted();
        const response = await fetch(url, {
          method,
          headers,
          redirect: 'manual',
          signal: left.signal,
          ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
        });
        const stream: AsyncIterable<Uint8Array> | null = response.body;
        const bytes = await readAnswer(stream ?? [], responseSizeMax, signal, leave);
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: bytes,
        };
      } catch (error) {
        throw transportError(method, url, error, signal);
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },
    async close() {},
  };
}

/** Over a pool of kept connections for each origin. */
export function createPooledClient(
  options: ClientOptions & { readonly connections: number },
): HttpClient {
  const { connections, responseSizeMax = RESPONSE_SIZE_MAX } = options;
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string): Pool => {
    const pool = pools.get(origin) ?? new Pool(origin, { connections });
    pools.set(origin, pool);
    return pool;
  };
  return {
    async send({ method, url, headers = {}, body, signal }) {
      try {
        const { origin, pathname, search } = new URL(url);
        const response = await poolOf(origin).request({
          path: pathname + search,
          method: method as Dispatcher.HttpMethod,
          headers,
          ...(body === undefined ? {} : { body }),
          ...(signal === undefined ? {} : { signal }),
        });
        const bytes = await readAnswer(response.body, responseSizeMax, signal);
        return { status: response.statusCode, headers: joined(response.headers), body: bytes };
      } catch (error) {
        throw transportError(method, url, error, signal);
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

/** Leaving the loop early ends the stream, and with it the connection. */
async function readAnswer(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sizeMax: number,
  signal: AbortSignal | undefined,
  leave?: () => void,
): Promise<Uint8Array> {
  const buffer = createBodyBuffer(sizeMax);
  for await (const piece of pieces) {
    if (buffer.append(piece)) continue;
    leave?.();
    throw tooLong(sizeMax);
  }
  signal?.throwIfAborted();
  return buffer.bytes();
}

export function tooLong(sizeMax: number): TransportError {
  return new TransportError('corrupt', `expected an answer of at most ${sizeMax} bytes`, {
    retryable: true,
    definite: false,
  });
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

/** The query is left out of the message: it may hold what is not for logs. */
export function transportError(
  method: string,
  url: string,
  cause: unknown,
  signal: AbortSignal | undefined,
): TransportError {
  if (cause instanceof TransportError) return cause;
  const [code, what] =
    signal?.aborted === true
      ? (['timeout', 'was given up'] as const)
      : (['unavailable', 'got no answer'] as const);
  return new TransportError(code, `${method} ${url.split('?', 1)[0]} ${what}`, {
    retryable: true,
    definite: false,
    cause,
  });
}
