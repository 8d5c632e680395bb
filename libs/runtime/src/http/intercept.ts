/**
 * Services behind the process's own `fetch`: a request to the origin of one is answered by it
 * without a socket. Requests elsewhere fail, so that nothing leaves a process that should not.
 * `http.request` is taken too; connections of a pool (`createPooledClient`) are not.
 */

import { HttpResponse as Answer, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';

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
import { NetworkFailure, type HttpResponse, type HttpService } from './handler.ts';

export interface InterceptOptions {
  /** Origins without a service that are let through to the network. Default: none. */
  readonly pass?: (origin: string) => boolean;
  readonly onError?: OnError;
}

export interface Interception {
  close(): void;
}

interface Intercepted {
  readonly service: HttpService;
  readonly onError: OnError;
}

// The process has one `fetch`, so it has one interceptor, however many ask for it.
const services = new Map<string, Intercepted>();
const passes = new Set<(origin: string) => boolean>();
let interceptor: ReturnType<typeof setupServer> | undefined;

/** True for this machine's own addresses; for `pass`. */
export function isLoopback(origin: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(origin).hostname);
}

/** @param added services by origin: `http://google.ingest.test` */
export function interceptHttp(
  added: Readonly<Record<string, HttpService>>,
  options: InterceptOptions = {},
): Interception {
  const { pass = () => false, onError = () => {} } = options;
  const origins = Object.keys(added);
  for (const origin of origins) {
    if (new URL(origin).origin !== origin) throw new TypeError(`expected an origin, got ${origin}`);
    if (services.has(origin)) throw new Error(`${origin} is intercepted already`);
  }
  for (const origin of origins) services.set(origin, { service: added[origin]!, onError });
  passes.add(pass);
  if (interceptor === undefined) {
    interceptor = setupServer(http.all('*', ({ request }) => answerIntercepted(request)));
    interceptor.listen({ onUnhandledRequest: 'error' });
  }
  let isOpen = true;
  return {
    close() {
      if (!isOpen) return;
      isOpen = false;
      for (const origin of origins) services.delete(origin);
      passes.delete(pass);
      if (passes.size > 0) return;
      interceptor?.close();
      interceptor = undefined;
    },
  };
}

async function answerIntercepted(request: Request): Promise<Response> {
  const { origin } = new URL(request.url);
  const found = services.get(origin);
  if (found !== undefined) return exchange(request, found);
  if ([...passes].some((pass) => pass(origin))) return passthrough();
  process.emitWarning(`a request to ${origin}, which no service is intercepted for, was refused`);
  return Answer.error();
}

async function exchange(request: Request, { service, onError }: Intercepted): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method, signal } = request;
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of request.headers) headers[name] = value;
  const head = { method, target: pathname + search, headers, remote: '' };
  try {
    const sizeMax = service.bodySizeMax(head);
    const body = await readBody(request, sizeMax, onError);
    if (body === undefined) return responseOf(tooLarge(sizeMax), method, signal, onError);
    const response = await answerOf(service, { ...head, body, signal }, onError);
    return responseOf(response, method, signal, onError);
  } catch (error) {
    if (!(error instanceof NetworkFailure)) onError(error);
    return Answer.error();
  }
}

/** Undefined: longer than allowed, and not read further. */
async function readBody(
  request: Request,
  sizeMax: number,
  onError: OnError,
): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > sizeMax) return undefined;
  const buffer = createBodyBuffer(sizeMax);
  if (request.body === null) return buffer.bytes();
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return buffer.bytes();
    if (buffer.append(value)) continue;
    // Not waited for: it would be until the end of the copy that the interceptor keeps.
    reader.cancel().catch(onError);
    return undefined;
  }
}

function responseOf(
  { status, headers = {}, body }: HttpResponse,
  method: string,
  signal: AbortSignal,
  onError: OnError,
): Response {
  if (isStream(body)) {
    const stream = hasBody(method, status) ? streamOf(body, signal, onError) : null;
    return new Response(stream, { status, headers });
  }
  const bytes = bodyBytes(body);
  const length = status === 204 || status === 304 ? {} : { 'content-length': String(bytes.length) };
  return new Response(hasBody(method, status) ? (bytes as Uint8Array<ArrayBuffer>) : null, {
    status,
    headers: { ...headers, ...length },
  });
}

/** Pieces are made as they are read; the stream ends when its reader, or the request, does. */
function streamOf(
  pieces: AsyncIterable<string>,
  signal: AbortSignal,
  onError: OnError,
): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const ended = AbortSignal.any([signal, left.signal]);
  let wanted: (() => void) | undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (piece: string): Promise<void> | undefined => {
        controller.enqueue(bodyBytes(piece));
        if ((controller.desiredSize ?? 0) > 0) return undefined;
        return new Promise((resolve) => {
          wanted = resolve;
          if (ended.aborted) resolve();
        });
      };
      const end = (): void => {
        // An interceptor does not end a body that is being read when its request is aborted.
        if (signal.aborted) controller.error(signal.reason);
        else if (!left.signal.aborted) controller.close();
      };
      ended.addEventListener('abort', () => wanted?.());
      void pump(pieces, { signal: ended, write, onError }).then(end, (error: unknown) => {
        onError(error);
        controller.error(new Error('the answer broke off'));
      });
    },
    pull: () => wanted?.(),
    cancel: () => left.abort(),
  });
}
