/** One service behaves alike called directly, intercepted and over a socket. */

import { TransportError } from '../../src/index.ts';
import {
  NetworkFailure,
  json,
  problem,
  type ClientResponse,
  type HttpRequest,
  type HttpResponse,
  type HttpService,
} from '../../src/http/index.ts';
import { afterEach, describe, expect, it } from 'vitest';

import { WAYS, type Way } from './ways.ts';

const BODY_SIZE_MAX = 100_000;

function serviceOf(respond: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>) {
  const service: HttpService = {
    bodySizeMax: ({ target }) => (target.startsWith('/none') ? 0 : BODY_SIZE_MAX),
    respond: async (request) => respond(request),
  };
  return service;
}

/** A promise, and what resolves it. */
function signalOf(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const text = ({ body }: ClientResponse): string => new TextDecoder().decode(body);

describe.each(WAYS)('%s', (_, open) => {
  let way: Way | undefined;
  const errors: unknown[] = [];
  afterEach(async () => {
    await way?.close();
    way = undefined;
    errors.length = 0;
  });
  const serve = async (respond: Parameters<typeof serviceOf>[0]) => {
    way = await open(serviceOf(respond), (error) => errors.push(error));
    const { client, url } = way;
    return (
      method: string,
      target: string,
      more: { headers?: Record<string, string>; body?: Uint8Array; signal?: AbortSignal } = {},
    ) => client.send({ method, url: url + target, ...more });
  };

  it('carries method, target, headers and body, and the answer back', async () => {
    const send = await serve(({ method, target, headers, body }) =>
      json(
        201,
        {
          method,
          target,
          type: headers['content-type'],
          mine: headers['x-mine'],
          size: body.length,
        },
        { 'x-answer': 'yes' },
      ),
    );
    const response = await send('POST', '/a%2Fb(default)/c?x=1&y=%20', {
      headers: { 'Content-Type': 'application/x', 'X-Mine': 'm' },
      body: new Uint8Array(70_000).fill(7),
    });
    expect(response.status).toBe(201);
    expect(response.headers['x-answer']).toBe('yes');
    expect(response.headers['content-type']).toBe('application/json');
    expect(JSON.parse(text(response))).toEqual({
      method: 'POST',
      target: '/a%2Fb(default)/c?x=1&y=%20',
      type: 'application/x',
      mine: 'm',
      size: 70_000,
    });
  });

  it('carries bytes both ways as they are', async () => {
    const send = await serve(({ body }) => ({ status: 200, body }));
    const body = Uint8Array.from({ length: 256 }, (__, k) => k);
    expect((await send('POST', '/', { body })).body).toEqual(body);
  });

  it('refuses a body that is longer than allowed for its target', async () => {
    let calls = 0;
    const send = await serve(() => {
      calls++;
      return { status: 200 };
    });
    const full = await send('POST', '/', { body: new Uint8Array(BODY_SIZE_MAX) });
    expect(full.status).toBe(200);
    const over = await send('POST', '/', { body: new Uint8Array(BODY_SIZE_MAX + 1) });
    expect(over.status).toBe(413);
    expect(JSON.parse(text(over))).toMatchObject({ code: 'body-too-large', status: 413 });
    expect((await send('POST', '/none', { body: new Uint8Array(1) })).status).toBe(413);
    expect(calls).toBe(1);
  });

  it('answers HEAD, 204 and 304 without a body', async () => {
    const send = await serve(({ target }) => ({
      status: Number(target.slice(1)),
      headers: { etag: '"e"' },
      body: 'text',
    }));
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ] as const) {
      const response = await send(method, `/${status}`);
      expect([response.status, response.body.length]).toEqual([status, 0]);
      expect(response.headers['etag']).toBe('"e"');
    }
    expect(text(await send('GET', '/200'))).toBe('text');
  });

  it('answers 500 without a word of what went wrong, which the operator is told', async () => {
    const send = await serve(() => {
      throw new Error('secret detail');
    });
    const response = await send('GET', '/');
    expect(response.status).toBe(500);
    expect(text(response)).not.toContain('secret');
    expect(errors).toEqual([new Error('secret detail')]);
  });

  it.each([
    ['a line break in a value', { 'x-a': 'b\r\nset-cookie: stolen=1' }],
    ['a lone line feed', { 'x-a': 'b\nx-b: c' }],
    ['a NUL', { 'x-a': 'b\0' }],
    ['a character beyond bytes', { 'x-a': '\u{1f600}' }],
    ['a line break in a name', { 'x-a\r\nx-b': 'c' }],
    ['framing', { 'content-length': '3' }],
    ['more framing', { 'Transfer-Encoding': 'chunked' }],
  ])('lets no header out with %s', async (__, headers) => {
    const send = await serve(() => ({ status: 200, headers, body: 'x' }));
    const response = await send('GET', '/');
    expect(response.status).toBe(500);
    expect(Object.keys(response.headers)).not.toContain('x-b');
    expect(Object.keys(response.headers)).not.toContain('set-cookie');
    expect(errors).toHaveLength(1);
  });

  it('refuses a status that ends no exchange', async () => {
    const send = await serve(() => ({ status: 101 }));
    expect((await send('GET', '/')).status).toBe(500);
  });

  it('sends a stream to its end', async () => {
    const send = await serve(() => ({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: (async function* () {
        for (let k = 0; k < 100; k++) yield `data: ${k} ü\n\n`;
      })(),
    }));
    const response = await send('GET', '/');
    expect(text(response).match(/data: \d+ ü\n\n/g)).toHaveLength(100);
  });

  it('ends a stream whose reader has left', async () => {
    let gone: AbortSignal | undefined;
    const ended = signalOf();
    const send = await serve(({ signal }) => {
      gone = signal;
      const body: AsyncIterable<string> = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false, value: 'x'.repeat(1000) }),
          return: async () => {
            ended.resolve();
            return { done: true, value: undefined };
          },
        }),
      };
      return { status: 200, body };
    });
    // An endless answer: the client stops reading where it has had enough.
    const failed = await send('GET', '/').catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(TransportError);
    await ended.promise;
    expect(gone).toBeInstanceOf(AbortSignal);
  });

  it('tells the service when the client gives up, and the client that it has', async () => {
    const asked = signalOf();
    const told = signalOf();
    const send = await serve(({ signal }) => {
      signal.addEventListener('abort', () => told.resolve());
      asked.resolve();
      return new Promise(() => {});
    });
    const controller = new AbortController();
    const sent = send('POST', '/', { body: new Uint8Array(3), signal: controller.signal }).catch(
      (error: unknown) => error,
    );
    await asked.promise;
    controller.abort();
    expect(await sent).toMatchObject({ code: 'timeout', retryable: true, definite: false });
    await told.promise;
  });

  it('sends nothing when it was given up before', async () => {
    const send = await serve(() => ({ status: 200 }));
    const signal = AbortSignal.abort();
    await expect(send('GET', '/', { signal })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('breaks the connection where a service wants it broken', async () => {
    const send = await serve(({ target }) => {
      if (target.startsWith('/broken')) throw new NetworkFailure('injected');
      return problem(404, 'none', 'nothing here');
    });
    const failed = await send('GET', '/broken?key=k').catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'unavailable', retryable: true, definite: false });
    expect((failed as Error).message).not.toContain('key');
    expect(errors).toEqual([]);
    expect((await send('GET', '/')).status).toBe(404);
  });

  it('answers many at once, each its own', async () => {
    const send = await serve(async ({ body }) => {
      await new Promise((resolve) => setTimeout(resolve, body[0]! % 7));
      return { status: 200, body };
    });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (__, k) => send('POST', '/', { body: Uint8Array.of(k) })),
    );
    expect(answers.map(({ body }) => body[0])).toEqual(Array.from({ length: 50 }, (__, k) => k));
  });
});
