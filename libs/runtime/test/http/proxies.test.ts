/** Whose request it is, behind proxies: those of our own are believed, and nobody else. */

import { connect, type Socket } from 'node:net';

import { isAddressRange } from '../../src/index.ts';
import { createFetchClient, serveHttp, type HttpServer } from '../../src/http/index.ts';
import { createTrustedProxies } from '../../src/http/proxies.ts';
import { afterEach, describe, expect, it } from 'vitest';

describe('the client', () => {
  const { clientOf, has } = createTrustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48']);

  it.each([
    ['of a stranger, whatever it says', '198.51.100.1', '10.0.0.1, 203.0.113.9', '198.51.100.1'],
    ['of a proxy that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['of one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['of two', '10.0.0.1', '203.0.113.9,  192.0.2.7', '203.0.113.9'],
    ['of three hops', '10.0.0.1', '192.0.2.1, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
    ['not what it wrote itself', '10.0.0.1', '192.0.2.1, 203.0.113.9', '203.0.113.9'],
    ['not what it wrote in our range', '10.0.0.1', '10.9.9.9, 203.0.113.9', '203.0.113.9'],
    ['within our own network', '10.0.0.1', '10.0.0.2, 192.0.2.7', '10.0.0.2'],
    ['where a hop is no address', '10.0.0.1', '203.0.113.9, unknown', '10.0.0.1'],
    ['where nothing is between commas', '10.0.0.1', '203.0.113.9,', '10.0.0.1'],
    ['with a port', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['of IPv6', '2001:db8:1::5', '2001:db8:2::9', '2001:db8:2::9'],
    ['of IPv6 with a port', '2001:db8:1::5', '[2001:db8:2::9]:4711', '2001:db8:2::9'],
    ['of an address as IPv6 writes it', '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['with a line feed in it', '10.0.0.1', '203.0.113.9\nx', '10.0.0.1'],
  ])('%s', (_, peer, forwardedFor, client) => {
    expect(clientOf(peer, forwardedFor)).toBe(client);
  });

  it('knows ours from others', () => {
    expect(['10.1.2.3', '192.0.2.7', '::ffff:10.1.2.3', '2001:db8:1:2::3'].every(has)).toBe(true);
    expect(['11.0.0.1', '192.0.2.8', '2001:db8:2::1', '', 'x'].some(has)).toBe(false);
    expect(createTrustedProxies([]).has('10.0.0.1')).toBe(false);
  });

  it.each([
    ['10.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1', true],
    ['2001:db8::/32', true],
    // Everybody is no proxy of ours.
    ['0.0.0.0/0', false],
    ['::/0', false],
    ['10.0.0.0/33', false],
    ['::/129', false],
    ['10.0.0.0/', false],
    ['10.0.0.0/8/8', false],
    ['10.0.0.0/+8', false],
    ['fe80::1%eth0', false],
    ['proxy.example.org', false],
    ['', false],
  ])('%s as a range: %s', (range, allowed) => {
    expect(isAddressRange(range)).toBe(allowed);
    if (!allowed) expect(() => createTrustedProxies([range])).toThrow(/expected an address or a/);
  });
});

describe('a server behind a proxy', () => {
  let server: HttpServer | undefined;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server?.close();
    server = undefined;
  });

  async function start(trustedProxies: readonly string[]): Promise<string> {
    server = await serveHttp(
      {
        bodySizeMax: () => 1000,
        respond: ({ remote }) => Promise.resolve({ status: 200, body: remote }),
      },
      { host: '127.0.0.1', port: 0, requestsMax: 100, connectionsPerAddressMax: 2, trustedProxies },
    );
    return server.url;
  }

  async function ask(url: string, from?: string): Promise<string> {
    const headers = from === undefined ? {} : { 'x-forwarded-for': from };
    const { status, body } = await createFetchClient().send({ method: 'GET', url, headers });
    return `${status} ${status === 200 ? Buffer.from(body).toString() : ''}`;
  }

  /** Until the server waits for its body. */
  function holdOne(url: string, from: string): Promise<void> {
    const { hostname, port } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${from}\r\n`);
    socket.write('expect: 100-continue\r\ncontent-length: 5\r\n\r\n');
    return new Promise((resolve, reject) => {
      socket.once('data', () => resolve());
      socket.once('close', () => reject(new Error('closed')));
    });
  }

  it('knows whose request it is', async () => {
    const url = await start(['127.0.0.0/8']);
    expect(await ask(url, '203.0.113.9')).toBe('200 203.0.113.9');
    expect(await ask(url, '198.51.100.1, 203.0.113.9')).toBe('200 203.0.113.9');
    expect(await ask(url)).toBe('200 127.0.0.1');
  });

  it('believes nobody else', async () => {
    const url = await start(['192.0.2.7']);
    expect(await ask(url, '203.0.113.9')).toBe('200 127.0.0.1');
  });

  it('gives each address behind it its share of requests, the proxy all connections', async () => {
    const url = await start(['127.0.0.1']);
    // Three connections of one address, where two are allowed: those of a proxy are not its own.
    for (const from of ['203.0.113.1', '203.0.113.1', '203.0.113.2']) await holdOne(url, from);
    expect(await ask(url, '203.0.113.1')).toBe('503 ');
    expect(await ask(url, '203.0.113.2')).toBe('200 203.0.113.2');
    for (const socket of sockets) socket.destroy();
    while ((await ask(url, '203.0.113.1')) !== '200 203.0.113.1') continue;
  });
});
