export type { ClientRequest, ClientResponse, HttpClient } from './client.ts';
export { json, problem } from './handler.ts';
export type {
  HttpRequest,
  HttpResponse,
  HttpService,
  ProblemMembers,
  RequestHead,
} from './handler.ts';
