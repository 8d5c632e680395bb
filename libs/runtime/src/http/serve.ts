/**
 * A service on a socket, over node:http. Everything that a stranger can make the server hold is
 * bounded before it is held: connections, in all and of one address, heads, requests, the bytes of
 * their bodies, each alone and all together, the time each may take, and the time an answer may
 * wait to be taken. Nothing that is sent makes the server throw.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createBodies, type Bodies } from './bodies.ts';
import { answerOf, tooLarge, type OnError } from './exchange.ts';
import {
  NetworkFailure,
  problem,
  type HttpResponse,
  type HttpService,
  type RequestHead,
} from './handler.ts';
import { createPlaces, type Places } from './places.ts';
import { createTrustedProxies, type TrustedProxies } from './proxies.ts';
import { createRequests, type Requests } from './requests.ts';
import { sendEarly, sendResponse } from './send.ts';
import { createSockets, type Sockets } from './sockets.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /**
   * One more takes the place of one without a request at work, first of the oldest that has sent no
   * whole head; if all have one, it is closed as it comes. Default: 1024.
   */
  readonly connectionsMax?: number;
  /**
   * Of one IPv4 address, or of 64 leading bits of IPv6; one more as above. So many requests of one
   * address may be under way as well, through whatever proxy. Default: a quarter of the lesser of
   * `connectionsMax` and `requestsMax`.
   */
  readonly connectionsPerAddressMax?: number;
  /**
   * Addresses or ranges of proxies of our own, whose `x-forwarded-for` says who sent a request, and
   * which may have all connections. Default: none, and the header is ignored.
   */
  readonly trustedProxies?: readonly string[];
  /** From the end of their heads to the end of their answers; more get 503. Default: 256. */
  readonly requestsMax?: number;
  /**
   * Bytes of all bodies that have come, of requests without a whole answer; beyond it 503. Memory
   * for them is at most about twice that. Below the longest body allowed, that one never gets
   * through. Default: 64 MiB.
   */
  readonly bodiesSizeMax?: number;
  /** Within which the head of a request must have come. Default: 10 s. */
  readonly headersTimeoutMs?: number;
  /** Within which all of a request must have come, and an answer be taken. Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** How long a connection may wait for its next request. Default: 5 s. */
  readonly idleTimeoutMs?: number;
  /** Bytes of a request's head. Default: 16 KiB. */
  readonly headersSizeMax?: number;
  /** Default: 64. */
  readonly headersCountMax?: number;
  /** How long `close` waits for answers under way. Default: 5 s. */
  readonly closeTimeoutMs?: number;
  readonly onError?: OnError;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no more connections, lets answers under way end, then closes what is left. */
  close(): Promise<void>;
}

interface Serving {
  readonly service: HttpService;
  readonly headersCountMax: number;
  readonly sendTimeoutMs: number;
  readonly onError: OnError;
  readonly sockets: Sockets;
  readonly places: Places;
  readonly bodies: Bodies;
  readonly requests: Requests;
  readonly proxies: TrustedProxies;
  readonly closing: AbortController;
}

export async function serveHttp(service: HttpService, options: ServeOptions): Promise<HttpServer> {
  const { headersTimeoutMs = 10_000, requestTimeoutMs = 30_000, headersCountMax = 64 } = options;
  const { connectionsMax = 1024, requestsMax = 256 } = options;
  const quarter = Math.max(1, Math.floor(Math.min(connectionsMax, requestsMax) / 4));
  const { connectionsPerAddressMax = quarter } = options;
  const proxies = createTrustedProxies(options.trustedProxies ?? []);
  const serving: Serving = {
    service,
    headersCountMax,
    sendTimeoutMs: requestTimeoutMs,
    onError: options.onError ?? (() => {}),
    sockets: createSockets(),
    places: createPlaces({ connectionsMax, connectionsPerAddressMax, proxies }),
    requests: createRequests({ requestsMax, perAddressMax: connectionsPerAddressMax }),
    proxies,
    bodies: createBodies(options.bodiesSizeMax ?? 64 * 1024 * 1024),
    closing: new AbortController(),
  };
  const server = createServer({
    maxHeaderSize: options.headersSizeMax ?? 16 * 1024,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: options.idleTimeoutMs ?? 5_000,
    // How often node looks for those that took too long: its own 30 s would make the limits longer.
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeoutMs / 4)),
    noDelay: true,
  });
  server.on('connection', (socket) => serving.places.enter(socket));
  // One more than allowed, as node drops what is above without a word.
  server.maxHeadersCount = headersCountMax + 1;
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    void exchange(serving, request, response);
  };
  server.on('request', take);
  // Asked before a body is sent: refused by its length alone, it never is.
  server.on('checkContinue', take);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    serving.sockets.refuse(socket, rawAnswer(error));
  });
  const url = await listen(server, options.host, options.port);
  let closed: Promise<void> | undefined;
  return {
    url,
    close: () => (closed ??= close(server, serving, options.closeTimeoutMs ?? 5_000)),
  };
}

