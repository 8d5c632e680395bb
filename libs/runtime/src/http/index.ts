/** HTTP as plain values: services, ways to reach them, clients. */

export {
  createFetchClient,
  createPooledClient,
  type ClientOptions,
  type ClientRequest,
  type ClientResponse,
  type HttpClient,
} from './client.ts';
export { createDirectClient } from './direct.ts';
export type { OnError } from './exchange.ts';
export { NetworkFailure, json, problem } from './handler.ts';
export type {
  HttpRequest,
  HttpResponse,
  HttpService,
  ProblemMembers,
  RequestHead,
} from './handler.ts';
export { networkOf } from './places.ts';
export { serveHttp, type HttpServer, type ServeOptions } from './serve.ts';
