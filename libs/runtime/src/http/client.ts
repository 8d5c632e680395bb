/**
 * A client's end: one request, one answer. Over `fetch`, which an interceptor can take, or over a
 * pool of connections, for load.
 */

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
  /** @throws TransportError `unreachable` or `timeout`: no answer came; whether the server acted is unknown */
  send(request: ClientRequest): Promise<ClientResponse>;
  close(): Promise<void>;
}
