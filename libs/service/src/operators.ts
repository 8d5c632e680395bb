/**
 * What operators ask over HTTP: is it alive, is it ready, how is it doing. Answers nothing else.
 * A worker that hangs in a call must not look healthy because its metrics answer (ENPA 9.2 no. 12):
 * health is how long ago work was last seen to go on.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { fileError } from './checks.ts';

export interface Health {
  readonly isReady: boolean;
  /** Undefined: all is well. */
  readonly problem: string | undefined;
  readonly fields: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
}

export interface OperatorServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveOperators(options: {
  readonly host: string;
  readonly port: number;
  readonly health: () => Health;
  readonly metrics: () => Promise<string>;
}): Promise<OperatorServer> {
  const { host, port, health, metrics } = options;
  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const fail = (status: number, text: string): void => send(status, 'text/plain', `${text}\n`);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return fail(405, 'only GET and HEAD are answered');
    }
    const { isReady, problem, fields } = health();
    const json = JSON.stringify({ ready: isReady, problem: problem ?? null, ...fields });
    switch ((request.url ?? '').split('?', 1)[0]) {
      case '/healthz':
        return send(problem === undefined ? 200 : 503, 'application/json', json);
      case '/readyz':
        return send(isReady && problem === undefined ? 200 : 503, 'application/json', json);
      case '/metrics':
        metrics().then(
          (text) => send(200, 'text/plain; version=0.0.4; charset=utf-8', text),
          () => fail(500, 'metrics are not to be had at the moment'),
        );
        return undefined;
      default:
        return fail(404, 'there is /healthz, /readyz and /metrics');
    }
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    const allowed = 'an address of this machine and a port that is free';
    server.once('error', (error) => reject(fileError(`listen ${host}:${port}`, allowed, error)));
    server.listen(port, host, resolve);
  });
  const { address, port: bound, family } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${shown}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
