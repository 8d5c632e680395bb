/** What strangers send to a socket: slow, oversized, malformed, or gone before the answer. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import {
  createFetchClient,
  createPooledClient,
  serveHttp,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
  type ServeOptions,
} from '../../src/http/index.ts';
import { networkOf } from '../../src/http/places.ts';
import { afterEach, describe, expect, it } from 'vitest';

let server: HttpServer | undefined;
const sockets: Socket[] = [];
const errors: unknown[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
  server = undefined;
  errors.length = 0;
});

async function start(
  respond: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
  options: Partial<ServeOptions> = {},
): Promise<string> {
  server = await serveHttp(
    { bodySizeMax: () => 1000, respond: async (request) => respond(request) },
    { host: '127.0.0.1', port: 0, closeTimeoutMs: 300, onError: (e) => errors.push(e), ...options },
  );
  return server.url;
}

const echo = ({ method, target, body }: HttpRequest): HttpResponse => ({
  status: 200,
  body: `${method} ${target} ${body.length}`,
});

interface Raw {
  readonly socket: Socket;
  /** Everything that was received until the other end closed. */
  readonly all: Promise<string>;
  /** Resolves as soon as `text` was received. */
  received(text: string): Promise<void>;
}

function raw(url: string, first = '', localAddress?: string): Raw {
  const { hostname, port } = new URL(url);
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = connect({ port: Number(port), host: hostname, ...from });
  sockets.push(socket);
  let got = '';
  socket.setEncoding('latin1').on('data', (piece) => (got += String(piece)));
  socket.on('error', () => {});
  if (first !== '') socket.write(first, 'latin1');
  return {
    socket,
    all: new Promise((resolve) => socket.once('close', () => resolve(got))),
    received: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => (got.includes(text) ? resolve() : undefined);
        socket.on('data', look);
        socket.once('close', () => reject(new Error(`closed without ${text}, got ${got}`)));
        look();
      }),
  };
}

const statuses = (text: string): string[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => match[1]!);

const isServed = (url: string): Promise<boolean> => isServedWith(url, 10);

async function isServedWith(url: string, size: number): Promise<boolean> {
  const client = createFetchClient();
  const response = await client.send({ method: 'POST', url, body: new Uint8Array(size) });
  return response.status === 200;
}

const HEAD = 'host: x\r\n';

/** Without the body; answered 100 when it begins to be read. */
const slowBody = (size: number): string =>
  `POST / HTTP/1.1\r\n${HEAD}expect: 100-continue\r\ncontent-length: ${size}\r\n\r\n`;

describe('bodies', () => {
  it('answers 413 by the length alone, before the body is sent, and closes', async () => {
    let calls = 0;
    const url = await start(() => ({ status: 200, body: String(++calls) }));
    const { all } = raw(url, `POST / HTTP/1.1\r\n${HEAD}content-length: 99999999999\r\n\r\n`);
    expect(statuses(await all)).toEqual(['413']);
    expect(await all).toContain('connection: close');
    expect(calls).toBe(0);
  });

  it('says 413 in place of 100 to who asks first', async () => {
    const url = await start(echo);
    const over = raw(
      url,
      `POST / HTTP/1.1\r\n${HEAD}expect: 100-continue\r\ncontent-length: 1001\r\n\r\n`,
    );
    expect(statuses(await over.all)).toEqual(['413']);
    const { all, received, socket } = raw(
      url,
      `POST / HTTP/1.1\r\n${HEAD}expect: 100-continue\r\ncontent-length: 3\r\n` +
        'connection: close\r\n\r\n',
    );
    await received('100 Continue');
    socket.write('abc');
    expect(await all).toContain('POST / 3');
  });

  it('stops reading a body in chunks where it becomes too long', async () => {
    const url = await start(echo);
    const chunk = `${(600).toString(16)}\r\n${'x'.repeat(600)}\r\n`;
    const { all } = raw(
      url,
      `POST / HTTP/1.1\r\n${HEAD}transfer-encoding: chunked\r\n\r\n${chunk}`,
    );
    const { socket } = { socket: sockets.at(-1)! };
    socket.write(chunk);
    expect(statuses(await all)).toEqual(['413']);
    expect(await isServed(url)).toBe(true);
  });

  it('ends with one that sends on and on after the refusal', async () => {
    const url = await start(echo);
    const { socket, all } = raw(url, `POST / HTTP/1.1\r\n${HEAD}content-length: 99999999\r\n\r\n`);
    const flood = setInterval(() => socket.write('x'.repeat(50_000)), 1);
    const text = await all;
    clearInterval(flood);
    expect(statuses(text).every((status) => status === '413')).toBe(true);
    expect(await isServed(url)).toBe(true);
  });

  it('reads a body of many small chunks', async () => {
    const url = await start(echo);
    const { all } = raw(
      url,
      `POST /many HTTP/1.1\r\n${HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\n` +
        '1\r\nx\r\n'.repeat(1000) +
        '0\r\n\r\n',
    );
    expect(await all).toContain('POST /many 1000');
  });
});

