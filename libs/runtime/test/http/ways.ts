/** The three ways to one service, for tests that run over each. */

import {
  createDirectClient,
  createFetchClient,
  createPooledClient,
  serveHttp,
  type HttpClient,
  type HttpService,
  type OnError,
} from '../../src/http/index.ts';
import { interceptHttp } from '../../src/http/intercept.ts';

export interface Way {
  readonly client: HttpClient;
  readonly url: string;
  close(): Promise<void>;
}

export type OpenWay = (service: HttpService, onError?: OnError) => Promise<Way>;

const INTERCEPTED = 'http://service.test';

async function socket(client: HttpClient, service: HttpService, onError?: OnError): Promise<Way> {
  const server = await serveHttp(service, {
    host: '127.0.0.1',
    port: 0,
    closeTimeoutMs: 200,
    ...(onError === undefined ? {} : { onError }),
  });
  return {
    client,
    url: server.url,
    async close() {
      await client.close();
      await server.close();
    },
  };
}

export const WAYS: readonly (readonly [string, OpenWay])[] = [
  [
    'direct',
    async (service, onError = () => {}) => ({
      client: createDirectClient(service, { onError }),
      url: INTERCEPTED,
      async close() {},
    }),
  ],
  [
    'intercepted',
    async (service, onError = () => {}) => {
      const interception = interceptHttp({ [INTERCEPTED]: service }, { onError });
      return {
        client: createFetchClient(),
        url: INTERCEPTED,
        async close() {
          interception.close();
        },
      };
    },
  ],
  ['socket, fetch', (service, onError) => socket(createFetchClient(), service, onError)],
  [
    'socket, pooled',
    (service, onError) => socket(createPooledClient({ connections: 2 }), service, onError),
  ],
];