async function exchange(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { sockets, places, closing, onError } = serving;
  const gone = new AbortController();
  const exchangeEnd = sockets.begin(request.socket, request, response);
  const workEnd = places.work(request.socket);
  response.on('error', () => {});
  request.on('error', () => {});
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
    exchangeEnd();
    workEnd();
  });
  if (closing.signal.aborted) response.shouldKeepAlive = false;
  try {
    const head = headOf(request, serving.proxies);
    const early = refusalOf(serving, request, head);
    if (early !== undefined) return await sendEarly(request, response, early);
    await readAndAnswer(serving, request, response, { ...head, signal: gone.signal });
  } catch (error) {
    if (!(error instanceof NetworkFailure)) onError(error);
    request.socket.destroy();
  }
}

/** Counts as under way from before the first byte of the body, so that slow bodies do as well. */
async function readAndAnswer(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
  head: RequestHead & { readonly signal: AbortSignal },
): Promise<void> {
  const sizeMax = serving.service.bodySizeMax(head);
  const size = Number(head.headers['content-length'] ?? 0);
  // By its length: before a byte of it is read.
  if (size > sizeMax) return sendEarly(request, response, tooLarge(sizeMax));
  if (!serving.bodies.hasRoomFor(size)) return sendEarly(request, response, overloaded());
  const end = serving.requests.begin(head.remote);
  if (end === undefined) return sendEarly(request, response, overloaded());
  const held = serving.bodies.hold();
  try {
    if (head.headers['expect'] !== undefined) response.writeContinue();
    const body = await held.read(request, sizeMax);
    if (body === 'gone') return void request.socket.destroy();
    if (body === 'too-large') return await sendEarly(request, response, tooLarge(sizeMax));
    if (body === 'no-room') return await sendEarly(request, response, overloaded());
    await answer(serving, response, { ...head, body });
  } finally {
    end();
    held.release();
  }
}

async function answer(
  serving: Serving,
  response: ServerResponse,
  request: RequestHead & { readonly body: Uint8Array; readonly signal: AbortSignal },
): Promise<void> {
  const { service, onError, closing, sendTimeoutMs } = serving;
  const found = await answerOf(service, request, onError);
  if (request.signal.aborted) return;
  if (closing.signal.aborted) response.shouldKeepAlive = false;
  const { method, signal } = request;
  await sendResponse(response, found, {
    method,
    signal,
    closing: closing.signal,
    sendTimeoutMs,
    onError,
  });
}

/** What is answered before the service is asked; undefined: nothing is wrong. */
function refusalOf(
  serving: Serving,
  request: IncomingMessage,
  head: RequestHead,
): HttpResponse | undefined {
  const { headersCountMax } = serving;
  if (request.rawHeaders.length / 2 > headersCountMax) {
    return problem(431, 'too-many-headers', `expected at most ${headersCountMax} headers`);
  }
  if (!head.target.startsWith('/')) {
    return problem(400, 'bad-target', 'expected a request target that begins with /');
  }
  return undefined;
}

function overloaded(): HttpResponse {
  return problem(503, 'overloaded', 'expected fewer requests at once; try again', {
    headers: { 'retry-after': '1' },
  });
}

function headOf(request: IncomingMessage, proxies: TrustedProxies): RequestHead {
  // Without a prototype: names are the other end's choice.
  const headers: Record<string, string> = Object.create(null);
  for (let k = 0; k + 1 < request.rawHeaders.length; k += 2) {
    const name = request.rawHeaders[k]!.toLowerCase();
    const value = request.rawHeaders[k + 1]!;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers,
    remote: proxies.clientOf(request.socket.remoteAddress ?? '', headers['x-forwarded-for']),
  };
}

/** The whole answer to what is not HTTP, too large a head, or too slow. */
function rawAnswer(error: NodeJS.ErrnoException): string | undefined {
  const text = (status: string): string =>
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return text('431 Request Header Fields Too Large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return text('408 Request Timeout');
    default:
      return text('400 Bad Request');
  }
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port: bound, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}

async function close(server: Server, serving: Serving, timeoutMs: number): Promise<void> {
  serving.closing.abort();
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Those that send nothing, or are still sending, are not waited for.
  serving.sockets.closeWaiting();
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearTimeout(timer);
}