describe('slow', () => {
  it('closes who sends a byte now and then, and serves others meanwhile', async () => {
    const url = await start(echo, { headersTimeoutMs: 300, requestTimeoutMs: 600 });
    const slowHead = raw(url, 'POST / HTTP/1.1\r\nhost: x\r\n');
    const slowBody = raw(url, `POST / HTTP/1.1\r\n${HEAD}content-length: 500\r\n\r\n`);
    const silent = raw(url);
    const drip = setInterval(() => {
      slowHead.socket.write('x');
      slowBody.socket.write('x');
    }, 20);
    let served = 0;
    let slow = true;
    const closed = Promise.all([slowHead.all, slowBody.all, silent.all]).finally(() => {
      slow = false;
    });
    while (slow) {
      if (await isServed(url)) served++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    clearInterval(drip);
    expect((await closed).map(statuses)).toEqual([['408'], ['408'], ['408']]);
    expect(served).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it('closes a connection that waits for its next request too long', async () => {
    const url = await start(echo, { idleTimeoutMs: 50 });
    const { all } = raw(url, `GET / HTTP/1.1\r\n${HEAD}\r\n`);
    expect(statuses(await all)).toEqual(['200']);
  });

  it('drops who does not take its answer', async () => {
    const stopped = new Promise<void>((resolve) => {
      void start(
        () => ({
          status: 200,
          body: (async function* () {
            try {
              for (;;) yield 'x'.repeat(1_000_000);
            } finally {
              resolve();
            }
          })(),
        }),
        { requestTimeoutMs: 200 },
      ).then((url) => raw(url, `GET / HTTP/1.1\r\n${HEAD}\r\n`).socket.pause());
    });
    await stopped;
    expect(errors).toEqual([]);
  });
});

describe('malformed', () => {
  it.each([
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', '400'],
    ['a method that is none', 'B@D / HTTP/1.1\r\nhost: x\r\n\r\n', '400'],
    ['a version that is none', 'GET / HTTP/9.9\r\nhost: x\r\n\r\n', '400'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', '400'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      '400',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n' +
        'transfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', '400'],
    [
      'a chunk of no size',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      '400',
    ],
    ['a header without a name', 'GET / HTTP/1.1\r\nhost: x\r\n: y\r\n\r\n', '400'],
    ['a header split by a lone line feed', 'GET / HTTP/1.1\r\nhost: x\r\na: b\nc\r\n\r\n', '400'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nhost: x\r\na: b\0c\r\n\r\n', '400'],
    ['a whole address as target', 'GET http://other/ HTTP/1.1\r\nhost: x\r\n\r\n', '400'],
    [
      'a head that is too large',
      `GET / HTTP/1.1\r\nhost: x\r\na: ${'y'.repeat(17_000)}\r\n\r\n`,
      '431',
    ],
    ['a target that is too large', `GET /${'y'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, '431'],
    ['too many headers', `GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(64)}\r\n`, '431'],
  ])('answers %s, closes and serves others', async (_, text, status) => {
    let calls = 0;
    const url = await start((request) => {
      if (request.body.length !== 10) calls++;
      return echo(request);
    });
    const { all } = raw(url, text);
    expect(statuses(await all)).toEqual([status]);
    expect(await isServed(url)).toBe(true);
    expect(calls).toBe(0);
    expect(errors).toEqual([]);
  });

  it('answers what came before garbage on the same connection, then closes', async () => {
    const url = await start(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return echo(request);
    });
    const first = `POST /one HTTP/1.1\r\n${HEAD}content-length: 2\r\n\r\nab`;
    const { all } = raw(url, `${first}GARBAGE\0\r\n\r\n`);
    const text = await all;
    expect(statuses(text)).toEqual(['200']);
    expect(text).toContain('POST /one 2');
    expect(await isServed(url)).toBe(true);
  });

  it('answers requests sent in one go in their order', async () => {
    const url = await start(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, request.target === '/slow' ? 50 : 0));
      return echo(request);
    });
    const { all } = raw(
      url,
      `GET /slow HTTP/1.1\r\n${HEAD}\r\nGET /fast HTTP/1.1\r\n${HEAD}connection: close\r\n\r\n`,
    );
    expect([...(await all).matchAll(/GET (\/\w+) 0/g)].map((match) => match[1])).toEqual([
      '/slow',
      '/fast',
    ]);
  });

  it('keeps names of headers from meaning anything to the program', async () => {
    const url = await start(({ headers }) => ({
      status: 200,
      body: JSON.stringify([Object.keys(headers).includes('__proto__'), headers['twice']]),
    }));
    const { all } = raw(
      url,
      `GET / HTTP/1.1\r\n${HEAD}__proto__: x\r\nTwice: a\r\ntwice: b\r\nconnection: close\r\n\r\n`,
    );
    expect(await all).toContain('[true,"a, b"]');
  });
});

describe('many', () => {
  it('answers 503 to more requests at once than it takes, and recovers', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    let bothBegun = (): void => {};
    const both = new Promise<void>((resolve) => {
      bothBegun = resolve;
    });
    const url = await start(
      async (request) => {
        if (++begun === 2) bothBegun();
        await held;
        return echo(request);
      },
      { requestsMax: 2, connectionsPerAddressMax: 4 },
    );
    const client = createPooledClient({ connections: 4 });
    const send = () => client.send({ method: 'POST', url, body: new Uint8Array(900) });
    const first = Promise.all([send(), send()]);
    await both;
    const third = await send();
    expect([third.status, third.headers['retry-after']]).toEqual([503, '1']);
    release();
    expect((await first).map(({ status }) => status)).toEqual([200, 200]);
    expect((await send()).status).toBe(200);
    await client.close();
  });

  it('counts requests whose body is still being read', async () => {
    const url = await start(echo, { requestsMax: 2, connectionsPerAddressMax: 8 });
    const slow = [raw(url, slowBody(5)), raw(url, slowBody(5))];
    await Promise.all(slow.map(({ received }) => received('100 Continue')));
    const third = await raw(url, slowBody(5)).all;
    expect(statuses(third)).toEqual(['503']);
    expect(third).toContain('retry-after: 1\r\n');
    for (const { socket } of slow) socket.write('abcde');
    await Promise.all(slow.map(({ received }) => received('POST / 5')));
    expect(await isServed(url)).toBe(true);
  });

  it('holds no more bytes of bodies than were set aside', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const url = await start(
      async (request) => {
        if (request.body.length === 900) await held;
        return echo(request);
      },
      { bodiesSizeMax: 1000, connectionsPerAddressMax: 8 },
    );
    // What is only announced takes up nothing: both are let begin.
    const slow = [raw(url, slowBody(900)), raw(url, slowBody(900))] as const;
    await Promise.all(slow.map(({ received }) => received('100 Continue')));
    slow[0].socket.write('x'.repeat(900));
    const whole = slow[0].received('POST / 900');
    while (await isServedWith(url, 200)) await new Promise((resolve) => setTimeout(resolve, 5));
    slow[1].socket.write('x'.repeat(900));
    const over = await slow[1].all;
    expect(statuses(over)).toEqual(['100', '503']);
    expect(over).toContain('retry-after: 1\r\n');
    release();
    await whole;
    expect(await isServedWith(url, 900)).toBe(true);
  });

  it('closes connections above its number if all are at work, else the longest idle', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const url = await start(
      async (request) => {
        if (request.target === '/wait') await held;
        return echo(request);
      },
      { connectionsMax: 2, connectionsPerAddressMax: 2 },
    );
    const request = (target: string) => `GET ${target} HTTP/1.1\r\n${HEAD}\r\n`;
    const [first, second] = [raw(url, request('/')), raw(url, request('/'))];
    await Promise.all([first, second].map(({ received }) => received('200 OK')));
    first.socket.write(request('/wait'));
    const third = raw(url, request('/wait'));
    expect(statuses(await second.all)).toEqual(['200']);
    expect(await raw(url, request('/')).all).toBe('');
    release();
    await Promise.all([first.received('/wait'), third.received('/wait')]);
  });

  // Elsewhere than on Linux loopback is one address.
  it.runIf(process.platform === 'linux').each([
    ['with heads half sent', 'GET / HTTP/1.1\r\nhost: x\r\n', { connectionsPerAddressMax: 50 }],
    ['with slow bodies', slowBody(5), {}],
  ])('serves others when one address takes all it can %s', async (_, first, more) => {
    const url = await start(echo, { connectionsMax: 50, requestsMax: 50, ...more });
    const attack = Array.from({ length: 60 }, () => raw(url, first, '127.0.0.2'));
    let closed = 0;
    for (const { all } of attack) void all.then(() => closed++);
    await Promise.all(attack.map(({ socket }) => once(socket, 'connect')));
    while (closed < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await isServed(url)).toBe(true);
    expect(closed).toBeLessThan(60);
  });
});

describe('one address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('leaving', () => {
  it('tells the service that a client is gone, and goes on', async () => {
    let asked = (): void => {};
    let told = (): void => {};
    const begun = new Promise<void>((resolve) => (asked = resolve));
    const gone = new Promise<void>((resolve) => (told = resolve));
    const url = await start(({ target, signal }) => {
      if (target !== '/wait') return { status: 200 };
      signal.addEventListener('abort', told);
      asked();
      return new Promise(() => {});
    });
    const { socket } = raw(url, `GET /wait HTTP/1.1\r\n${HEAD}\r\n`);
    await begun;
    socket.destroy();
    await gone;
    expect(await isServed(url)).toBe(true);
    expect(errors).toEqual([]);
  });

  it('forgets a request whose sender leaves in the middle of it', async () => {
    let calls = 0;
    const url = await start((request) => {
      if (request.body.length !== 10) calls++;
      return echo(request);
    });
    const { socket } = raw(url);
    await new Promise<void>((resolve) =>
      socket.write(`POST / HTTP/1.1\r\n${HEAD}content-length: 5\r\n\r\nab`, () => resolve()),
    );
    socket.destroy();
    expect(await isServed(url)).toBe(true);
    expect(calls).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('closing', () => {
  it('lets an answer under way out, ends streams and takes no one new', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const url = await start(async ({ target }) => {
      if (target === '/stream') {
        const body = (async function* () {
          yield 'first';
          await new Promise(() => {});
        })();
        return { status: 200, body };
      }
      await held;
      return { status: 200, body: 'late but whole' };
    });
    const stream = raw(url, `GET /stream HTTP/1.1\r\n${HEAD}\r\n`);
    await stream.received('first');
    const idle = raw(url);
    const slow = raw(url, `POST / HTTP/1.1\r\n${HEAD}content-length: 500\r\n\r\nab`);
    const working = raw(url, `GET /work HTTP/1.1\r\n${HEAD}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server!.close();
    expect(await stream.all).toMatch(/first\r\n0\r\n\r\n$/);
    expect(statuses(await slow.all)).toEqual([]);
    release();
    expect(await working.all).toContain('late but whole');
    await closed;
    await idle.all;
    expect(await raw(url, `GET / HTTP/1.1\r\n${HEAD}\r\n`).all).toBe('');
  });

  it('does not wait for ever for an answer that never comes', async () => {
    const url = await start(() => new Promise(() => {}));
    const { all } = raw(url, `GET / HTTP/1.1\r\n${HEAD}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server!.close();
    expect(await all).toBe('');
  });
});
