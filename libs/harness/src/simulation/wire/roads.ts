/**
 * How requests come to the edge of a simulated network: `fetch`, intercepted in process, or a pool
 * of connections to a server for each end on the loopback. Limits are wide: who must be refused is
 * refused behind the edge, in simulated time.
 */

import { createFetchClient, createPooledClient, serveHttp } from '@priolab/runtime/http';
import type { HttpClient, HttpService } from '@priolab/runtime/http';

export type WireKind = 'msw' | 'http';

export interface Road {
  readonly client: HttpClient;
  /** Origin of the end. */
  readonly url: string;
}

export interface Roads {
  to(end: string): Road;
  close(): Promise<void>;
}

/** A run stands still for as long as its machine computes. */
const PATIENCE_MS = 600_000;
const MANY = 1_000_000;

export function openRoads(
  kind: WireKind,
  services: ReadonlyMap<string, HttpService>,
): Promise<Roads> {
  return kind === 'msw' ? openIntercepted(services) : openSockets(services);
}

/** Runs of this process so far: two at a time have origins of their own. */
let opened = 0;

async function openIntercepted(services: ReadonlyMap<string, HttpService>): Promise<Roads> {
  // Loaded when it is needed: sockets have no use for it.
  const { interceptHttp } = await import('@priolab/runtime/http-intercept');
  const run = ++opened;
  // `ingestion/apple/0` is at http://0.apple.ingestion.run-1.test.
  const originOf = (end: string): string =>
    `http://${end.split('/').reverse().join('.')}.run-${run}.test`;
  const served = [...services].map(([end, service]) => [originOf(end), service] as const);
  const interception = interceptHttp(Object.fromEntries(served));
  const client = createFetchClient();
  return {
    to: (end) => ({ client, url: originOf(end) }),
    async close() {
      interception.close();
      await client.close();
    },
  };
}

async function openSockets(services: ReadonlyMap<string, HttpService>): Promise<Roads> {
  const servers = new Map<string, Awaited<ReturnType<typeof serveHttp>>>();
  for (const [end, service] of services) {
    const server = await serveHttp(service, {
      host: '127.0.0.1',
      port: 0,
      connectionsMax: MANY,
      connectionsPerAddressMax: MANY,
      requestsMax: MANY,
      bodiesSizeMax: Infinity,
      headersTimeoutMs: PATIENCE_MS,
      requestTimeoutMs: PATIENCE_MS,
      idleTimeoutMs: PATIENCE_MS,
      closeTimeoutMs: 0,
    });
    servers.set(end, server);
  }
  const client = createPooledClient({ connections: MANY });
  return {
    to: (end) => ({ client, url: servers.get(end)!.url }),
    async close() {
      await client.close();
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}
