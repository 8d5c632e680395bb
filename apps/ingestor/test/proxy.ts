/**
 * Several servers behind one address, as a load balancer has them: each request goes to the next
 * one, and to no other where that one is gone, which is the client's to try again.
 */

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** Requests that got no answer from their server. */
  readonly brokenCount: number;
  close(): Promise<void>;
}

export async function startProxy(targets: readonly string[]): Promise<Proxy> {
  let next = 0;
  let broken = 0;
  const server = createServer((incoming, outgoing) => {
    const before = incoming.headers['x-forwarded-for'];
    const peer = incoming.socket.remoteAddress!;
    const headers = {
      ...incoming.headers,
      'x-forwarded-for': before === undefined ? peer : `${String(before)}, ${peer}`,
    };
    const url = new URL(incoming.url!, targets[next++ % targets.length]);
    const passed = request(url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => {
      broken++;
      if (outgoing.headersSent) return void outgoing.destroy();
      outgoing.writeHead(502).end();
    });
    incoming.pipe(passed);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get brokenCount() {
      return broken;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
