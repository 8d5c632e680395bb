/**
 * What a server is asked and what it answers, as plain values: so that one service is called
 * directly, behind an interceptor of the process's own requests, or over a socket, and is the same
 * code each time. Errors are problem documents (RFC 9457).
 */

/** What is known of a request before its body is read. */
export interface RequestHead {
  /** In capitals. */
  readonly method: string;
  /** Path and query as they were sent: `/v1/uploads?x=1`. Nothing of it is decoded. */
  readonly target: string;
  /** By names in lower case; those sent more than once joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Address of who sent it; empty where it was called directly. For logs and limits only. */
  readonly remote: string;
}

export interface HttpRequest extends RequestHead {
  /** At most as long as the service allows. */
  readonly body: Uint8Array;
  /** Aborted when the other end is gone. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent piece by piece, until it ends or the other end is gone. */
  readonly body?: string | Uint8Array | AsyncIterable<string>;
}

export interface HttpService {
  /** Longest body that is read for such a request; a longer one is answered 413, and not read. */
  bodySizeMax(head: RequestHead): number;
  /**
   * Never rejects but for a bug, which is answered 500 without saying what it was.
   * @throws NetworkFailure where the other end is to see a broken connection and no answer
   */
  respond(request: HttpRequest): Promise<HttpResponse>;
}

/** Thrown by a service in place of an answer: the connection breaks. For injected faults. */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
}

/** Members beside those of RFC 9457; values must not be secret. */
export type ProblemMembers = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * An error as a problem document.
 * @param code a stable word for programs, such as `bad-signature`
 * @param detail a sentence for people: what was expected and what came
 */
export function problem(
  status: number,
  code: string,
  detail: string,
  more: { readonly members?: ProblemMembers; readonly headers?: Record<string, string> } = {},
): HttpResponse {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...more.headers,
    },
    body: JSON.stringify({ title: code, status, detail, code, ...more.members }),
  };
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}
